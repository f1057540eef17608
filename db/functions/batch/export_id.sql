-- Resolve an export named "model.code", or by its code alone where only one model has it.

create or replace function batch.export_id(p_code text)
returns bigint
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_ids bigint[];
begin
  v_ids := array(
    select e.id
    from batch.export as e
    inner join meta.model as m on e.model_id = m.id
    where case when p_code like '%.%' then m.code || '.' || e.code = p_code else e.code = p_code end
  );

  if cardinality(v_ids) <> 1 then
    raise exception 'there is % export "%"', case cardinality(v_ids) when 0 then 'no' else 'more than one' end, p_code
      using errcode = 'PG710', hint = 'Name it as model.code; "pgears exports list" shows the exports.';
  end if;

  return v_ids[1];
end;
$$;

comment on function batch.export_id(text) is 'Id of an export by model.code or code. Raises PG710.';

revoke all on function batch.export_id(text) from public;
