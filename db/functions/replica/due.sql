-- Subscriptions that nobody reads at the moment and that do not rest.

create or replace function replica.due()
returns setof bigint
language sql
stable
security definer  -- lends: reading subscriptions to the runner
begin atomic
  select s.id
  from replica.subscription as s
  where s.enabled
    and (s.lease_until is null or s.lease_until < core.now())
    and exists (select from replica.peer as p where p.code = s.peer)
  order by s.id;
end;

comment on function replica.due() is 'Ids of subscriptions that a runner may take.';

revoke all on function replica.due() from public;
grant execute on function replica.due() to pgears_runner, pgears_admin;
