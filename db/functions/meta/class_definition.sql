-- A class as its definition in a model file, without columns and keys.
-- requires: meta.class_path

create or replace function meta.class_definition(p_class bigint)
returns jsonb
language sql
stable
begin atomic
  select
    jsonb_strip_nulls(
      jsonb_build_object(
        'name', c.name,
        'parent', meta.class_path(c.parent_id),
        'description', c.description,
        'archive', c.archive,
        'deletion', c.deletion,
        'web_service', c.web_service,
        'partition_by', case when c.parts is not null then jsonb_build_object('hash', 'id', 'parts', c.parts) end
      )
    )
  from meta.class as c
  where c.id = p_class;
end;

comment on function meta.class_definition(bigint) is 'Definition of a class with every key; the parent is model.class.';

revoke all on function meta.class_definition(bigint) from public;
