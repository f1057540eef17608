-- What mailboxes say about answers follows a renamed column, and keeps one from being dropped.

create or replace function mail.follow_reply_column()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_mailbox text;
begin
  if tg_op = 'UPDATE' then
    update mail.mailbox as b
    set definition = b.definition || jsonb_strip_nulls(jsonb_build_object(
      'reply_column',
      case
        when b.definition ->> 'reply_column' = old.code and exists (
          select from meta.ancestry as a where a.class_id = b.reply_class_id and a.ancestor_id = new.class_id
        ) then new.code
      end,
      'reply_mapping',
      case
        when b.definition -> 'reply_mapping' ? old.code and exists (
          select from meta.ancestry as a where a.class_id = b.reply_class_id and a.ancestor_id = new.class_id
        ) then (b.definition -> 'reply_mapping') - old.code || jsonb_build_object(new.code, b.definition -> 'reply_mapping' -> old.code)
      end,
      'reply_sets',
      case
        when b.definition -> 'reply_sets' ? old.code and exists (
          select from meta.ancestry as a where a.class_id = b.class_id and a.ancestor_id = new.class_id
        ) then (b.definition -> 'reply_sets') - old.code || jsonb_build_object(new.code, b.definition -> 'reply_sets' -> old.code)
      end
    ))
    where b.reply_class_id is not null;

    return null;
  end if;

  select min(b.code) into v_mailbox
  from mail.mailbox as b
  inner join meta.ancestry as a on a.ancestor_id = old.class_id
  where (a.class_id = b.reply_class_id and (b.definition ->> 'reply_column' = old.code or b.definition -> 'reply_mapping' ? old.code))
    or (a.class_id = b.class_id and b.definition -> 'reply_sets' ? old.code);

  if v_mailbox is not null then
    raise exception 'column "%" is named by mailbox %', old.code, v_mailbox
      using errcode = 'PG118', hint = 'Take it out of what it says about answers first.';
  end if;

  return null;
end;
$$;

comment on function mail.follow_reply_column() is
'Trigger function: rewrite what mailboxes say about answers after a rename; raise PG118 for a dropped column in use.';

revoke all on function mail.follow_reply_column() from public;
