-- Mappings of mailboxes follow a renamed column, and keep one from being dropped.

create or replace function mail.follow_column()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_mailbox text;
begin
  if tg_op = 'UPDATE' then
    update mail.mailbox as b
    set definition = jsonb_set(b.definition, '{mapping}', u.mapping)
    from (
      select
        x.mailbox_id,
        jsonb_object_agg(
          case when x.fills then new.code else x.key end,
          case when x.looks_up then regexp_replace(x.value, '[.][a-z0-9_-]+\s*$', '.' || new.code) else x.value end
        ) as mapping
      from mail.mapped_column(new.class_id, old.code) as x
      group by x.mailbox_id
      having bool_or(x.fills or x.looks_up)
    ) as u
    where b.id = u.mailbox_id;

    return null;
  end if;

  select min(b.code) into v_mailbox
  from mail.mapped_column(old.class_id, old.code) as x
  inner join mail.mailbox as b on x.mailbox_id = b.id
  where x.fills or x.looks_up;

  if v_mailbox is not null then
    raise exception 'column "%" is named by mailbox %', old.code, v_mailbox
      using errcode = 'PG118', hint = 'Take it out of its mapping first.';
  end if;

  return null;
end;
$$;

comment on function mail.follow_column() is 'Trigger function: rewrite mappings of a renamed column; raise PG118 for a dropped one in use.';

revoke all on function mail.follow_column() from public;
