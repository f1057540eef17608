-- Register a reader of the feed; it begins at what happens from now on.

create or replace function feed.subscribe(p_consumer text, p_note text default null)
returns void
language sql
volatile
security definer  -- lends: writing consumers to the runner and administrators
begin atomic
  insert into feed.consumer (code, transaction_id, note)
  values (p_consumer, pg_snapshot_xmin(pg_current_snapshot()), p_note)
  on conflict (code) do nothing;
end;

comment on function feed.subscribe(text, text) is 'Register a reader of the change feed under a code; a second call changes nothing.';

revoke all on function feed.subscribe(text, text) from public, pgears_runner;
grant execute on function feed.subscribe(text, text) to pgears_admin;
