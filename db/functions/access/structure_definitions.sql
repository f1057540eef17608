-- Structures of a model as their definitions in a model file.
-- requires: meta.class_path

create or replace function access.structure_definitions(p_model bigint)
returns table (id bigint, code text, definition jsonb)
language sql
stable
begin atomic
  select
    s.id,
    s.code,
    jsonb_strip_nulls(jsonb_build_object(
      'name', s.name,
      'kind', s.kind,
      'class', meta.class_path(s.class_id),
      'membership', meta.class_path(s.membership_id),
      case s.kind when 'manager' then 'manager' else 'superior' end, u.code,
      case s.kind when 'team' then 'members' else 'user' end, a.code,
      'unit', k.code,
      'max_depth', s.max_depth
    ))
  from access.structure as s
  inner join meta.class_column as u on s.superior_id = u.id
  inner join meta.class_column as a on s.user_id = a.id
  left join meta.class_column as k on s.unit_id = k.id
  where s.model_id = p_model;
end;

comment on function access.structure_definitions(bigint) is 'Id, code and definition of each structure of a model.';

revoke all on function access.structure_definitions(bigint) from public;
