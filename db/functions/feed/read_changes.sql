-- Statements that a reader has not seen, in the order of their transactions, up to the horizon.
--
-- Reading moves nothing: feed.advance() does, in the transaction that keeps the result.

create or replace function feed.read_changes(p_consumer text, p_limit integer default 100)
returns setof feed.change
language sql
volatile
security definer  -- lends: reading the feed to the runner and administrators
begin atomic
  select c.*
  from feed.consumer as r
  inner join feed.change as c on (c.transaction_id, c.position) > (r.transaction_id, r.position)
  where r.code = p_consumer and c.transaction_id < pg_snapshot_xmin(pg_current_snapshot())
  order by c.transaction_id, c.position
  limit p_limit;
end;

comment on function feed.read_changes(text, integer) is
'Changes after the reader''s position, at most p_limit statements; none is skipped whatever the order of commits.';

revoke all on function feed.read_changes(text, integer) from public, pgears_runner;
grant execute on function feed.read_changes(text, integer) to pgears_admin;
