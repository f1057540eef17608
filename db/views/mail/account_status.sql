-- Mail accounts, with where passwords are found but no password.

create or replace view mail.account_status as
select
  a.code,
  a.is_default,
  a.enabled,
  a.is_sink,
  a.host,
  a.port,
  a.tls,
  a.login,
  a.secret,
  a.from_address,
  a.from_name,
  a.on_unknown,
  case when a.is_sink then 'deliver' else g.guard end as guard,
  case when not a.is_sink then g.address end as guard_address,
  a.auth,
  a.max_parallel,
  a.per_minute,
  a.transport,
  coalesce(a.host || ':' || a.port, a.url, case when a.transport = 'graph' then 'graph.microsoft.com' end) as place,
  coalesce(a.mailbox, case when a.transport = 'graph' then a.from_address end) as mailbox,
  a.token_url,
  a.secret_expires,
  a.secret_expires - core.now()::date as secret_days_left
from mail.account as a
cross join mail.guard() as g;

comment on view mail.account_status is 'Mail accounts and what the guard does with their mail.';

grant select on mail.account_status to pgears_admin, pgears_runner;
