-- Resolve a job named "model.code", or by its code alone where only one has it.

create or replace function flow.job_id(p_code text, p_model bigint default null)
returns bigint
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_ids bigint[];
begin
  v_ids := array(
    select j.id
    from flow.job as j
    left join meta.model as m on j.model_id = m.id
    where case when p_code like '%.%' then m.code || '.' || j.code = p_code else j.code = p_code and (p_model is null or j.model_id = p_model) end
  );

  if cardinality(v_ids) <> 1 then
    raise exception 'there is % job "%"', case cardinality(v_ids) when 0 then 'no' else 'more than one' end, p_code
      using errcode = 'PG520', hint = 'Name it as model.code; "pgears job list" shows the jobs.';
  end if;

  return v_ids[1];
end;
$$;

comment on function flow.job_id(text, bigint) is 'Id of a job by model.code or code. Raises PG520.';

revoke all on function flow.job_id(text, bigint) from public;
