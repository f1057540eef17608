-- Recipients of outgoing mail and what the server answered for each.

create or replace view mail.recipient_status as
select r.message_id, r.position, r.kind, r.address, r.name, r.state, r.delivered_to, r.code, r.answer, r.settled
from mail.recipient as r;

comment on view mail.recipient_status is 'Recipients of outgoing mails with state and answer.';

grant select on mail.recipient_status to pgears_admin, pgears_runner;
