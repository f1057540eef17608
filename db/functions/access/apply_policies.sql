-- Make and drop policies until these relations have exactly what rights ask for.
--
-- A policy takes the table from everybody for a moment: only where something differs, and
-- in the order of locks that meta.lock_class() keeps. Policies of others stay.
-- requires: access.class_relation access.wanted_policies

create or replace function access.apply_policies(p_classes bigint[], p_relations oid[])
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_policy record;
  v_changes jsonb;
begin
  select jsonb_agg(jsonb_build_object(
    'relation', coalesce(w.relation, e.polrelid::regclass),
    'former', e.polname,
    'name', w.name,
    'definition', w.definition,
    'note', w.note
  ))
  into v_changes
  from access.wanted_policies(p_classes) as w
  full join (
    select p.polrelid, p.polname
    from pg_policy as p
    where p.polrelid = any (p_relations) and p.polname ~ '^role_[0-9]+_'
  ) as e on w.relation = e.polrelid and w.name = e.polname
  where w.name is null or e.polname is null;

  if v_changes is null then
    return;
  end if;

  perform meta.lock_class(c.class_id)
  from (
    select distinct t.class_id
    from access.class_relation as t
    inner join jsonb_to_recordset(v_changes) as p (relation regclass) on t.relation = p.relation
    order by t.class_id
  ) as c;

  for v_policy in
    select p.*
    from jsonb_to_recordset(v_changes) as p (relation regclass, former text, name text, definition text, note text)
    order by p.former nulls last, p.relation
  loop
    if v_policy.former is not null then
      execute format('drop policy %I on %s', v_policy.former, v_policy.relation);
    else
      execute format('create policy %I on %s %s', v_policy.name, v_policy.relation, v_policy.definition);
      execute format('comment on policy %I on %s is %L', v_policy.name, v_policy.relation, v_policy.note);
    end if;
  end loop;
end;
$$;

comment on function access.apply_policies(bigint[], oid[]) is 'Bring the generated policies of these relations to what rights ask for. Raises PG121 when a class is in use.';

revoke all on function access.apply_policies(bigint[], oid[]) from public;
