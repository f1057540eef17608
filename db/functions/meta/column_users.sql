-- What names a column in the definitions: keys, description formats, calculations, reverses.
-- requires: meta.ancestry meta.class_path

create or replace function meta.column_users(p_column bigint)
returns text
language sql
stable
begin atomic
  select string_agg(u.name, ', ' order by u.name)
  from (
    select 'a natural key of ' || meta.class_path(y.class_id) as name
    from meta.class_key as y
    where p_column = any(y.column_ids)
    union all
    select 'the description of ' || meta.class_path(c.id)
    from meta.class_column as k
    inner join meta.ancestry as a on k.class_id = a.ancestor_id
    inner join meta.class as c on a.class_id = c.id
    where k.id = p_column and c.description ~ ('\{\{\s*column\.' || k.code || '\s*\}\}')
    union all
    select format('column %s of %s', o.code, meta.class_path(o.class_id))
    from meta.class_column as k
    inner join meta.ancestry as a on k.class_id = a.ancestor_id
    inner join meta.class_column as o on a.class_id = o.class_id
    where k.id = p_column and o.type = 'calculated' and o.definition ->> 'sql' ~ ('\{\{\s*column\.' || k.code || '\s*\}\}')
    union all
    select format('column %s of %s', o.code, meta.class_path(o.class_id))
    from meta.class_column as k
    inner join meta.column_target as t on k.class_id = t.class_id
    inner join meta.class_column as o on t.column_id = o.id
    where k.id = p_column and o.type = 'reverse' and o.definition ->> 'column' = k.code
  ) as u;
end;

comment on function meta.column_users(bigint) is 'Definitions that name a column, as text for an error; null when there are none.';

revoke all on function meta.column_users(bigint) from public;
