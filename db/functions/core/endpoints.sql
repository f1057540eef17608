-- What the instance talks to, for "pgears doctor": each room tells its own in a view named endpoint.
--
-- Servers, and the files and variables that hold their certificates and secrets; of a secret
-- only where it is found. core.room_views finds the views.

create or replace function core.endpoints()
returns table (
  name text,
  protocol text,
  host text,
  port integer,
  url text,
  tls text,
  ca_file text,
  allow text[],
  secrets text[],
  renewed text
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
set jit = off
as $$
declare
  v_view regclass;
begin
  for v_view in
    select v.room_view from core.room_views('endpoint') as v (room_view)
  loop
    return query execute format(
      'select e.name, e.protocol, e.host, e.port, e.url, e.tls, e.ca_file, e.allow, e.secrets, e.renewed from %s as e order by 1, 2',
      v_view
    );
  end loop;
end;
$$;

comment on function core.endpoints() is
'Servers that the instance talks to: protocol, place (host and port, or url), TLS, certificates, where secrets are found; renewed is the file of a refresh token.';

revoke all on function core.endpoints() from public;
grant execute on function core.endpoints() to pgears_admin, pgears_runner;
