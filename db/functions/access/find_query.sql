-- Resolve a query named in a model file: "query" of the same model, or "model.query".

create or replace function access.find_query(p_model bigint, p_name text)
returns bigint
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_id bigint;
begin
  select q.id into v_id
  from meta.query as q
  inner join meta.model as m on q.model_id = m.id
  where (p_name not like '%.%' and m.id = p_model and q.code = p_name)
    or m.code || '.' || q.code = p_name;

  if v_id is null then
    raise exception 'there is no query "%"', p_name
      using errcode = 'PG106', hint = 'Name a query of the same model by its code, one of another model by model.query.';
  end if;

  return v_id;
end;
$$;

comment on function access.find_query(bigint, text) is 'Id of a query named from within a model. Raises PG106 when there is none.';

revoke all on function access.find_query(bigint, text) from public;
