-- A column as its definition in a model file.
-- requires: meta.class_path

create or replace function meta.column_definition(p_column bigint)
returns jsonb
language sql
stable
begin atomic
  select
    k.definition
    || jsonb_build_object('type', k.type)
    || case
      when count(t.class_id) > 1 then jsonb_build_object('classes', jsonb_agg(meta.class_path(t.class_id) order by t.position))
      when count(t.class_id) = 1 then jsonb_build_object('class', min(meta.class_path(t.class_id)))
      else '{}'::jsonb
    end
  from meta.class_column as k
  left join meta.column_target as t on k.id = t.column_id
  where k.id = p_column
  group by k.id;
end;

comment on function meta.column_definition(bigint) is 'Definition of a column; classes are model.class.';

revoke all on function meta.column_definition(bigint) from public;
