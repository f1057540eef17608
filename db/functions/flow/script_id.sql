-- Resolve a script named "model.code", or by its code alone where only one model has it.

create or replace function flow.script_id(p_code text, p_model bigint default null)
returns bigint
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_ids bigint[];
begin
  v_ids := array(
    select s.id
    from flow.script as s
    inner join meta.model as m on s.model_id = m.id
    where case when p_code like '%.%' then m.code || '.' || s.code = p_code else s.code = p_code and (p_model is null or s.model_id = p_model) end
  );

  if cardinality(v_ids) <> 1 then
    raise exception 'there is % script "%"', case cardinality(v_ids) when 0 then 'no' else 'more than one' end, p_code
      using errcode = 'PG501', hint = 'Name it as model.code; "pgears script list" shows the scripts.';
  end if;

  return v_ids[1];
end;
$$;

comment on function flow.script_id(text, bigint) is 'Id of a script by model.code or code. Raises PG501.';

revoke all on function flow.script_id(text, bigint) from public;
