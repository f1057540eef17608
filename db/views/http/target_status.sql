-- Targets and how they are doing; where secrets are found, but no secret.

create or replace view http.target_status as
select
  t.id,
  m.code || '.' || t.code as target,
  t.enabled,
  coalesce(t.definition -> 'urls' ->> core.environment(), t.definition ->> 'url') as url,
  case when t.definition -> 'urls' ? core.environment() then 'deliver' else http.guard() end as guard,
  case when t.open_until is null then 'closed' when t.open_until > core.now() then 'open' else 'half-open' end as breaker,
  t.open_until,
  t.failures,
  c.waiting,
  c.sending,
  c.held,
  c.oldest
from http.target as t
inner join meta.model as m on t.model_id = m.id
cross join lateral (
  select
    count(*) filter (where c.state in ('queued', 'retrying')) as waiting,
    count(*) filter (where c.state = 'sending') as sending,
    count(*) filter (where c.state = 'held') as held,
    min(c.created) as oldest
  from http.call as c
  where c.target_id = t.id and c.settled is null
) as c;

comment on view http.target_status is 'Targets with their breaker (closed, open, half-open) and the calls that wait.';
comment on column http.target_status.failures is 'Failed attempts one after the other.';

grant select on http.target_status to pgears_admin, pgears_runner;
