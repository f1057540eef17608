-- Store one message with its recipients and the task that sends it.
--
-- The Message-ID is fixed here, so that every attempt sends the same one and a copy in the
-- audit mailbox can be found by it.

create or replace function mail.store(
  p_message mail.message,
  p_recipients jsonb,
  p_files bigint[]
)
returns bigint
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_id bigint;
begin
  insert into mail.message (
    message_id, account_id, from_address, from_name, reply_to, in_reply_to, priority, automatic,
    subject, body, html, class_id, row_id, correlation, creator, created
  )
  select
    '<' || gen_random_uuid() || '@' || split_part(a.from_address, '@', 2) || '>',
    a.id, a.from_address, a.from_name, p_message.reply_to, p_message.in_reply_to, p_message.priority, p_message.automatic,
    p_message.subject, p_message.body, p_message.html, p_message.class_id, p_message.row_id,
    coalesce(p_message.correlation, nullif(current_setting('pgears.correlation', true), '')::uuid),
    access.current_account(), core.now()
  from mail.account as a
  where a.id = p_message.account_id
  returning id into v_id;

  insert into mail.recipient (message_id, position, kind, address, name)
  select v_id, row_number() over (order by r.position), r.kind, r.address, r.name
  from (
    select e.value ->> 'kind' as kind, e.value ->> 'address' as address, e.value ->> 'name' as name, e.position
    from jsonb_array_elements(p_recipients) with ordinality as e (value, position)
    union all
    select 'audit', a.address, null, 1000000 + a.place
    from mail.parse_addresses((select s.value #>> '{}' from core.setting as s where s.code = 'mail.audit_bcc')) as a
  ) as r;

  insert into mail.attachment (message_id, position, file_id)
  select v_id, f.position, f.id
  from unnest(p_files) with ordinality as f (id, position);

  update mail.message as m
  set task_id = queue.enqueue('mail.send', jsonb_build_object('message', v_id))
  where m.id = v_id;

  return v_id;
end;
$$;

comment on function mail.store(mail.message, jsonb, bigint[]) is
'Id of a new message made of the record, its recipients [{kind, address, name}] and files.';

revoke all on function mail.store(mail.message, jsonb, bigint[]) from public;
