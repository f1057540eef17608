-- Give a quarantined message up: it is kept as skipped, with the reason given.

create or replace function mail.skip_received(p_received bigint, p_reason text default 'given up')
returns void
language plpgsql
volatile
security definer  -- lends: writing received messages to administrators
set search_path = pg_catalog, pg_temp
as $$
begin
  perform mail.lock_quarantined(p_received);

  update mail.received as r
  set state = 'skipped', reason = p_reason, settled = core.now()
  where r.id = p_received;
end;
$$;

comment on function mail.skip_received(bigint, text) is 'Give a quarantined message up. Raises PG410 unless it is quarantined.';

revoke all on function mail.skip_received(bigint, text) from public;
grant execute on function mail.skip_received(bigint, text) to pgears_admin;
