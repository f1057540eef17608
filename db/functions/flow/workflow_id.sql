-- Resolve a workflow named "model.code", or by its code alone where only one model has it.

create or replace function flow.workflow_id(p_code text, p_model bigint default null)
returns bigint
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_ids bigint[];
begin
  v_ids := array(
    select w.id
    from flow.workflow as w
    inner join meta.model as m on w.model_id = m.id
    where case when p_code like '%.%' then m.code || '.' || w.code = p_code else w.code = p_code and (p_model is null or w.model_id = p_model) end
  );

  if cardinality(v_ids) <> 1 then
    raise exception 'there is % workflow "%"', case cardinality(v_ids) when 0 then 'no' else 'more than one' end, p_code
      using errcode = 'PG510', hint = 'Name it as model.code; "pgears workflow list" shows the workflows.';
  end if;

  return v_ids[1];
end;
$$;

comment on function flow.workflow_id(text, bigint) is 'Id of a workflow by model.code or code. Raises PG510.';

revoke all on function flow.workflow_id(text, bigint) from public;
