-- Resolve an import named "model.code", or by its code alone where only one model has it.

create or replace function batch.import_id(p_code text)
returns bigint
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_ids bigint[];
begin
  v_ids := array(
    select i.id
    from batch.import as i
    inner join meta.model as m on i.model_id = m.id
    where case when p_code like '%.%' then m.code || '.' || i.code = p_code else i.code = p_code end
  );

  if cardinality(v_ids) <> 1 then
    raise exception 'there is % import "%"', case cardinality(v_ids) when 0 then 'no' else 'more than one' end, p_code
      using errcode = 'PG700', hint = 'Name it as model.code; "pgears imports list" shows the imports.';
  end if;

  return v_ids[1];
end;
$$;

comment on function batch.import_id(text) is 'Id of an import by model.code or code. Raises PG700.';

revoke all on function batch.import_id(text) from public;
