-- Keys with tasks that wait for an earlier one, and what that one is doing.

create or replace view queue.blocked_key
as
select
  b.kind,
  b.key,
  b.blocked,
  h.id as head,
  h.state as head_state,
  h.error as head_error
from (
  select t.kind, t.key, count(*) as blocked
  from queue.task as t
  where t.key is not null and t.state = 'blocked'
  group by t.kind, t.key
) as b
left join lateral (
  select x.*
  from (
    select d.id, 'dead' as state, d.error from queue.dead as d where d.kind = b.kind and d.key = b.key
    union all
    select t.id, t.state, t.error from queue.task as t where t.kind = b.kind and t.key = b.key and t.state <> 'blocked'
  ) as x
  order by x.id
  limit 1
) as h on true;

comment on view queue.blocked_key is 'Keys that tasks wait behind: number of those, and the task that is first, with its error.';

grant select on queue.blocked_key to pgears_admin, pgears_runner;
