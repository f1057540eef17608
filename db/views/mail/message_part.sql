-- What of a received message can go into a column.

create or replace view mail.message_part as
select row_number() over () as position, p.part, p.kind, p.note
from (
  values
  ('subject', 'text', 'Subject, decoded.'),
  ('from_address', 'text', 'Address of From, in lower case.'),
  ('from_name', 'text', 'Display name of From.'),
  ('reply_address', 'text', 'Address to answer to: Reply-To, else From; in lower case.'),
  ('to', 'text', 'Recipients, separated by semicolons.'),
  ('cc', 'text', 'Recipients of copies.'),
  ('date', 'time', 'Date of the message, else the time of arrival.'),
  ('received', 'time', 'Time of arrival here.'),
  ('text', 'text', 'Plain text; of a message that has HTML only, its text.'),
  ('html', 'text', 'HTML, when the message has it; its pictures are at /files/ and the id of the file.'),
  ('message_id', 'text', 'Message-ID.'),
  ('in_reply_to', 'text', 'Message-ID of the message answered.'),
  ('references', 'text', 'Message-IDs of the messages before it.'),
  ('attachments', 'files', 'All parts that are not the text, as files.'),
  ('inline_images', 'files', 'Pictures that the HTML shows; they leave the attachments where a column takes them.'),
  ('raw', 'files', 'The whole message as a file.')
) as p (part, kind, note);

comment on view mail.message_part is 'Parts of a received message that the mapping of a mailbox may name.';

grant select on mail.message_part to pgears_admin, pgears_runner;
