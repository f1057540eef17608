-- Outgoing mail, newest last: state, recipients and what servers said.

create or replace view mail.message_status as
select
  m.id,
  m.state,
  m.created,
  r.recipients,
  r.sent || '/' || r.total as delivered,
  m.subject,
  m.error,
  a.code as account,
  m.message_id,
  m.attempts,
  m.attempted,
  m.settled,
  meta.class_path(m.class_id) as class,
  m.row_id,
  m.creator,
  m.correlation
from mail.message as m
inner join mail.account as a on m.account_id = a.id
cross join lateral (
  select
    string_agg(r.address, '; ' order by r.position) filter (where r.kind <> 'audit') as recipients,
    count(*) filter (where r.state = 'sent') as sent,
    count(*) as total
  from mail.recipient as r
  where r.message_id = m.id
) as r;

comment on view mail.message_status is 'Outgoing mails with their state, recipients, and the error that keeps them.';
comment on column mail.message_status.delivered is 'Recipients that have it and all recipients, audit copies included.';

grant select on mail.message_status to pgears_admin, pgears_runner;
