-- For doors: whether a script is open to calls from outside, by its flag and the switch of the instance.
--
-- The third lock, the right of whoever calls, is asked when it is run.
-- requires: core.web_service

create or replace function flow.script_door(p_code text, p_door text)
returns boolean
language plpgsql
stable
security definer  -- lends: reading flags of scripts to the service
set search_path = pg_catalog, pg_temp
as $$
begin
  perform flow.check_door('script', flow.script_id(p_code), p_door);
  return true;
exception
  when sqlstate 'PG561' or sqlstate 'PG562' then
    return false;
end;
$$;

comment on function flow.script_door(text, text) is 'Whether a script is open at a door: web_service, url. Raises PG501.';

revoke all on function flow.script_door(text, text) from public, pgears_runner;
grant execute on function flow.script_door(text, text) to pgears_admin;
