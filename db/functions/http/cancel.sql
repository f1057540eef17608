-- Keep a call that waits from being made.
-- requires: http.end_call http.lock_call

create or replace function http.cancel(p_call bigint)
returns void
language plpgsql
volatile
security definer  -- lends: writing calls to administrators
set search_path = pg_catalog, pg_temp
as $$
begin
  perform http.end_call(http.lock_call(p_call, array['queued', 'retrying', 'held', 'unknown'], 'cancelled'), 'cancelled');
end;
$$;

comment on function http.cancel(bigint) is 'Cancel a call. Raises PG544 when there is none, PG546 unless it waits.';

revoke all on function http.cancel(bigint) from public;
grant execute on function http.cancel(bigint) to pgears_admin;
