-- Find a model by code.

create or replace function meta.model_id(p_code text)
returns bigint
language plpgsql
stable
security definer  -- lends: reading definitions to administrators and the runner
set search_path = pg_catalog, pg_temp
as $$
declare
  v_id bigint;
begin
  select m.id into v_id from meta.model as m where m.code = p_code;

  if v_id is null then
    raise exception 'there is no model "%"', p_code
      using errcode = 'PG106', hint = 'meta.model lists the models of this instance.';
  end if;

  return v_id;
end;
$$;

comment on function meta.model_id(text) is 'Id of a model by its code. Raises PG106 when there is none.';

revoke all on function meta.model_id(text) from public, pgears_runner;
grant execute on function meta.model_id(text) to pgears_admin;
