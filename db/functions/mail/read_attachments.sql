-- The files that a message carries, with their bytes.

create or replace function mail.read_attachments(p_message bigint)
returns table (name text, media_type text, content bytea)
language sql
stable
security definer  -- lends: reading files of the outbox to the runner
begin atomic
  select f.name, f.media_type, c.content
  from mail.attachment as a
  inner join core.file as f on a.file_id = f.id
  inner join core.file_content as c on f.sha256 = c.sha256
  where a.message_id = p_message
  order by a.position;
end;

comment on function mail.read_attachments(bigint) is 'Name, media type and content of the files that a message carries.';

revoke all on function mail.read_attachments(bigint) from public;
grant execute on function mail.read_attachments(bigint) to pgears_runner;
