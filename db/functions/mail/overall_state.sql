-- State of a message that follows from its recipients: what needs attention most comes first.

create or replace function mail.overall_state(p_message bigint)
returns text
language sql
stable
begin atomic
  select
    case
      when bool_or(r.state = 'retrying') then 'retrying'
      when bool_or(r.state = 'unknown') then 'unknown'
      when bool_or(r.state = 'refused') then 'refused'
      when bool_or(r.state = 'bounced') then 'bounced'
      when bool_or(r.state = 'cancelled') then 'cancelled'
      else 'sent'
    end
  from mail.recipient as r
  where r.message_id = p_message;
end;

comment on function mail.overall_state(bigint) is 'retrying, unknown, refused, bounced, cancelled or sent, whichever comes first among the recipients.';

revoke all on function mail.overall_state(bigint) from public;
