-- When rows were physically deleted, as the feed still knows; none after the feed was pruned.

create or replace function replica.deletions(p_class bigint, p_uids uuid[])
returns table (uid uuid, changed timestamptz)
language sql
stable
begin atomic
  select d.uid, max(c.changed)
  from feed.change as c
  cross join lateral unnest(c.uids) as d (uid)
  where c.class_id = p_class and c.operation = 'D' and d.uid = any(p_uids)
  group by d.uid;
end;

comment on function replica.deletions(bigint, uuid[]) is 'Rows among those given whose deletion the feed has, and its time.';

revoke all on function replica.deletions(bigint, uuid[]) from public;
