-- Put a stored message aside with the reason why it could not become a record.

create or replace function mail.quarantine(p_received bigint, p_error text, p_parts jsonb default '{}')
returns void
language sql
volatile
security definer  -- lends: writing received messages to the runner
begin atomic
  update mail.received as r
  set
    state = 'quarantined',
    error = coalesce(p_error, ''),
    message_id = p_parts ->> 'message_id',
    from_address = p_parts ->> 'from_address',
    subject = p_parts ->> 'subject',
    settled = core.now()
  where r.id = p_received and r.state = 'stored';
end;

comment on function mail.quarantine(bigint, text, jsonb) is 'Quarantine a stored message with an error, and what is known of it.';

revoke all on function mail.quarantine(bigint, text, jsonb) from public;
grant execute on function mail.quarantine(bigint, text, jsonb) to pgears_runner;
