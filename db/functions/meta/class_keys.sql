-- Natural keys of a class as lists of column codes.

create or replace function meta.class_keys(p_class bigint)
returns jsonb
language sql
stable
begin atomic
  select
    coalesce(
      jsonb_agg(
        (
          select jsonb_agg(k.code order by i.position)
          from unnest(y.column_ids) with ordinality as i (id, position)
          inner join meta.class_column as k on i.id = k.id
        )
        order by y.id
      ),
      '[]'
    )
  from meta.class_key as y
  where y.class_id = p_class;
end;

comment on function meta.class_keys(bigint) is 'Natural keys of a class, a list of lists of column codes.';

revoke all on function meta.class_keys(bigint) from public;
