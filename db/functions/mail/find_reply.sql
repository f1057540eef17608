-- What a message answers: the mail of ours, the record it is about, and what it becomes there.
--
-- The answer belongs to the record, whether it answers mail about the record itself or about
-- one of its replies. reply_class_id is null where answers are records like any other: the
-- mailbox has no reply class, or the record is gone.
-- requires: mail.find_thread

create or replace function mail.find_reply(
  p_mailbox bigint, p_parts jsonb,
  out mail_id bigint, out about_class_id bigint, out about_row_id bigint, out reply_class_id bigint
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_mailbox mail.mailbox;
  v_class bigint;
  v_row bigint;
begin
  select t.mail_id, t.class_id, t.row_id into mail_id, v_class, v_row from mail.find_thread(p_parts) as t;

  if v_row is null then
    return;
  end if;

  select b.* into v_mailbox from mail.mailbox as b where b.id = p_mailbox;

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
    v_class := v_mailbox.class_id;
  end if;

  v_class := mail.class_of_row(v_class, v_row);
  if v_class is null then
    return;
  end if;

  about_class_id := v_class;
  about_row_id := v_row;
  reply_class_id := case
    when exists (select from meta.ancestry as a where a.class_id = v_class and a.ancestor_id = v_mailbox.class_id)
      then v_mailbox.reply_class_id
  end;
end;
$$;

comment on function mail.find_reply(bigint, jsonb) is
'Mail of ours that a message answers, the record that it belongs to, and the class that it becomes a row of; nulls for none.';

revoke all on function mail.find_reply(bigint, jsonb) from public;
