-- Mailboxes of a model as their definitions in a model file.
-- requires: meta.class_path

create or replace function mail.mailbox_definitions(p_model bigint)
returns table (id bigint, code text, definition jsonb)
language sql
stable
begin atomic
  select
    b.id,
    b.code,
    b.definition
    || jsonb_build_object('class', meta.class_path(b.class_id), 'enabled', b.enabled)
    || jsonb_strip_nulls(jsonb_build_object('reply_class', meta.class_path(b.reply_class_id)))
  from mail.mailbox as b
  where b.model_id = p_model;
end;

comment on function mail.mailbox_definitions(bigint) is 'Id, code and definition of each mailbox of a model.';

revoke all on function mail.mailbox_definitions(bigint) from public;
