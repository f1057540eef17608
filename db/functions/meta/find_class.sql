-- Resolve a class named in a model file: "class" of the same model, or "model.class".

create or replace function meta.find_class(p_model bigint, p_name text)
returns bigint
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_id bigint;
begin
  select c.id into v_id
  from meta.class as c
  inner join meta.model as m on c.model_id = m.id
  where (p_name not like '%.%' and m.id = p_model and c.code = p_name)
    or m.code || '.' || c.code = p_name;

  if v_id is null then
    raise exception 'there is no class "%"', p_name
      using errcode = 'PG114', hint = 'Name a class of the same model by its code, one of another model by model.class.';
  end if;

  return v_id;
end;
$$;

comment on function meta.find_class(bigint, text) is 'Id of a class named from within a model. Raises PG114 when there is none.';

revoke all on function meta.find_class(bigint, text) from public, pgears_runner;
grant execute on function meta.find_class(bigint, text) to pgears_admin;
