-- Give API views the names that their definitions ask for now, all at once.
--
-- In two steps, so that two classes may swap their codes. Views built on top follow.

create or replace function meta.rename_views(p_views jsonb)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_view record;
  v_renames jsonb;
begin
  select coalesce(jsonb_agg(jsonb_build_object('former', r.name, 'moving', '-' || r.kind || r.object_id, 'name', n.name)), '[]')
  into v_renames
  from jsonb_to_recordset(p_views) as n (kind text, object_id bigint, name text)
  inner join meta.api_view as r on n.kind = r.kind and n.object_id = r.object_id and n.name <> r.name
  where to_regclass(format('api.%I', r.name)) is not null;

  for v_view in
    select n.former, n.moving
    from jsonb_to_recordset(v_renames) as n (former text, moving text)
  loop
    execute format('alter view api.%I rename to %I', v_view.former, v_view.moving);
  end loop;

  for v_view in
    select n.name
    from jsonb_to_recordset(p_views) as n (kind text, object_id bigint, name text)
    left join meta.api_view as r on n.kind = r.kind and n.object_id = r.object_id
    where r.name is distinct from n.name and to_regclass(format('api.%I', n.name)) is not null
    order by n.name
    limit 1
  loop
    raise exception 'the name of API view "%" is taken', v_view.name
      using
        errcode = 'PG118',
        detail = format('There is %s already.', (select pg_describe_object('pg_class'::regclass, to_regclass(format('api.%I', v_view.name)), 0))),
        hint = 'Renew all views together when codes were swapped; else rename or drop the object that is in the way.';
  end loop;

  for v_view in
    select n.moving, n.name
    from jsonb_to_recordset(v_renames) as n (moving text, name text)
  loop
    execute format('alter view api.%I rename to %I', v_view.moving, v_view.name);
  end loop;
end;
$$;

comment on function meta.rename_views(jsonb) is
'Rename API views whose recorded name differs. Raises PG118 when a name is taken by another object.';

revoke all on function meta.rename_views(jsonb) from public;
