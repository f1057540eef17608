-- Checks of replication: subscriptions that fail, decisions that wait.
-- requires: replica.status

create or replace view replica.finding
as
with definition (name) as (
  values ('replication'), ('conflicts')
),

sample (name, state, found, mend) as (
  select
    'replication',
    'wrong',
    format('%s is %s%s', s.subscription, s.state, coalesce(': ' || left(s.error, 200), '')),
    case s.state
      when 'no peer' then format('pgears replicate peer set %s', s.peer)
      else format('pgears replicate read %s', s.subscription)
    end
  from replica.status as s
  where s.state in ('failing', 'no peer')
  union all
  select
    'conflicts',
    'doubtful',
    format('%s has %s rows changed on both sides and %s refused ones', s.subscription, s.conflicts, s.refused),
    'pgears replicate conflicts'
  from replica.status as s
  where s.conflicts + s.refused > 0
)

select d.name, s.state, s.found, s.mend
from definition as d
left join sample as s using (name);

comment on view replica.finding is 'Checks of replication: failing subscriptions, open conflicts.';

grant select on replica.finding to pgears_admin, pgears_runner;
