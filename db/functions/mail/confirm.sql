-- Settle an unknown mail as sent, as a copy of it has been found.
--
-- Where a copy arrives, the audit mailbox for one, the server had taken the content over,
-- and with it the mail to all recipients that it had accepted. Gives true for mail of ours.

create or replace function mail.confirm(p_message_id text, p_found text)
returns boolean
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_id bigint;
  v_state text;
begin
  select m.id, m.state into v_id, v_state
  from mail.message as m
  where m.message_id = p_message_id
  for update;

  if v_state = 'unknown' then
    update mail.recipient as r
    set state = 'sent', answer = 'found in ' || p_found, settled = core.now()
    where r.message_id = v_id and r.state = 'unknown';

    update mail.message as m
    set state = mail.overall_state(v_id), error = mail.trouble(v_id), settled = core.now()
    where m.id = v_id;
  end if;

  return v_id is not null;
end;
$$;

comment on function mail.confirm(text, text) is
'True for the Message-ID of an outgoing mail, which is settled as sent if it was unknown.';

revoke all on function mail.confirm(text, text) from public;
