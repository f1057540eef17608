-- Checks of calls to other systems: open breakers, calls of which nobody knows.
-- requires: http.target_status

create or replace view http.finding
as
with definition (name) as (
  values ('targets'), ('unknown calls')
),

sample (name, state, found, mend) as (
  select
    'targets',
    'doubtful',
    format('%s does not answer (%s failures in a row), %s calls wait', t.target, t.failures, t.waiting + t.held),
    'pgears http targets'
  from http.target_status as t
  where t.enabled and t.breaker <> 'closed'
  union all
  select
    'unknown calls',
    'doubtful',
    format('nobody knows whether call %s to %s was made', c.id, c.target),
    format('pgears http retry %s', c.id)
  from (
    select c.id, c.target
    from http.call as c
    where c.settled > now() - interval '7 days' and c.state = 'unknown'
    order by c.id
    limit 20
  ) as c
)

select d.name, s.state, s.found, s.mend
from definition as d
left join sample as s using (name);

comment on view http.finding is 'Checks of calls to other systems: open breakers, calls without a known end.';

grant select on http.finding to pgears_admin, pgears_runner;
