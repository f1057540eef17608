-- Somebody has looked at the other system: a call in state unknown was done there, or is to be made again.
-- requires: http.end_call http.lock_call http.retry

create or replace function http.resolve(p_call bigint, p_outcome text)
returns void
language plpgsql
volatile
security definer  -- lends: writing calls to administrators
set search_path = pg_catalog, pg_temp
as $$
declare
  v_call constant http.call := http.lock_call(p_call, array['unknown'], 'resolved');
begin
  if p_outcome is null or p_outcome not in ('done', 'retry') then
    raise exception 'a call cannot be resolved as "%"', p_outcome
      using errcode = 'PG547', hint = 'Use done or retry.';
  end if;

  if p_outcome = 'done' then
    perform http.end_call(v_call, 'done', 'said to be done by ' || access.current_account());
  else
    perform http.retry(p_call);
  end if;
end;
$$;

comment on function http.resolve(bigint, text) is 'Settle a call in state unknown as done, or make it again (retry). Raises PG544, PG546, PG547.';

revoke all on function http.resolve(bigint, text) from public;
grant execute on function http.resolve(bigint, text) to pgears_admin;
