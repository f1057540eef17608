-- Resolve a synchronisation named "model.code", or by its code alone where only one model has it.

create or replace function sync.definition_id(p_code text, p_model bigint default null)
returns bigint
language plpgsql
stable
security definer  -- lends: reading the codes of synchronisations to administrators and the service
set search_path = pg_catalog, pg_temp
as $$
declare
  v_ids bigint[];
begin
  v_ids := array(
    select d.id
    from sync.definition as d
    inner join meta.model as m on d.model_id = m.id
    where case when p_code like '%.%' then m.code || '.' || d.code = p_code else d.code = p_code and (p_model is null or d.model_id = p_model) end
  );

  if cardinality(v_ids) <> 1 then
    raise exception 'there is % synchronisation "%"', case cardinality(v_ids) when 0 then 'no' else 'more than one' end, p_code
      using errcode = 'PG740', hint = 'Name it as model.code; "pgears sync --list" shows the synchronisations.';
  end if;

  return v_ids[1];
end;
$$;

comment on function sync.definition_id(text, bigint) is 'Id of a synchronisation by model.code or code. Raises PG740.';

revoke all on function sync.definition_id(text, bigint) from public;
grant execute on function sync.definition_id(text, bigint) to pgears_admin, pgears_runner;
