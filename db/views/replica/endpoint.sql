-- Databases of peers, for "pgears doctor": their URL is a secret, so only where it is found.

create or replace view replica.endpoint
as
select
  'peer ' || p.code as name,
  'postgresql' as protocol,
  null::text as host,
  null::integer as port,
  null::text as url,
  null::text as tls,
  null::text as ca_file,
  null::text[] as allow,
  array[p.url] as secrets,
  null::text as renewed
from replica.peer as p;

comment on view replica.endpoint is 'Databases of peers, by where their URL is found.';

grant select on replica.endpoint to pgears_admin, pgears_runner;
