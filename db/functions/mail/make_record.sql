-- Make the record of a message: mapped values, the script before saving, the row, the script after.
--
-- An answer becomes a row of the reply class that refers to the record answered. The script
-- sees that in "reply" of the message, before anything is saved: it may change the values (and
-- with the reply column the record that the answer goes to), name another class by "__class",
-- raise (the message is quarantined), or give null (no record: row_id is null). What is of the
-- reply class in the end is an answer, whatever its headers say; what is not has no about_row_id.
-- requires: mail.find_reply

create or replace function mail.make_record(
  p_received bigint, p_mailbox bigint, p_parts jsonb, p_files bigint[],
  out mail_id bigint, out about_class_id bigint, out about_row_id bigint, out class_id bigint, out row_id bigint
)
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_mailbox mail.mailbox;
  v_reply record;
  v_column text;
  v_message jsonb := p_parts || jsonb_build_object('attachments', to_jsonb(p_files), 'received_id', p_received);
  v_record jsonb;
begin
  select b.* into v_mailbox from mail.mailbox as b where b.id = p_mailbox;
  select r.* into v_reply from mail.find_reply(p_mailbox, p_parts) as r;
  mail_id := v_reply.mail_id;
  class_id := coalesce(v_reply.reply_class_id, v_mailbox.class_id);

  v_record := mail.record_values(
    p_received, v_mailbox.model_id, class_id,
    case when v_reply.reply_class_id is null then v_mailbox.definition -> 'mapping' else coalesce(v_mailbox.definition -> 'reply_mapping', '{}') end,
    p_parts, p_files
  );

  v_column := v_mailbox.definition ->> 'reply_column';

  if v_reply.reply_class_id is not null then
    v_record := v_record || jsonb_build_object(v_column, v_reply.about_row_id);
  end if;

  if v_reply.mail_id is not null or v_reply.about_row_id is not null then
    v_message := v_message || jsonb_build_object(
      'reply',
      jsonb_build_object(
        'mail', v_reply.mail_id,
        'class', meta.class_path(v_reply.about_class_id),
        'row', v_reply.about_row_id,
        'saved_as', meta.class_path(v_reply.reply_class_id)
      )
    );
  end if;

  if v_mailbox.definition ? 'script' then
    execute format('select %s($1, $2)', mail.check_script(v_mailbox.definition ->> 'script', 'script')::oid::regproc)
    using v_record, v_message
    into v_record;

    if v_record is null or v_record = 'null' then
      return;
    elsif jsonb_typeof(v_record) <> 'object' or coalesce(jsonb_typeof(v_record -> '__class') <> 'string', false) then
      raise exception 'the script % gave no record', v_mailbox.definition ->> 'script'
        using errcode = 'PG412', hint = 'It gives values by column code, "__class" for another class, or null to refuse the message.';
    end if;

    class_id := case when v_record ? '__class' then meta.find_class(v_mailbox.model_id, v_record ->> '__class') else class_id end;
    v_record := v_record - '__class';
  end if;

  if exists (select from meta.ancestry as a where a.class_id = make_record.class_id and a.ancestor_id = v_mailbox.reply_class_id) then
    about_row_id := (v_record ->> v_column)::bigint;
    about_class_id := mail.class_of_row(v_mailbox.class_id, about_row_id);

    if about_class_id is null then
      raise exception 'the answer belongs to no record of %: there is none with the id %', meta.class_path(v_mailbox.class_id), coalesce(about_row_id::text, 'null')
        using errcode = 'PG412', hint = format('Leave "%s" to the script''s record, or name another class by "__class".', v_column);
    end if;
  end if;

  row_id := meta.insert_record(class_id, v_record);

  if about_row_id is not null and v_mailbox.definition ? 'reply_sets' then
    perform meta.update_record(about_class_id, about_row_id, v_mailbox.definition -> 'reply_sets');
  end if;

  if v_mailbox.definition ? 'script_after' then
    execute format('select %s($1, $2, $3)', mail.check_script(v_mailbox.definition ->> 'script_after', 'script_after')::oid::regproc)
    using row_id, v_record, v_message;
  end if;
end;
$$;

comment on function mail.make_record(bigint, bigint, jsonb, bigint[]) is
'Class and id of the row that a message became, no id when the script refused it, and the mail and record that it answers. Raises PG411, PG412, and what scripts and the insert raise.';

revoke all on function mail.make_record(bigint, bigint, jsonb, bigint[]) from public;
