-- Checks of the change feed: readers that do not come back keep all changes.

create or replace view feed.finding
as
with sample (name, state, found, mend) as (
  select
    'feed readers',
    'doubtful',
    format('%s has read nothing since %s, and the feed is kept for it', r.code, date_trunc('second', r.advanced)),
    case
      when r.code like 'replica:%' then format('select replica.drop_reader(%L);', substr(r.code, 9))
      else format('Bring it back, or delete it from feed.consumer: %s.', r.code)
    end
  from feed.consumer as r
  cross join lateral (
    select c.changed
    from feed.change as c
    where (c.transaction_id, c.position) > (r.transaction_id, r.position)
    order by c.transaction_id, c.position
    limit 1
  ) as f
  where f.changed < now() - interval '1 day'
)

select d.name, s.state, s.found, s.mend
from (values ('feed readers')) as d (name)
left join sample as s using (name);

comment on view feed.finding is 'Checks of the change feed: readers that do not read.';

grant select on feed.finding to pgears_admin, pgears_runner;
