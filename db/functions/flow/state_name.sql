-- Name of a state of an instance.

create or replace function flow.state_name(p_state smallint)
returns text
language sql
immutable
begin atomic
  select case p_state when 0 then 'running' when 1 then 'finished' when 2 then 'cancelled' when 3 then 'failed' when 6 then 'paused' end;
end;

comment on function flow.state_name(smallint) is '0 running, 1 finished, 2 cancelled, 3 failed, 6 paused.';

revoke all on function flow.state_name(smallint) from public;
grant execute on function flow.state_name(smallint) to pgears_admin, pgears_runner;
