-- What an attempt says about its target: the breaker counts failures, and one success closes it.
--
-- p_alive: true when the target answered, false when it failed, null when the attempt says
-- nothing about it.

create or replace function http.note_attempt(p_target http.target, p_call bigint, p_alive boolean)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_alive then
    update http.target as t
    set failures = 0, open_until = null, probe_id = null
    where t.id = p_target.id and (t.failures > 0 or t.open_until is not null);

    if p_target.open_until is not null then
      perform http.fill_line(p_target.id);
    end if;
  elsif not p_alive then
    update http.target as t
    set
      failures = t.failures + 1,
      open_until = case
        when t.breaker_failures = 0 then null
        when t.open_until is not null or t.failures + 1 >= t.breaker_failures then core.now() + t.breaker_pause
      end,
      probe_id = null
    where t.id = p_target.id;
  else
    update http.target as t set probe_id = null where t.id = p_target.id and t.probe_id = p_call;
  end if;
end;
$$;

comment on function http.note_attempt(http.target, bigint, boolean) is 'Count an attempt for the breaker of its target.';

revoke all on function http.note_attempt(http.target, bigint, boolean) from public;
