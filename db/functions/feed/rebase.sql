-- Make the feed of a restored database readable where it is now: run when that is told.
--
-- Changes and positions are ordered by transaction ids, which count anew on another server:
-- later changes would seem to be read long ago, restored ones to be still to come. So restored
-- changes go before all of this server's, in their order, and every reader behind what it has
-- read of them. A change made here is known by the transaction that wrote its row.

create or replace function feed.rebase()
returns trigger
language plpgsql
volatile
security definer  -- lends: rewriting the feed to who tells the instance its environment
set search_path = pg_catalog, pg_temp
as $$
begin
  with restored as (
    select c.transaction_id, c.position
    from feed.change as c
    where (c.transaction_id::text::numeric % 4294967296)::text <> c.xmin::text
  )

  update feed.consumer as r
  set
    transaction_id = '3',
    position = coalesce(
      (select min(c.position) - 1 from restored as c where (c.transaction_id, c.position) > (r.transaction_id, r.position)),
      (select max(c.position) from restored as c),
      0
    );

  update feed.change as c
  set transaction_id = '3'
  where (c.transaction_id::text::numeric % 4294967296)::text <> c.xmin::text;

  return null;
end;
$$;

comment on function feed.rebase() is 'Trigger: order restored changes, and the positions of readers, before what is written on this server.';

revoke all on function feed.rebase() from public;
