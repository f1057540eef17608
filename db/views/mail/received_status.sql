-- Received messages and what became of each.

create or replace view mail.received_status as
select
  r.id,
  m.code || '.' || b.code as mailbox,
  r.key,
  r.state,
  r.received,
  r.from_address,
  r.subject,
  r.reason,
  r.error,
  meta.class_path(r.class_id) as class,
  r.row_id,
  r.message_id,
  octet_length(r.raw) as size,
  r.settled
from mail.received as r
inner join mail.mailbox as b on r.mailbox_id = b.id
inner join meta.model as m on b.model_id = m.id;

comment on view mail.received_status is 'Received messages with their state, the reason of a skipped and the error of a quarantined one.';

grant select on mail.received_status to pgears_admin, pgears_runner;
