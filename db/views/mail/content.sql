-- Texts of outgoing mail.

create or replace view mail.content as
select
  m.id,
  m.from_address,
  m.from_name,
  m.reply_to,
  m.in_reply_to,
  m.priority,
  m.subject,
  m.body,
  m.html,
  array(
    select f.name
    from mail.attachment as t
    inner join core.file as f on t.file_id = f.id
    where t.message_id = m.id
    order by t.position
  ) as attachments
from mail.message as m;

comment on view mail.content is 'Sender, texts and names of attachments of outgoing mails.';

grant select on mail.content to pgears_admin, pgears_runner;
