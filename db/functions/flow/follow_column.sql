-- Texts of notifications and rules follow a renamed column, and keep one from being dropped.
-- requires: flow.column_uses

create or replace function flow.follow_column()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_use record;
  v_user text;
  v_path text[];
begin
  if tg_op = 'UPDATE' then
    for v_use in select u.* from flow.column_uses(new.class_id, old.code) as u loop
      v_path := string_to_array(v_use.path, '.');
      v_path[v_use.place] := new.code;

      update flow.notification as n
      set definition = jsonb_strip_nulls(
        regexp_replace(
          n.definition::text, '(\{\{\s*column\.)' || replace(v_use.path, '.', '[.]') || '(\s*\}\})',
          '\1' || array_to_string(v_path, '.') || '\2', 'g'
        )::jsonb
        || jsonb_build_object('attach', (
          select jsonb_agg(case when a.code = old.code then new.code else a.code end order by a.position)
          from jsonb_array_elements_text(n.definition -> 'attach') with ordinality as a (code, position)
        ))
      )
      where n.id = v_use.notification_id;
    end loop;

    update flow.rule as r
    set definition = meta.replace_placeholder(r.definition::text, old.code, new.code)::jsonb
    from meta.ancestry as a
    where r.class_id = a.class_id and a.ancestor_id = new.class_id;

    return null;
  end if;

  select min(u.name) into v_user
  from (
    select 'notification ' || n.code as name
    from flow.column_uses(old.class_id, old.code) as x
    inner join flow.notification as n on x.notification_id = n.id
    union all
    select 'rule ' || r.code
    from flow.rule as r
    inner join meta.ancestry as a on r.class_id = a.class_id
    where a.ancestor_id = old.class_id and r.definition::text ~ ('\{\{\s*(column|old)\.' || old.code || '\s*\}\}')
  ) as u;

  if v_user is not null then
    raise exception 'column "%" is named by %', old.code, v_user
      using errcode = 'PG118', hint = 'Take it out of these first.';
  end if;

  return null;
end;
$$;

comment on function flow.follow_column() is 'Trigger function: rewrite placeholders of a renamed column; raise PG118 for a dropped one in use.';

revoke all on function flow.follow_column() from public;
