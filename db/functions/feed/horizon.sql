-- The transaction before which all is settled: no change below it can still appear.
--
-- Positions are given out when a row is written, not when it commits; reading by position
-- alone would lose a change that commits late.

create or replace function feed.horizon()
returns xid8
language sql
volatile
begin atomic
  select pg_snapshot_xmin(pg_current_snapshot());
end;

comment on function feed.horizon() is 'Oldest transaction that is still running; changes of earlier ones are final.';

revoke all on function feed.horizon() from public, pgears_runner;
grant execute on function feed.horizon() to pgears_admin;
