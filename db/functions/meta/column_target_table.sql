-- The table that a column's foreign key refers to; null where there is no single one.
-- requires: meta.link_target

create or replace function meta.column_target_table(p_column bigint)
returns text
language sql
stable
begin atomic
  select
    case
      when k.type = 'file' then 'core.file'
      when k.type = 'class' then 'meta.class'
      when k.type <> 'reference' then null
      when k.definition ->> 'target' = 'user' then 'access.account'
      when count(t.class_id) = 1 then meta.link_target(min(t.class_id))
    end
  from meta.class_column as k
  left join meta.column_target as t on k.id = t.column_id
  where k.id = p_column
  group by k.id;
end;

comment on function meta.column_target_table(bigint) is
'Table that a reference, file or class column points to; null for other types and for references to several classes.';

revoke all on function meta.column_target_table(bigint) from public;
