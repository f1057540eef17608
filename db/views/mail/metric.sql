-- Metrics of mail: what has not left, mailboxes, secrets that end.
--
-- Mails that were sent are not looked at: message_state_idx leaves them out. The oldest of a
-- state is the first entry of that index.
-- requires: core.now

create or replace view mail.metric
as
with definition (name, kind, help) as (
  values
  ('pgears_mails', 'gauge', 'Outgoing mails that are not sent, by state; old ones are pruned.'),
  ('pgears_mail_oldest_unsent_seconds', 'gauge', 'Age of the oldest mail that waits to be sent; 0 when none does.'),
  ('pgears_mailbox_failing', 'gauge', '1 while the last reading of an enabled mailbox ended with an error.'),
  ('pgears_mailbox_late_seconds', 'gauge', 'Time since an enabled mailbox should have been read.'),
  ('pgears_mailbox_messages', 'gauge', 'Received messages that became no record yet, by mailbox and state (stored, quarantined).'),
  ('pgears_secret_expires_timestamp_seconds', 'gauge', 'When the secret of a mail account or mailbox ends, as far as it is known.')
),

open_state (state) as (
  values ('queued'), ('sending'), ('retrying'), ('held'), ('unknown'), ('refused'), ('failed'), ('bounced'), ('cancelled')
),

sample (name, labels, value) as (
  select 'pgears_mails', jsonb_build_object('state', s.state), c.number::double precision
  from open_state as s
  cross join lateral (
    select count(*) as number
    from mail.message as m
    where m.state = s.state and m.state <> 'sent'
  ) as c
  union all
  select 'pgears_mail_oldest_unsent_seconds', '{}', coalesce(greatest(extract(epoch from core.now() - min(f.created)), 0), 0)
  from unnest(array['queued', 'sending', 'retrying']) as s (state)
  cross join lateral (
    select m.created
    from mail.message as m
    where m.state = s.state and m.state <> 'sent'
    order by m.id
    limit 1
  ) as f
  union all
  select 'pgears_mailbox_failing', jsonb_build_object('mailbox', o.code || '.' || b.code), (b.error is not null)::integer
  from mail.mailbox as b
  inner join meta.model as o on b.model_id = o.id
  where b.enabled
  union all
  select
    'pgears_mailbox_late_seconds',
    jsonb_build_object('mailbox', o.code || '.' || b.code),
    case
      when b.lease_until > core.now() then 0
      else greatest(extract(epoch from core.now() - coalesce(nullif(b.due, '-infinity'), b.polled, core.now())), 0)
    end
  from mail.mailbox as b
  inner join meta.model as o on b.model_id = o.id
  where b.enabled
  union all
  select 'pgears_mailbox_messages', jsonb_build_object('mailbox', o.code || '.' || b.code, 'state', c.state), c.number
  from mail.mailbox as b
  inner join meta.model as o on b.model_id = o.id
  cross join lateral (
    select 'stored' as state, count(*) as number
    from mail.received as r
    where r.mailbox_id = b.id and r.state = 'stored'
    union all
    select 'quarantined', count(*)
    from mail.received as r
    where r.mailbox_id = b.id and r.state = 'quarantined'
  ) as c
  union all
  select 'pgears_secret_expires_timestamp_seconds', jsonb_build_object('of', 'account ' || a.code), extract(epoch from a.secret_expires)
  from mail.account as a
  where a.enabled and a.secret_expires is not null
  union all
  select 'pgears_secret_expires_timestamp_seconds', jsonb_build_object('of', 'mailbox ' || o.code || '.' || b.code), extract(epoch from e.ends)
  from mail.mailbox as b
  inner join meta.model as o on b.model_id = o.id
  cross join lateral (select least((b.definition ->> 'secret_expires')::timestamptz, b.token_expires) as ends) as e
  where b.enabled and e.ends is not null
)

select d.name, d.kind, d.help, s.labels, s.value
from definition as d
left join sample as s using (name);

comment on view mail.metric is 'Metrics of mail: unsent mails by state, age of the oldest, mailboxes, secrets that end.';

grant select on mail.metric to pgears_admin, pgears_runner;
