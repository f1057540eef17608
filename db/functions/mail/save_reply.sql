-- Save a message that answers one of a record: as a row of the reply class of the mailbox.
--
-- The row refers to the record, whether the message answers mail about the record itself or
-- about one of its replies. Without a reply class, or when the record is gone, nothing is
-- saved and the message becomes a record of its own.
-- requires: mail.find_thread

create or replace function mail.save_reply(
  p_received bigint, p_parts jsonb, p_files bigint[], p_save boolean,
  out mail_id bigint, out about_class_id bigint, out about_row_id bigint, out class_id bigint, out row_id bigint
)
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_mailbox mail.mailbox;
  v_class bigint;
  v_row bigint;
begin
  select t.mail_id, t.class_id, t.row_id into mail_id, v_class, v_row from mail.find_thread(p_parts) as t;

  if not p_save or v_row is null then
    return;
  end if;

  select b.* into v_mailbox
  from mail.received as r
  inner join mail.mailbox as b on r.mailbox_id = b.id
  where r.id = p_received;

  if v_mailbox.reply_class_id is null then
    return;
  end if;

  if exists (select from meta.ancestry as a where a.class_id = v_class and a.ancestor_id = v_mailbox.reply_class_id) then
    execute format(
      'select r.%I from data.datarow_%s as r where r.id = $1',
      (
        select e.physical
        from meta.effective_column as e
        where e.class_id = v_class and e.code = v_mailbox.definition ->> 'reply_column'
      ),
      v_class
    )
    using v_row
    into v_row;
  elsif not exists (select from meta.ancestry as a where a.class_id = v_class and a.ancestor_id = v_mailbox.class_id) then
    return;
  end if;

  v_class := mail.class_of_row(v_mailbox.class_id, v_row);
  if v_class is null then
    return;
  end if;

  perform core.set_source('mailbox');
  about_class_id := v_class;
  about_row_id := v_row;
  class_id := v_mailbox.reply_class_id;
  row_id := meta.insert_record(
    class_id,
    mail.record_values(
      p_received, v_mailbox.model_id, class_id, coalesce(v_mailbox.definition -> 'reply_mapping', '{}'), p_parts, p_files
    ) || jsonb_build_object(v_mailbox.definition ->> 'reply_column', about_row_id)
  );

  if v_mailbox.definition ? 'reply_sets' then
    perform meta.update_record(about_class_id, about_row_id, v_mailbox.definition -> 'reply_sets');
  end if;
end;
$$;

comment on function mail.save_reply(bigint, jsonb, bigint[], boolean) is
'Mail of ours that a message answers; with p_save, the record that it belongs to and the row that it became, nulls when it belongs to none.';

revoke all on function mail.save_reply(bigint, jsonb, bigint[], boolean) from public;
