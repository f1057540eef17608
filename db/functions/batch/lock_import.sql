-- The run of a token, locked; one whose process was given up is refused.

create or replace function batch.lock_import(p_run bigint, p_token uuid)
returns batch.import_run
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_run batch.import_run;
begin
  select r.* into v_run from batch.import_run as r where r.id = p_run and r.token = p_token and r.state = 'running' for update;

  if not found then
    raise exception 'run % was taken over by another process', p_run
      using errcode = 'PG704', hint = 'Nothing was recorded; do nothing more with it.';
  end if;

  return v_run;
end;
$$;

comment on function batch.lock_import(bigint, uuid) is 'Locked row of a running run. Raises PG704 when the token is not its.';

revoke all on function batch.lock_import(bigint, uuid) from public;
