-- Servers of targets that are in use, for "pgears doctor".
-- requires: core.environment

create or replace view http.endpoint
as
with used as (
  select
    'target ' || m.code || '.' || t.code as name,
    coalesce(t.definition -> 'urls' ->> core.environment(), t.definition ->> 'url') as url,
    t.definition,
    array(select jsonb_array_elements_text(coalesce(t.definition -> 'allow', '[]'))) as allow,
    array(select jsonb_array_elements_text(coalesce(t.definition -> 'signing_secrets', '[]'))) as signing_secrets
  from http.target as t
  inner join meta.model as m on t.model_id = m.id
  where t.enabled
)

select
  u.name,
  'http' as protocol,
  null::text as host,
  null::integer as port,
  u.url,
  'tls' as tls,
  u.definition ->> 'ca_file' as ca_file,
  u.allow,
  array_remove(u.signing_secrets || (u.definition ->> 'secret'), null) as secrets,
  null::text as renewed
from used as u
union all
select 'tokens of ' || u.name, 'http', null, null, u.definition ->> 'token_url', 'tls', u.definition ->> 'ca_file', u.allow, '{}', null
from used as u
where u.definition ? 'token_url';

comment on view http.endpoint is 'Servers of targets that are in use, and where their certificates and secrets are found.';

grant select on http.endpoint to pgears_admin, pgears_runner;
