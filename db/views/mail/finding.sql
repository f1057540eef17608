-- Checks of mail: what did not leave, mailboxes that are not read, secrets that end.
-- requires: core.now mail.account_status mail.mailbox_status

create or replace view mail.finding
as
with definition (name) as (
  values ('unsent mails'), ('unknown mails'), ('mailboxes'), ('quarantined messages'), ('secrets that end')
),

secret (of, ends, days) as (
  select 'mail account ' || a.code, a.secret_expires, a.secret_days_left
  from mail.account_status as a
  where a.enabled
  union all
  select 'mailbox ' || b.mailbox, b.secret_expires, b.secret_days_left
  from mail.mailbox_status as b
  where b.enabled
),

sample (name, state, found, mend) as (
  select
    'unsent mails',
    'doubtful',
    format('mail %s has waited since %s%s', m.id, date_trunc('second', m.created), coalesce(': ' || left(m.error, 200), '')),
    'pgears mail list --state ' || m.state
  from unnest(array['queued', 'retrying']) as s (state)
  cross join lateral (
    select m.*
    from mail.message as m
    where m.state = s.state and m.state <> 'sent'
    order by m.id
    limit 1
  ) as m
  where m.created < core.now() - interval '30 minutes'
  union all
  select
    'unknown mails',
    'doubtful',
    format('nobody knows whether mail %s has left', m.id),
    format('pgears mail resend %s', m.id)
  from (
    select m.id
    from mail.message as m
    where m.state = 'unknown' and m.state <> 'sent'
    order by m.id
    limit 20
  ) as m
  union all
  select
    'mailboxes',
    case when b.enabled then 'wrong' else 'doubtful' end,
    case
      when b.enabled then format('%s cannot be read: %s', b.mailbox, left(b.error, 200))
      else format('%s is switched off', b.mailbox)
    end,
    case
      when not b.enabled then 'Set enabled: true in the model file, then: pgears model apply FILE.'
      else coalesce(b.hint, format('pgears mailbox poll %s', b.mailbox))
    end
  from mail.mailbox_status as b
  where not b.enabled or b.error is not null
  union all
  select
    'quarantined messages',
    'doubtful',
    format('%s messages of %s became no record', b.quarantined, b.mailbox),
    'pgears mailbox quarantine'
  from mail.mailbox_status as b
  where b.quarantined > 0
  union all
  select
    'secrets that end',
    case when s.days < 0 then 'wrong' else 'doubtful' end,
    case
      when s.days < 0 then format('that of %s ended on %s', s.of, s.ends)
      else format('that of %s ends on %s, in %s days', s.of, s.ends, s.days)
    end,
    'Renew it where it was issued, store it under its reference, and set secret_expires anew.'
  from secret as s
  where s.days < 14
)

select d.name, s.state, s.found, s.mend
from definition as d
left join sample as s using (name);

comment on view mail.finding is 'Checks of mail: unsent and unknown mails, mailboxes, secrets that end.';

grant select on mail.finding to pgears_admin, pgears_runner;
