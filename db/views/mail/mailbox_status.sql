-- Mailboxes and how their reading stands.

create or replace view mail.mailbox_status as
select
  b.id,
  m.code || '.' || b.code as mailbox,
  meta.class_path(b.class_id) as class,
  b.enabled,
  b.definition ->> 'driver' as driver,
  b.definition ->> 'path' as path,
  b.poll_every,
  b.polled,
  b.error,
  r.stored,
  r.done,
  r.skipped,
  r.quarantined,
  coalesce(b.definition ->> 'host', b.definition ->> 'url', b.definition ->> 'path', b.definition ->> 'address') as place,
  b.lease_until > core.now() as reading,
  b.listener_until > core.now() as listening,
  least((b.definition ->> 'secret_expires')::date, b.token_expires::date) as secret_expires,
  least((b.definition ->> 'secret_expires')::date, b.token_expires::date) - core.now()::date as secret_days_left,
  b.definition ->> 'script' as script,
  (
    select pg_get_userbyid(p.proowner)
    from pg_proc as p
    where p.oid = to_regprocedure((b.definition ->> 'script') || '(jsonb, jsonb)')
  ) as script_runs_as,
  b.hint
from mail.mailbox as b
inner join meta.model as m on b.model_id = m.id
cross join lateral (
  select
    count(*) filter (where r.state = 'stored') as stored,
    count(*) filter (where r.state = 'done') as done,
    count(*) filter (where r.state = 'skipped') as skipped,
    count(*) filter (where r.state = 'quarantined') as quarantined
  from mail.received as r
  where r.mailbox_id = b.id
) as r;

comment on view mail.mailbox_status is 'Mailboxes with the numbers of their messages by state and the error of the last turn, with what to do about it.';

grant select on mail.mailbox_status to pgears_admin, pgears_runner;
