-- Resolve a structure named in a model file: "structure" of the same model, or "model.structure".

create or replace function access.find_structure(p_model bigint, p_name text)
returns access.structure
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_structure access.structure;
begin
  select s.* into v_structure
  from access.structure as s
  inner join meta.model as m on s.model_id = m.id
  where (p_name not like '%.%' and m.id = p_model and s.code = p_name)
    or m.code || '.' || s.code = p_name;

  if not found then
    raise exception 'there is no structure "%"', p_name
      using errcode = 'PG912', hint = 'Name a structure of the same model by its code, one of another model by model.structure; "all" means every row.';
  end if;

  return v_structure;
end;
$$;

comment on function access.find_structure(bigint, text) is 'Structure named from within a model. Raises PG912 when there is none.';

revoke all on function access.find_structure(bigint, text) from public;
