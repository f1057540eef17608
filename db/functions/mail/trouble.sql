-- What servers said of the recipients that did not get a message, in one line.

create or replace function mail.trouble(p_message bigint)
returns text
language sql
stable
begin atomic
  select string_agg(concat_ws(' ', r.delivered_to || ':', r.code::text, r.answer), '; ' order by r.position)
  from mail.recipient as r
  where r.message_id = p_message and r.state in ('refused', 'retrying', 'unknown', 'bounced');
end;

comment on function mail.trouble(bigint) is 'Answers of servers for recipients that are refused, retrying, unknown or bounced; null when there are none.';

revoke all on function mail.trouble(bigint) from public;
