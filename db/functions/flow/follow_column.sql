-- Texts of notifications and rules follow a renamed column, and keep one from being dropped.

create or replace function flow.follow_column()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user text;
begin
  if tg_op = 'UPDATE' then
    update flow.notification as n
    set definition = meta.replace_placeholder(n.definition::text, old.code, new.code)::jsonb
    from meta.ancestry as a
    where n.class_id = a.class_id and a.ancestor_id = new.class_id;

    update flow.rule as r
    set definition = meta.replace_placeholder(r.definition::text, old.code, new.code)::jsonb
    from meta.ancestry as a
    where r.class_id = a.class_id and a.ancestor_id = new.class_id;

    return null;
  end if;

  select min(u.name) into v_user
  from (
    select 'notification ' || n.code as name, n.class_id, n.definition from flow.notification as n
    union all
    select 'rule ' || r.code, r.class_id, r.definition from flow.rule as r
  ) as u
  inner join meta.ancestry as a on u.class_id = a.class_id
  where a.ancestor_id = old.class_id and u.definition::text ~ ('\{\{\s*(column|old)\.' || old.code || '\s*\}\}');

  if v_user is not null then
    raise exception 'column "%" is named by %', old.code, v_user
      using errcode = 'PG118', hint = 'Take it out of these first.';
  end if;

  return null;
end;
$$;

comment on function flow.follow_column() is 'Trigger function: rewrite placeholders of a renamed column; raise PG118 for a dropped one in use.';

revoke all on function flow.follow_column() from public;
