-- Databases of synchronisations that are in use, for "pgears doctor".

create or replace view sync.endpoint
as
select
  'synchronisation ' || m.code || '.' || d.code as name,
  'postgresql' as protocol,
  null::text as host,
  null::integer as port,
  null::text as url,
  null::text as tls,
  null::text as ca_file,
  null::text[] as allow,
  array[d.definition ->> 'url'] as secrets,
  null::text as renewed
from sync.definition as d
inner join meta.model as m on d.model_id = m.id
where d.enabled and d.definition ? 'url';

comment on view sync.endpoint is 'Databases that synchronisations in use compare with, by where their URL is found.';

grant select on sync.endpoint to pgears_admin, pgears_runner;
