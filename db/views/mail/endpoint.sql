-- Servers of mail accounts and mailboxes that are in use, for "pgears doctor".
--
-- A parameter that is not set stands there as it is written: one mailbox hides no other.
-- requires: core.parameter mail.filled_definition

create or replace view mail.endpoint
as
with used (name, protocol, definition) as (
  select
    'mail account ' || a.code,
    case when a.transport = 'smtp' then 'smtp' else 'http' end,
    case when a.transport = 'graph' then jsonb_build_object('url', 'https://graph.microsoft.com') else '{}' end
    || jsonb_strip_nulls(to_jsonb(a))
  from mail.account as a
  where a.enabled and not a.is_sink
  union all
  select
    'mailbox ' || m.code || '.' || b.code,
    case b.definition ->> 'driver' when 'imap' then 'imap' else 'http' end,
    case b.definition ->> 'driver' when 'graph' then jsonb_build_object('url', 'https://graph.microsoft.com') else '{}' end
    || case when p.missing then b.definition else mail.filled_definition(b.definition) end
  from mail.mailbox as b
  inner join meta.model as m on b.model_id = m.id
  cross join lateral (
    select coalesce(bool_or(core.parameter(n.found[1]) is null), false) as missing
    from regexp_matches(b.definition::text, '\{\{\s*app[.]par[.]([a-z0-9_.-]+)\s*\}\}', 'g') as n (found)
  ) as p
  where b.enabled and b.definition ->> 'driver' <> 'maildir'
)

select
  u.name,
  u.protocol,
  u.definition ->> 'host' as host,
  coalesce((u.definition ->> 'port')::integer, case when u.protocol = 'imap' then case when u.definition ->> 'tls' = 'tls' then 993 else 143 end end) as port,
  u.definition ->> 'url' as url,
  coalesce(u.definition ->> 'tls', 'tls') as tls,
  u.definition ->> 'ca_file' as ca_file,
  null::text[] as allow,
  array_remove(array[u.definition ->> 'secret', u.definition ->> 'client_secret', u.definition ->> 'refresh_token'], null) as secrets,
  u.definition ->> 'refresh_token' as renewed
from used as u
union all
select 'tokens of ' || u.name, 'http', null, null, u.definition ->> 'token_url', 'tls', null, null, '{}', null
from used as u
where u.definition ? 'token_url';

comment on view mail.endpoint is 'Servers of mail accounts and mailboxes that are in use, and where their certificates and secrets are found.';

grant select on mail.endpoint to pgears_admin, pgears_runner;
