-- Checks of rights for "pgears doctor"; those of accounts and roles are in access.findings.
-- requires: access.missing_policies

create or replace view access.finding
as
with sample (name, state, found, mend) as (
  select
    'policies',
    'wrong',
    format('%s policies are missing on %s: its readers see nothing', count(*), p.relation),
    'pgears upgrade'
  from access.missing_policies() as p
  group by p.relation
)

select d.name, s.state, s.found, s.mend
from (values ('policies')) as d (name)
left join sample as s using (name);

comment on view access.finding is 'Checks of rights: policies that somebody dropped.';

grant select on access.finding to pgears_admin, pgears_runner;
