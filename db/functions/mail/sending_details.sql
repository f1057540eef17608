-- All that an attempt needs of messages that were claimed for it.

create or replace function mail.sending_details(p_messages bigint[])
returns table (id bigint, details jsonb)
language sql
stable
begin atomic
  select
    m.id,
    jsonb_build_object(
      'outcome', 'send',
      'id', m.id,
      'message_id', m.message_id,
      'date', m.created,
      'from', jsonb_build_object('address', m.from_address, 'name', m.from_name),
      'reply_to', m.reply_to,
      'to', r.recipients,
      'cc', r.copies,
      'in_reply_to', m.in_reply_to,
      'priority', m.priority,
      'automatic', m.automatic,
      'subject', m.subject,
      'body', m.body,
      'html', m.html,
      'envelope', r.envelope,
      'attachments', (
        select coalesce(
          jsonb_agg(jsonb_build_object('file', f.id, 'name', f.name, 'media_type', f.media_type, 'size', f.size) order by t.position), '[]'
        )
        from mail.attachment as t
        inner join core.file as f on t.file_id = f.id
        where t.message_id = m.id
      ),
      'account', to_jsonb(a),
      'attempt', m.attempts,
      'redirected', r.redirected,
      'draft', m.draft,
      'asked', extract(epoch from core.now() - m.draft_asked)
    )
  from mail.message as m
  inner join mail.account as a on m.account_id = a.id
  cross join lateral (
    select
      coalesce(jsonb_agg(jsonb_build_object('address', r.address, 'name', r.name) order by r.position) filter (where r.kind = 'to'), '[]') as recipients,
      coalesce(jsonb_agg(jsonb_build_object('address', r.address, 'name', r.name) order by r.position) filter (where r.kind = 'cc'), '[]') as copies,
      jsonb_agg(distinct r.delivered_to) filter (where r.state = 'sending') as envelope,
      coalesce(bool_or(r.delivered_to <> r.address) filter (where r.state = 'sending'), false) as redirected
    from mail.recipient as r
    where r.message_id = m.id
  ) as r
  where m.id = any(p_messages);
end;

comment on function mail.sending_details(bigint[]) is 'Content, envelope of the attempt, attachments and account of claimed messages.';

revoke all on function mail.sending_details(bigint[]) from public;
