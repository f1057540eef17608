-- Delete links that have been over for a month.
-- requires: core.now

create or replace function flow.prune_links()
returns bigint
language sql
volatile
security definer  -- lends: deleting old links to the runner
begin atomic
  with gone as (
    delete from flow.link as l
    where l.expires < (select core.now()) - interval '30 days'
    returning l.id
  )
  select count(*) from gone as g;
end;

comment on function flow.prune_links() is 'Number of links deleted that expired a month ago.';

revoke all on function flow.prune_links() from public;
grant execute on function flow.prune_links() to pgears_runner;
