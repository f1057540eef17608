-- For scripts: end with an error that people read. What the script wrote is undone.

create or replace function flow.refuse(p_message text)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  raise exception '%', p_message
    using errcode = 'PG504', hint = 'A script or rule refuses this; change the values and try again.';
end;
$$;

comment on function flow.refuse(text) is 'Raise PG504 with a message: a script refuses what was to be done.';

revoke all on function flow.refuse(text) from public, pgears_runner;
grant execute on function flow.refuse(text) to pgears_admin;
