CREATE SCHEMA "access";
COMMENT ON SCHEMA "access" IS 'Accounts, roles, rights and organisation structures.';
CREATE SCHEMA "api";
COMMENT ON SCHEMA "api" IS 'Public: views by codes and functions that may be called from outside. No tables.';
CREATE SCHEMA "batch";
COMMENT ON SCHEMA "batch" IS 'Imports, exports and synchronisation with other databases.';
CREATE SCHEMA "core";
COMMENT ON SCHEMA "core" IS 'Instance settings and parameters, environment class, clock, data source marks.';
CREATE SCHEMA "data";
COMMENT ON SCHEMA "data" IS 'Class tables and their archives: generated objects only.';
CREATE SCHEMA "feed";
COMMENT ON SCHEMA "feed" IS 'Change feed of class rows and positions of its readers.';
CREATE SCHEMA "flow";
COMMENT ON SCHEMA "flow" IS 'Rules, scripts, events, workflows, jobs.';
CREATE SCHEMA "mail";
COMMENT ON SCHEMA "mail" IS 'Outgoing and received mail, accounts and mailboxes.';
CREATE SCHEMA "meta";
COMMENT ON SCHEMA "meta" IS 'Models, classes, columns, queries: what the class tables are generated from.';
COMMENT ON SCHEMA "public" IS 'standard public schema';
CREATE SCHEMA "queue";
COMMENT ON SCHEMA "queue" IS 'Durable tasks: claim, lease, settle, retry, dead letter.';
CREATE SCHEMA "replica";
COMMENT ON SCHEMA "replica" IS 'Replication between instances: peers, positions, conflicts.';
CREATE SCHEMA "web";
COMMENT ON SCHEMA "web" IS 'Tokens, signed links, outgoing HTTP calls.';
CREATE FUNCTION "access"."add_right"("p_role" bigint, "p_model" bigint, "p_right" "jsonb", "p_path" "text") RETURNS "jsonb"
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_right access.role_right;
  v_kinds text[];
  v_structure access.structure;
  v_column meta.effective_column;
  v_name text;
  v_hint text;
begin
  perform meta.check_definition('right', p_right, p_path);
  v_kinds := array(select k.key from jsonb_object_keys(p_right) as k (key) where access.operations(k.key) is not null order by k.key);
  if cardinality(v_kinds) <> 1 then
    raise exception 'a right names one object, not %', cardinality(v_kinds)
      using errcode = 'PG914', detail = p_path, hint = 'Give one of class, query, import, export, workflow, job, script, page.';
  end if;
  v_right.role_id := p_role;
  v_right.model_id := p_model;
  v_right.kind := v_kinds[1];
  v_name := p_right ->> v_right.kind;
  begin
    if v_right.kind = 'class' then
      v_right.class_id := meta.find_class(p_model, v_name);
    elsif v_right.kind = 'query' then
      v_right.query_id := access.find_query(p_model, v_name);
    elsif v_name like '%.%' then
      v_right.object := v_name;
    else
      v_right.object := (select m.code from meta.model as m where m.id = p_model) || '.' || v_name;
    end if;
    if v_right.kind = 'class' and coalesce(p_right ->> 'scope', 'all') <> 'all' then
      v_structure := access.find_structure(p_model, p_right ->> 'scope');
    end if;
  exception
    when sqlstate 'PG106' or sqlstate 'PG114' or sqlstate 'PG912' then
      get stacked diagnostics v_hint = pg_exception_hint;
      raise exception '%', sqlerrm using errcode = sqlstate, detail = p_path, hint = v_hint;
  end;
  if coalesce(p_right ->> 'scope', 'all') <> 'all' then
    if v_right.kind <> 'class' then
      raise exception 'a right on a % has no scope', v_right.kind
        using errcode = 'PG914', detail = p_path || '.scope', hint = 'Leave it out; rows have scopes, and only classes have rows.';
    end if;
    select e.* into v_column from meta.effective_column as e where e.class_id = v_right.class_id and e.code = p_right ->> 'column';
    if (v_structure.kind = 'manager' and v_column.target_user is not true)
      or (v_structure.kind <> 'manager' and (v_column.type is distinct from 'reference' or v_column.targets <> array[v_structure.class_id]))
    then
      raise exception 'the rows of class % are not divided by structure "%"', meta.class_path(v_right.class_id), v_structure.code
        using
          errcode = 'PG914',
          detail = p_path || '.column',
          hint = format(
            'Name a column of the class that refers to %s.',
            case when v_structure.kind = 'manager' then 'users' else meta.class_path(v_structure.class_id) end
          );
    end if;
    v_right.structure_id := v_structure.id;
    v_right.column_id := v_column.column_id;
    v_right.depth := coalesce((p_right ->> 'depth')::integer, 0);
    if v_right.depth not between 0 and v_structure.max_depth then
      raise exception 'the right cannot reach % levels down', v_right.depth
        using
          errcode = 'PG914',
          detail = p_path || '.depth',
          hint = format('0 means own units only; structure "%s" reaches %s levels down.', v_structure.code, v_structure.max_depth);
    end if;
  elsif p_right ?| array['column', 'depth'] then
    raise exception '"column" and "depth" belong to a scope'
      using errcode = 'PG914', detail = p_path, hint = 'Give "scope" with the code of a structure, or leave them out.';
  end if;
  v_right.hidden := access.hidden_columns(v_right.class_id, p_right -> 'hide', p_path);
  for v_right.operation in
    select a.value from jsonb_array_elements_text(p_right -> 'allow') as a (value)
  loop
    if v_right.operation <> all (access.operations(v_right.kind)) then
      raise exception 'there is no right to "%" a %', v_right.operation, v_right.kind
        using
          errcode = 'PG914',
          detail = p_path || '.allow',
          hint = meta.nearest(v_right.operation, access.operations(v_right.kind))
            || 'Choose among ' || array_to_string(access.operations(v_right.kind), ', ') || '.';
    end if;
    insert into access.role_right (
      role_id, model_id, kind, class_id, query_id, object, operation, structure_id, column_id, depth, hidden
    )
    select
      p_role, p_model, v_right.kind, v_right.class_id, v_right.query_id, v_right.object, v_right.operation,
      -- Mass rights are about the statement; which rows it reaches, the other rights say.
      case when v_right.operation not like 'mass%' then v_right.structure_id end,
      case when v_right.operation not like 'mass%' then v_right.column_id end,
      case when v_right.operation not like 'mass%' then v_right.depth end,
      case when v_right.operation in ('read', 'insert', 'change') then v_right.hidden else '{}' end
    on conflict do nothing;
  end loop;
  return jsonb_build_object(
    'class', v_right.class_id, 'query', v_right.query_id, 'scope', v_right.structure_id, 'column', v_right.column_id, 'hide', v_right.hidden
  );
end;
$$;
COMMENT ON FUNCTION "access"."add_right"("p_role" bigint, "p_model" bigint, "p_right" "jsonb", "p_path" "text") IS 'Part of access.set_role(): store one entry of its rights; gives the ids of what it names. Raises PG110 to PG114, PG912, PG914.';
CREATE FUNCTION "access"."adopt_account"("p_login" "text", "p_full_name" "text" DEFAULT NULL::"text", "p_email" "text" DEFAULT NULL::"text") RETURNS bigint
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_id bigint;
begin
  perform access.lock();
  perform access.check_login(p_login);
  v_id := access.ensure_account(p_login, p_full_name, p_email);
  update access.account as a
  set can_login = r.rolcanlogin
  from pg_roles as r
  where a.id = v_id and a.enabled and r.rolname = p_login;
  return v_id;
end;
$$;
COMMENT ON FUNCTION "access"."adopt_account"("p_login" "text", "p_full_name" "text", "p_email" "text") IS 'Account number of a PostgreSQL role that was there before. Raises PG901 (no such role), PG906 (not possible).';
CREATE FUNCTION "access"."apply_grants"("p_classes" bigint[], "p_relations" "oid"[]) RETURNS "void"
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_statement text;
begin
  for v_statement in
    select format(
      'revoke %s%s on %s from %I',
      g.privilege, coalesce(' (' || string_agg(quote_ident(g.column_name), ', ') || ')', ''), g.relation::regclass, g.group_name
    )
    from (
      select * from access.granted(p_relations)
      except
      select * from access.wanted_grants(p_classes)
    ) as g
    group by g.relation, g.privilege, g.group_name, g.column_name is null
    order by g.relation
  loop
    execute v_statement;
  end loop;
  for v_statement in
    select format(
      'grant %s%s on %s to %I',
      g.privilege, coalesce(' (' || string_agg(quote_ident(g.column_name), ', ') || ')', ''), g.relation::regclass, g.group_name
    )
    from (
      select * from access.wanted_grants(p_classes)
      except
      select * from access.granted(p_relations)
    ) as g
    group by g.relation, g.privilege, g.group_name, g.column_name is null
    order by g.relation
  loop
    execute v_statement;
  end loop;
end;
$$;
COMMENT ON FUNCTION "access"."apply_grants"("p_classes" bigint[], "p_relations" "oid"[]) IS 'Bring the privileges of group roles on relations of classes, queries and files to what rights ask for.';
CREATE FUNCTION "access"."apply_indexes"("p_classes" bigint[]) RETURNS "void"
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_index record;
begin
  for v_index in
    select distinct
      c.relname,
      format('%s_c%s%s_idx', c.relname, k.id, case when m.is_array then '_scope' else '' end) as name,
      case when m.is_array then 'gin' else 'btree' end as method,
      'c' || k.id as physical
    from access.effective_right as r
    inner join meta.class_column as k on r.column_id = k.id
    inner join access.class_relation as t on r.class_id = t.class_id and t.kind in ('rows', 'archive')
    inner join pg_class as c on t.relation = c.oid
    cross join lateral (select coalesce((k.definition ->> 'multiple')::boolean, false)) as m (is_array)
    where r.class_id = any (p_classes) and (r.operation = 'read' or t.kind = 'rows')
  loop
    if to_regclass(format('data.%I', v_index.name)) is null then
      execute format('create index %I on data.%I using %s (%I)', v_index.name, v_index.relname, v_index.method, v_index.physical);
    end if;
  end loop;
end;
$$;
COMMENT ON FUNCTION "access"."apply_indexes"("p_classes" bigint[]) IS 'Make the missing indexes of unit columns that rights on these classes use.';
CREATE FUNCTION "access"."apply_memberships"("p_account" bigint) RETURNS "void"
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_account access.account;
  v_group record;
  v_changed boolean := false;
begin
  select a.* into strict v_account from access.account as a where a.id = p_account;
  for v_group in
    select
      g.name,
      v_account.enabled and m.account_id is not null as wanted
    from access.role as r
    cross join lateral access.group_name(r.code) as g (name)
    inner join pg_roles as p on p.rolname = v_account.login
    left join access.membership as m on r.id = m.role_id and m.account_id = p_account
    where access.belongs(v_account.login, g.name) <> (v_account.enabled and m.account_id is not null)
    order by r.id
  loop
    v_changed := true;
    if v_group.wanted then
      -- Without "set", which 16 brought, nobody hides behind the name of a group.
      execute format(
        'grant %I to %I%s', v_group.name, v_account.login,
        case when current_setting('server_version_num')::integer >= 160000 then ' with inherit true, set false' else '' end
      );
    else
      execute format('revoke %I from %I', v_group.name, v_account.login);
      if access.belongs(v_account.login, v_group.name) then
        raise exception '"%" stays a member of "%": somebody else has granted it', v_account.login, v_group.name
          using errcode = 'PG909', hint = format('Let the grantor, or a superuser, run: revoke %I from %I cascade', v_group.name, v_account.login);
      end if;
    end if;
  end loop;
  if v_changed then
    grant usage on schema api to pgears_admin;
  end if;
end;
$$;
COMMENT ON FUNCTION "access"."apply_memberships"("p_account" bigint) IS 'Bring the group roles of an account to access.membership; nothing to do for a dropped one. Raises PG909.';
CREATE FUNCTION "access"."apply_policies"("p_classes" bigint[], "p_relations" "oid"[]) RETURNS "void"
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
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
COMMENT ON FUNCTION "access"."apply_policies"("p_classes" bigint[], "p_relations" "oid"[]) IS 'Bring the generated policies of these relations to what rights ask for. Raises PG121 when a class is in use.';
CREATE FUNCTION "access"."apply_rights"("p_classes" bigint[] DEFAULT NULL::bigint[]) RETURNS "void"
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_classes constant bigint[] := coalesce(p_classes, array(select c.id from meta.class as c));
  v_tables oid[];
  v_views oid[];
  v_table regclass;
begin
  select
    array_agg(distinct t.relation::oid) filter (where t.kind in ('rows', 'archive', 'link')),
    array_agg(distinct t.relation::oid) filter (where t.kind in ('view', 'all'))
  into v_tables, v_views
  from access.class_relation as t
  where t.class_id = any (v_classes);
  for v_table in
    select c.oid from pg_class as c where c.oid = any (v_tables) and not c.relrowsecurity
  loop
    execute format('alter table %s enable row level security', v_table);
  end loop;
  perform access.apply_indexes(v_classes);
  perform access.apply_policies(v_classes, v_tables || 'core.file'::regclass::oid);
  perform access.apply_schema_grants();
  perform access.apply_grants(v_classes, array(
    select unnest(v_tables)
    union
    select unnest(v_views)
    union
    select to_regclass(format('api.%I', v.name))
    from meta.api_view as v
    where v.kind = 'query' and to_regclass(format('api.%I', v.name)) is not null
    union
    select f.relation
    from unnest(array['core.file'::regclass, 'core.file_content'::regclass, to_regclass('api.file')]) as f (relation)
    where f.relation is not null
  ));
end;
$$;
COMMENT ON FUNCTION "access"."apply_rights"("p_classes" bigint[]) IS 'Bring row security, policies, indexes and grants of classes (null: all) to the rights of now. Raises PG121 when a class is in use.';
CREATE FUNCTION "access"."apply_schema_grants"() RETURNS "void"
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_statement text;
begin
  for v_statement in
    with wanted as (
      select 'api'::name as nspname, r.group_name from access.effective_right as r
      union
      select 'data', r.group_name from access.effective_right as r where r.tables
    ),
    granted as (
      select
        n.nspname,
        r.rolname::text as group_name
      from pg_namespace as n
      cross join lateral aclexplode(n.nspacl) as x
      inner join pg_roles as r on x.grantee = r.oid
      where n.nspname in ('api', 'data') and shobj_description(r.oid, 'pg_authid') like 'pgears role %'
    )
    select format('revoke usage on schema %I from %I', g.nspname, g.group_name)
    from (table granted except table wanted) as g
    union all
    select format('grant usage on schema %I to %I', w.nspname, w.group_name)
    from (table wanted except table granted) as w
  loop
    execute v_statement;
  end loop;
end;
$$;
COMMENT ON FUNCTION "access"."apply_schema_grants"() IS 'Bring the usage of schemas api and data by group roles to what rights ask for.';
CREATE FUNCTION "access"."belongs"("p_login" "text", "p_group" "text") RETURNS boolean
    LANGUAGE "sql" STABLE
    BEGIN ATOMIC
 SELECT ("count"(*) > 0)
    FROM (("pg_auth_members" "m"
      JOIN "pg_roles" "g" ON (("m"."roleid" = "g"."oid")))
      JOIN "pg_roles" "r" ON (("m"."member" = "r"."oid")))
   WHERE (("g"."rolname" = "belongs"."p_group") AND ("r"."rolname" = "belongs"."p_login") AND ((("to_jsonb"("m".*) ->> 'inherit_option'::"text") = 'true'::"text") OR (("to_jsonb"("m".*) ->> 'set_option'::"text") = 'true'::"text") OR (NOT ("to_jsonb"("m".*) ? 'set_option'::"text"))));
END;
COMMENT ON FUNCTION "access"."belongs"("p_login" "text", "p_group" "text") IS 'Whether a PostgreSQL role is a direct member of another and has its rights or may take it on.';
CREATE FUNCTION "access"."check_account_roles"("p_account" bigint) RETURNS "void"
    LANGUAGE "plpgsql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_reason constant text := access.hidden_conflict(
    array(select m.role_id from access.membership as m where m.account_id = p_account)
  );
begin
  if v_reason is not null then
    raise exception '%', v_reason
      using errcode = 'PG915', hint = 'These roles do not go together in one account: hide the column in each, or take one of them away.';
  end if;
end;
$$;
COMMENT ON FUNCTION "access"."check_account_roles"("p_account" bigint) IS 'Raise PG915 when the roles of an account contradict each other about a hidden column.';
CREATE FUNCTION "access"."check_alive"("p_login" "text") RETURNS "void"
    LANGUAGE "plpgsql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  if not exists (select from pg_roles as r where r.rolname = p_login) then
    raise exception 'the PostgreSQL role of account "%" was dropped', p_login
      using errcode = 'PG904', hint = 'Make it again with access.create_account(): the account keeps its number and starts without roles.';
  end if;
end;
$$;
COMMENT ON FUNCTION "access"."check_alive"("p_login" "text") IS 'Raise PG904 when an account has no PostgreSQL role any more.';
CREATE FUNCTION "access"."check_childless"("p_class" bigint) RETURNS "void"
    LANGUAGE "plpgsql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
begin
  if exists (select from meta.class as c where c.parent_id = p_class) then
    raise exception 'class % has descendants and cannot make a structure', meta.class_path(p_class)
      using errcode = 'PG911', detail = '$.class', hint = 'Make the structure of one of the descendants, or of a class of its own.';
  end if;
end;
$_$;
COMMENT ON FUNCTION "access"."check_childless"("p_class" bigint) IS 'Raise PG911 when other classes inherit from a class.';
CREATE FUNCTION "access"."check_hidden"("p_role" bigint) RETURNS "void"
    LANGUAGE "plpgsql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_conflict record;
begin
  select h.login, access.hidden_conflict(h.roles) as reason into v_conflict
  from (
    select null as login, array[p_role] as roles
    union all
    select a.login, array(select o.role_id from access.membership as o where o.account_id = m.account_id)
    from access.membership as m
    inner join access.account as a on m.account_id = a.id
    where m.role_id = p_role
  ) as h
  where access.hidden_conflict(h.roles) is not null
  order by h.login nulls first
  limit 1;
  if found then
    raise exception '%', v_conflict.reason || coalesce(format(' to account "%s"', v_conflict.login), '')
      using errcode = 'PG915', hint = 'Hide the column in each role, or let the right that shows it cover the rows of the other.';
  end if;
end;
$$;
COMMENT ON FUNCTION "access"."check_hidden"("p_role" bigint) IS 'Raise PG915 when a column that a role hides would show.';
CREATE FUNCTION "access"."check_inherits"("p_login" "text") RETURNS "void"
    LANGUAGE "plpgsql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  if current_setting('server_version_num')::integer < 160000
    and exists (select from pg_roles as r where r.rolname = p_login and not r.rolinherit)
  then
    raise exception 'the PostgreSQL role "%" does not inherit rights', p_login
      using errcode = 'PG918', hint = format('Change it: alter role %I inherit', p_login);
  end if;
end;
$$;
COMMENT ON FUNCTION "access"."check_inherits"("p_login" "text") IS 'Raise PG918 when a role was made with noinherit and the server is older than 16.';
CREATE FUNCTION "access"."check_login"("p_login" "text") RETURNS "void"
    LANGUAGE "plpgsql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  if p_login is null or octet_length(p_login) not between 1 and 63 then
    raise exception 'a login has 1 to 63 bytes, "%" has not', coalesce(p_login, '')
      using errcode = 'PG906', hint = 'Choose another login.';
  end if;
  if p_login like 'pg\_%' or p_login in ('public', 'none', 'pgears_admin', 'pgears_runner')
    or exists (
      select
      from pg_roles as r
      where r.rolname = p_login and shobj_description(r.oid, 'pg_authid') like 'pgears role %'
    )
  then
    raise exception '"%" cannot be an account', p_login
      using errcode = 'PG906', hint = 'Roles of PostgreSQL and pgears itself, and the group roles of roles, are not accounts.';
  end if;
end;
$$;
COMMENT ON FUNCTION "access"."check_login"("p_login" "text") IS 'Raise PG906 for a login that no account can have.';
CREATE FUNCTION "access"."check_mass"("p_class" bigint, "p_operation" "text", "p_count" integer) RETURNS "void"
    LANGUAGE "plpgsql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_threshold integer;
  v_account text;
begin
  select (s.value #>> '{}')::integer into v_threshold from core.setting as s where s.code = 'mass_threshold';
  -- Another instance asked already; the mark is genuine (core.check_source comes first).
  if p_count <= v_threshold or core.source() = 'replica' then
    return;
  end if;
  v_account := access.current_account();
  if pg_has_role(v_account, (select c.relowner from pg_class as c where c.oid = to_regclass('data.datarow_' || p_class)), 'usage')
    or exists (
      select
      from access.effective_right as r
      inner join pg_roles as g on r.group_name = g.rolname
      where r.class_id = p_class and r.operation = p_operation and pg_has_role(v_account, g.oid, 'usage')
    )
  then
    return;
  end if;
  raise exception 'the statement touches % rows of class %, % are possible', p_count, meta.class_path(p_class), v_threshold
    using errcode = 'PG916', hint = format('Take fewer rows at a time, or ask for the right %s.', p_operation);
end;
$$;
COMMENT ON FUNCTION "access"."check_mass"("p_class" bigint, "p_operation" "text", "p_count" integer) IS 'Part of generated trigger functions: raise PG916 for a mass operation without its right.';
CREATE FUNCTION "access"."check_rights_fit"("p_structure" bigint) RETURNS "void"
    LANGUAGE "plpgsql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_right record;
begin
  select r.*, o.code, s.max_depth into v_right
  from access.role_right as r
  inner join access.role as o on r.role_id = o.id
  inner join access.structure as s on r.structure_id = s.id
  inner join meta.effective_column as e on r.class_id = e.class_id and r.column_id = e.column_id
  where s.id = p_structure
    and (r.depth > s.max_depth or case when s.kind = 'manager' then not e.target_user else e.targets <> array[s.class_id] end)
  limit 1;
  if found then
    raise exception 'a right of role "%" on class % does not fit the structure', v_right.code, meta.class_path(v_right.class_id)
      using errcode = 'PG914', hint = format('Its column must refer to the units, and its depth (%s) may be %s at most.', v_right.depth, v_right.max_depth);
  end if;
end;
$$;
COMMENT ON FUNCTION "access"."check_rights_fit"("p_structure" bigint) IS 'Raise PG914 when a right does not fit its structure.';
CREATE FUNCTION "access"."create_account"("p_login" "text", "p_can_login" boolean DEFAULT true, "p_full_name" "text" DEFAULT NULL::"text", "p_email" "text" DEFAULT NULL::"text", "p_verifier" "text" DEFAULT NULL::"text", "p_language" "text" DEFAULT NULL::"text") RETURNS bigint
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_id bigint;
begin
  perform access.lock();
  perform access.check_login(p_login);
  if p_verifier !~ '^SCRAM-SHA-256\$[0-9]+:[A-Za-z0-9+/=]+\$[A-Za-z0-9+/=]+:[A-Za-z0-9+/=]+$' then
    raise exception 'a password is given as a SCRAM verifier'
      using errcode = 'PG905', hint = 'Leave it out and set it with \password in psql, or use "pgears account create".';
  end if;
  if exists (select from pg_roles as r where r.rolname = p_login) then
    raise exception 'there is a PostgreSQL role "%" already', p_login
      using errcode = 'PG903', hint = 'Make it an account with access.adopt_account().';
  end if;
  execute format(
    'create role %I %s %s',
    p_login,
    case when p_can_login then 'login' else 'nologin' end,
    'password ' || quote_literal(p_verifier)
  );
  insert into access.account as a (login, full_name, email, language, can_login)
  values (p_login, p_full_name, p_email, p_language, p_can_login)
  on conflict (login) do update
  set full_name = coalesce(excluded.full_name, a.full_name),
      email = coalesce(excluded.email, a.email),
      language = coalesce(excluded.language, a.language),
      can_login = excluded.can_login,
      enabled = true
  returning a.id into v_id;
  delete from access.membership as m where m.account_id = v_id;
  return v_id;
end;
$_$;
COMMENT ON FUNCTION "access"."create_account"("p_login" "text", "p_can_login" boolean, "p_full_name" "text", "p_email" "text", "p_verifier" "text", "p_language" "text") IS 'Number of a new account with its PostgreSQL role. Raises PG903 (role exists), PG905 (not a verifier), PG906 (not possible).';
CREATE FUNCTION "access"."current_account"() RETURNS "text"
    LANGUAGE "sql" STABLE PARALLEL SAFE
    BEGIN ATOMIC
 SELECT COALESCE(NULLIF("current_setting"('role'::"text"), 'none'::"text"), (SESSION_USER)::"text") AS "coalesce";
END;
COMMENT ON FUNCTION "access"."current_account"() IS 'Name of the PostgreSQL role on whose behalf the session works now.';
CREATE FUNCTION "access"."drop_role"("p_code" "text") RETURNS "void"
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_role access.role;
  v_group text;
begin
  perform access.lock();
  v_role := access.find_role(p_code);
  v_group := access.group_name(p_code);
  perform access.drop_role_model(r.id)
  from access.role_model as r
  where r.role_id = v_role.id;
  delete from access.role as r where r.id = v_role.id;
  perform access.apply_rights('{}');
  if exists (select from pg_roles as r where r.rolname = v_group) then
    execute format('drop role %I', v_group);
  end if;
  -- As in access.apply_memberships(): open sessions make their plans anew.
  grant usage on schema api to pgears_admin;
end;
$$;
COMMENT ON FUNCTION "access"."drop_role"("p_code" "text") IS 'Drop a role. Raises PG908; PostgreSQL refuses while somebody has granted the group role something of his own.';
CREATE FUNCTION "access"."drop_role_model"("p_role_model" bigint) RETURNS "void"
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  perform access.set_role(m.model_id, r.code, '{}')
  from access.role_model as m
  inner join access.role as r on m.role_id = r.id
  where m.id = p_role_model;
  delete from access.role_model as m where m.id = p_role_model;
end;
$$;
COMMENT ON FUNCTION "access"."drop_role_model"("p_role_model" bigint) IS 'End the rights of a role in a model; the id is that of access.role_model.';
CREATE FUNCTION "access"."drop_structure"("p_structure" bigint) RETURNS "void"
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_structure access.structure;
  v_users text;
begin
  perform access.lock();
  select s.* into strict v_structure from access.structure as s where s.id = p_structure;
  select string_agg(distinct format('role "%s"', o.code), ', ') into v_users
  from access.role_right as r
  inner join access.role as o on r.role_id = o.id
  where r.structure_id = v_structure.id;
  if v_users is not null then
    raise exception 'structure "%" is used by %', v_structure.code, v_users
      using errcode = 'PG118', hint = 'Take it out of their rights first.';
  end if;
  perform access.unhook_structure(v_structure.id);
  delete from access.structure as s where s.id = v_structure.id;
end;
$$;
COMMENT ON FUNCTION "access"."drop_structure"("p_structure" bigint) IS 'Drop a structure. Raises PG118 while rights use it.';
CREATE FUNCTION "access"."ensure_account"("p_login" "text", "p_full_name" "text" DEFAULT NULL::"text", "p_email" "text" DEFAULT NULL::"text") RETURNS bigint
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_id bigint;
begin
  if not exists (select from pg_roles as r where r.rolname = p_login) then
    raise exception 'there is no PostgreSQL role "%"', p_login
      using errcode = 'PG901', hint = 'Create the role first: create role ... login.';
  end if;
  insert into access.account as a (login, full_name, email)
  values (p_login, p_full_name, p_email)
  on conflict (login) do update
  set full_name = coalesce(excluded.full_name, a.full_name),
      email = coalesce(excluded.email, a.email)
  returning a.id into v_id;
  return v_id;
end;
$$;
COMMENT ON FUNCTION "access"."ensure_account"("p_login" "text", "p_full_name" "text", "p_email" "text") IS 'Account number of a PostgreSQL role, registered when it was not. Raises PG901 when there is no such role.';
CREATE FUNCTION "access"."ensure_group"("p_code" "text") RETURNS "void"
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_name constant text := access.group_name(p_code);
  v_mark constant text := format('pgears role %s of database %s', p_code, current_database());
begin
  if not exists (select from pg_roles as r where r.rolname = v_name) then
    execute format('create role %I nologin', v_name);
    execute format('comment on role %I is %L', v_name, v_mark);
  elsif exists (
    select
    from pg_roles as r
    where r.rolname = v_name
      and (
        r.rolcanlogin or r.rolsuper or r.rolbypassrls or r.rolcreaterole
        or shobj_description(r.oid, 'pg_authid') is distinct from v_mark
        or exists (
          select
          from pg_auth_members as m
          where m.roleid = r.oid and access.belongs(pg_get_userbyid(m.member), r.rolname)
        )
      )
  ) then
    raise exception 'the PostgreSQL role "%" is there already and is not this instance''s', v_name
      using errcode = 'PG902', hint = format('Choose another code, or if nobody needs it: drop role %I', v_name);
  end if;
end;
$$;
COMMENT ON FUNCTION "access"."ensure_group"("p_code" "text") IS 'Make the group role of a role code. Raises PG902 when the name is taken.';
CREATE FUNCTION "access"."ensure_groups"() RETURNS "void"
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  perform access.ensure_group(r.code)
  from access.role as r
  where not exists (select from pg_roles as g where g.rolname = access.group_name(r.code));
end;
$$;
COMMENT ON FUNCTION "access"."ensure_groups"() IS 'Make missing group roles of roles; part of each upgrade.';
CREATE FUNCTION "access"."explain"("p_account" "text", "p_class" "text", "p_row" bigint DEFAULT NULL::bigint) RETURNS TABLE("operation" "text", "granted" boolean, "role" "text", "reason" "text")
    LANGUAGE "plpgsql" STABLE SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_class constant bigint := meta.class_id(p_class);
  v_account constant access.account := access.find_account(p_account);
  v_role pg_roles;
  v_row jsonb;
  v_right record;
  v_units bigint[];
  v_reached bigint[];
begin
  select r.* into v_role from pg_roles as r where r.rolname = p_account;
  if p_row is not null then
    execute format('select to_jsonb(r) from data.datarow_%s as r where r.id = $1', v_class) using p_row into v_row;
    if v_row is null then
      raise exception 'class % has no row %', p_class, p_row
        using errcode = 'PG106', hint = 'Give the id of a row, deleted or not, of this very class.';
    end if;
  end if;
  for v_right in
    select
      o.operation,
      o.position,
      r.*,
      s.code as structure,
      t.code as role_code,
      t.enabled,
      m.enabled as enabled_here,
      array(select k.code from meta.class_column as k where k.id = any (r.hidden) order by k.code) as hidden_codes,
      coalesce(pg_has_role(v_role.oid, g.oid, 'usage') and not v_role.rolsuper, false) as member
    from unnest(access.operations('class')) with ordinality as o (operation, position)
    left join (
      access.role_right as r
      inner join access.role as t on r.role_id = t.id
      inner join access.role_model as m on r.role_id = m.role_id and r.model_id = m.model_id
      left join pg_roles as g on g.rolname = access.group_name(t.code)
    ) on r.class_id = v_class and o.operation = r.operation
      and (
        pg_has_role(v_role.oid, g.oid, 'usage')
        or exists (select from access.membership as k where k.account_id = v_account.id and k.role_id = t.id)
      )
    left join access.structure as s on r.structure_id = s.id
    order by o.position, t.code, r.depth nulls first
  loop
    operation := v_right.operation;
    role := v_right.role_code;
    granted := false;
    if v_role.oid is null then
      reason := 'the PostgreSQL role was dropped';
    elsif v_role.rolsuper or v_role.rolbypassrls then
      granted := v_role.rolsuper;
      reason := case
        when v_role.rolsuper then 'superuser: PostgreSQL asks no right'
        else 'bypassrls: PostgreSQL asks privileges, no policies'
      end;
    elsif v_right.role_id is null then
      reason := 'no role of the account has this right' || coalesce(
        '; it is held by ' || (
          select string_agg(distinct t.code, ', ' order by t.code)
          from access.role_right as r
          inner join access.role as t on r.role_id = t.id
          where r.class_id = v_class and r.operation = v_right.operation
        ), ''
      );
    elsif not v_account.enabled then
      reason := 'the account is suspended';
    elsif not v_right.enabled then
      reason := 'the role is switched off';
    elsif not v_right.enabled_here then
      reason := 'the role is switched off in the model';
    elsif not v_right.member then
      reason := 'PostgreSQL does not have the account as a member any more';
    elsif v_right.structure_id is null then
      granted := true;
      reason := 'every row';
    else
      select s.unit_ids into v_reached
      from access.scope as s
      where s.login = p_account::name and s.structure_id = v_right.structure_id and s.depth = v_right.depth;
      v_units := array(
        select u.id::bigint
        from jsonb_array_elements_text(
          case jsonb_typeof(v_row -> ('c' || v_right.column_id))
            when 'array' then v_row -> ('c' || v_right.column_id)
            when 'number' then jsonb_build_array(v_row -> ('c' || v_right.column_id))
            else '[]'
          end
        ) as u (id)
      );
      if v_reached is null then
        reason := format('the account belongs to no unit of structure %s', v_right.structure);
      elsif v_row is null then
        granted := true;
        reason := format('rows in %s units of structure %s, %s levels down', cardinality(v_reached), v_right.structure, v_right.depth);
      elsif cardinality(v_units) = 0 then
        reason := 'the row belongs to no unit';
      else
        granted := v_units && v_reached;
        reason := format(
          'unit %s %s among the %s units of structure %s reached %s levels down',
          array_to_string(v_units, ', '), case when granted then 'is' else 'is not' end, cardinality(v_reached), v_right.structure, v_right.depth
        );
      end if;
    end if;
    if granted and cardinality(v_right.hidden_codes) > 0 then
      reason := format('%s, without %s', reason, array_to_string(v_right.hidden_codes, ', '));
    end if;
    return next;
  end loop;
end;
$_$;
COMMENT ON FUNCTION "access"."explain"("p_account" "text", "p_class" "text", "p_row" bigint) IS 'Operation by operation, what grants it to the account on a class (model.class) or one of its rows, or why nothing does. Raises PG106, PG907.';
CREATE TABLE "access"."account" (
    "id" bigint NOT NULL,
    "login" "text" NOT NULL,
    "full_name" "text",
    "email" "text",
    "language" "text",
    "enabled" boolean DEFAULT true NOT NULL,
    "created" timestamp with time zone DEFAULT "now"() NOT NULL,
    "can_login" boolean DEFAULT true NOT NULL,
    CONSTRAINT "account_login_check" CHECK ((("octet_length"("login") >= 1) AND ("octet_length"("login") <= 63)))
);
COMMENT ON TABLE "access"."account" IS 'One person or system that works with the instance; login is the name of its PostgreSQL role.';
COMMENT ON COLUMN "access"."account"."language" IS 'Language code in which texts are shown; null means the default language.';
COMMENT ON COLUMN "access"."account"."enabled" IS 'False while the account is suspended.';
COMMENT ON COLUMN "access"."account"."can_login" IS 'Whether resuming a suspended account lets it log in again.';
CREATE FUNCTION "access"."find_account"("p_login" "text") RETURNS "access"."account"
    LANGUAGE "plpgsql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_account access.account;
begin
  select a.* into v_account from access.account as a where a.login = p_login;
  if not found then
    raise exception 'there is no account "%"', p_login
      using errcode = 'PG907', hint = 'Make it with access.create_account(), or adopt a PostgreSQL role with access.adopt_account().';
  end if;
  return v_account;
end;
$$;
COMMENT ON FUNCTION "access"."find_account"("p_login" "text") IS 'Account of a login. Raises PG907 when there is none.';
CREATE FUNCTION "access"."find_query"("p_model" bigint, "p_name" "text") RETURNS bigint
    LANGUAGE "plpgsql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_id bigint;
begin
  select q.id into v_id
  from meta.query as q
  inner join meta.model as m on q.model_id = m.id
  where (p_name not like '%.%' and m.id = p_model and q.code = p_name)
    or m.code || '.' || q.code = p_name;
  if v_id is null then
    raise exception 'there is no query "%"', p_name
      using errcode = 'PG106', hint = 'Name a query of the same model by its code, one of another model by model.query.';
  end if;
  return v_id;
end;
$$;
COMMENT ON FUNCTION "access"."find_query"("p_model" bigint, "p_name" "text") IS 'Id of a query named from within a model. Raises PG106 when there is none.';
CREATE TABLE "access"."role" (
    "id" bigint NOT NULL,
    "code" "text" NOT NULL,
    "name" "jsonb" DEFAULT '{}'::"jsonb" NOT NULL,
    "enabled" boolean DEFAULT true NOT NULL,
    "created" timestamp with time zone DEFAULT "now"() NOT NULL,
    CONSTRAINT "role_code_check" CHECK (("code" ~ '^[a-z][a-z0-9_-]*$'::"text"))
);
COMMENT ON TABLE "access"."role" IS 'Roles of the instance; what each may do in a model stands in role_model and role_right.';
COMMENT ON COLUMN "access"."role"."enabled" IS 'Switched off, a role gives nothing; its members stay.';
CREATE FUNCTION "access"."find_role"("p_code" "text") RETURNS "access"."role"
    LANGUAGE "plpgsql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_role access.role;
begin
  select r.* into v_role from access.role as r where r.code = p_code;
  if not found then
    raise exception 'there is no role "%"', p_code
      using errcode = 'PG908', hint = 'Roles are made by model files, or with access.set_role(); "pgears role list" shows them.';
  end if;
  return v_role;
end;
$$;
COMMENT ON FUNCTION "access"."find_role"("p_code" "text") IS 'Role of a code. Raises PG908 when there is none.';
CREATE TABLE "access"."structure" (
    "id" bigint NOT NULL,
    "model_id" bigint NOT NULL,
    "code" "text" NOT NULL,
    "name" "jsonb" DEFAULT '{}'::"jsonb" NOT NULL,
    "kind" "text" NOT NULL,
    "class_id" bigint NOT NULL,
    "superior_id" bigint NOT NULL,
    "membership_id" bigint,
    "user_id" bigint NOT NULL,
    "unit_id" bigint,
    "max_depth" integer DEFAULT 30 NOT NULL,
    "edge_sql" "text" NOT NULL,
    "member_sql" "text" NOT NULL,
    "changes" bigint DEFAULT 0 NOT NULL,
    CONSTRAINT "structure_code_check" CHECK (("code" ~ '^[a-z][a-z0-9_-]*$'::"text")),
    CONSTRAINT "structure_kind_check" CHECK (("kind" = ANY (ARRAY['manager'::"text", 'team'::"text", 'unit'::"text"]))),
    CONSTRAINT "structure_max_depth_check" CHECK ((("max_depth" >= 1) AND ("max_depth" <= 30))),
    CONSTRAINT "structure_unit_check" CHECK ((("kind" = 'unit'::"text") = (("membership_id" IS NOT NULL) AND ("unit_id" IS NOT NULL))))
);
COMMENT ON TABLE "access"."structure" IS 'Organisation structures: which classes and columns they are made of.';
COMMENT ON COLUMN "access"."structure"."superior_id" IS 'Column that names the superior unit; of a manager structure, the manager.';
COMMENT ON COLUMN "access"."structure"."user_id" IS 'Column that names the account: of the class (manager), its members (team), of the membership class (unit).';
COMMENT ON COLUMN "access"."structure"."max_depth" IS 'How far down the closure reaches; rights cannot reach further.';
COMMENT ON COLUMN "access"."structure"."edge_sql" IS 'SELECT of (unit, superior) over the class tables; units are accounts in a manager structure.';
COMMENT ON COLUMN "access"."structure"."member_sql" IS 'SELECT of (unit, account_id) over the class tables.';
COMMENT ON COLUMN "access"."structure"."changes" IS 'Counted up by each change: the row lock puts changes of one structure in line.';
CREATE FUNCTION "access"."find_structure"("p_model" bigint, "p_name" "text") RETURNS "access"."structure"
    LANGUAGE "plpgsql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_structure access.structure;
begin
  select s.* into v_structure
  from access.structure as s
  inner join meta.model as m on s.model_id = m.id
  where (p_name not like '%.%' and m.id = p_model and s.code = p_name)
    or m.code || '.' || s.code = p_name;
  if not found then
    raise exception 'there is no structure "%"', p_name
      using errcode = 'PG912', hint = 'Name a structure of the same model by its code, one of another model by model.structure; "all" means every row.';
  end if;
  return v_structure;
end;
$$;
COMMENT ON FUNCTION "access"."find_structure"("p_model" bigint, "p_name" "text") IS 'Structure named from within a model. Raises PG912 when there is none.';
CREATE FUNCTION "access"."follow_members"("p_structure" bigint, "p_accounts" bigint[]) RETURNS "void"
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_structure access.structure;
begin
  if cardinality(p_accounts) = 0 then
    return;
  end if;
  update access.structure as s
  set changes = s.changes + 1
  where s.id = p_structure
  returning s.* into strict v_structure;
  delete from access.member as m where m.structure_id = p_structure and m.account_id = any (p_accounts);
  execute format(
    $sql$
    insert into access.member (structure_id, unit, account_id)
    select distinct $1, m.unit, m.account_id
    from (%s) as m
    where m.account_id = any ($2)
    $sql$,
    v_structure.member_sql
  )
  using p_structure, p_accounts;
  perform access.refresh_scope(p_structure, p_accounts);
end;
$_$;
COMMENT ON FUNCTION "access"."follow_members"("p_structure" bigint, "p_accounts" bigint[]) IS 'Part of generated trigger functions: a structure follows its membership class.';
CREATE FUNCTION "access"."follow_units"("p_structure" bigint, "p_units" bigint[], "p_near" bigint[] DEFAULT '{}'::bigint[]) RETURNS "void"
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_structure access.structure;
  v_moved bigint[];
  v_above bigint[];
  v_below bigint[];
  v_accounts bigint[];
  v_circle bigint;
begin
  if cardinality(p_units) + cardinality(p_near) = 0 then
    return;
  end if;
  update access.structure as s
  set changes = s.changes + 1
  where s.id = p_structure
  returning s.* into strict v_structure;
  execute format(
    $sql$
    select array(
      select unnest($2)
      union
      select n.unit
      from unnest($3) as n (unit)
      where exists (select from access.closure as c where c.structure_id = $1 and c.ancestor = n.unit)
        <> exists (select from (%s) as e where e.unit = n.unit)
    )
    $sql$,
    v_structure.edge_sql
  )
  using p_structure, p_units, p_near
  into v_moved;
  if cardinality(v_moved) = 0 then
    return;
  end if;
  execute format(
    $sql$
    with recursive up (unit, superior) as (
      select e.unit, e.superior
      from (%1$s) as e
      where e.unit = any ($1) and e.superior is not null
      union
      select u.unit, e.superior
      from up as u
      inner join (%1$s) as e on u.superior = e.unit
      where e.superior is not null and u.unit <> u.superior
    )
    select u.unit from up as u where u.unit = u.superior limit 1
    $sql$,
    v_structure.edge_sql
  )
  using v_moved
  into v_circle;
  if v_circle is not null then
    raise exception 'unit % of structure "%" would be its own superior', v_circle, v_structure.code
      using errcode = 'PG910', hint = 'Follow the superiors upwards: they lead back to this unit.';
  end if;
  v_below := array(
    select unnest(v_moved)
    union
    select c.descendant from access.closure as c where c.structure_id = p_structure and c.ancestor = any (v_moved)
  );
  v_above := array(
    select distinct c.ancestor from access.closure as c where c.structure_id = p_structure and c.descendant = any (v_moved)
  );
  v_accounts := array(
    select distinct m.account_id from access.member as m where m.structure_id = p_structure and m.unit = any (v_above)
  );
  delete from access.closure as c where c.structure_id = p_structure and c.descendant = any (v_below);
  execute format(
    $sql$
    with recursive up (unit, ancestor, depth) as (
      select e.unit, e.unit, 0
      from (%1$s) as e
      where e.unit = any ($2)
      union
      select u.unit, e.superior, u.depth + 1
      from up as u
      inner join (%1$s) as e on u.ancestor = e.unit
      where e.superior is not null and u.depth < $3
    )
    insert into access.closure (structure_id, ancestor, descendant, depth)
    select $1, u.ancestor, u.unit, min(u.depth)
    from up as u
    group by u.ancestor, u.unit
    $sql$,
    v_structure.edge_sql
  )
  using p_structure, v_below, v_structure.max_depth;
  delete from access.member as m where m.structure_id = p_structure and m.unit = any (v_moved);
  execute format(
    $sql$
    insert into access.member (structure_id, unit, account_id)
    select distinct $1, m.unit, m.account_id
    from (%s) as m
    where m.unit = any ($2)
    $sql$,
    v_structure.member_sql
  )
  using p_structure, v_moved;
  perform access.refresh_scope(
    p_structure,
    array(
      select unnest(v_accounts)
      union
      select m.account_id
      from access.closure as c
      inner join access.member as m on c.structure_id = m.structure_id and c.ancestor = m.unit
      where c.structure_id = p_structure and c.descendant = any (v_moved)
    )
  );
end;
$_$;
COMMENT ON FUNCTION "access"."follow_units"("p_structure" bigint, "p_units" bigint[], "p_near" bigint[]) IS 'Part of generated trigger functions: a structure follows its units. Raises PG910 for a circle.';
CREATE FUNCTION "access"."forget_class"("p_class" bigint) RETURNS "void"
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_user text;
  v_policy record;
begin
  select s.code into v_user
  from access.structure as s
  where p_class in (s.class_id, s.membership_id)
  limit 1;
  if v_user is not null then
    raise exception 'class % makes the structure "%"', meta.class_path(p_class), v_user
      using errcode = 'PG118', hint = 'Drop the structure first.';
  end if;
  delete from access.role_right as r where r.class_id = p_class;
  perform access.apply_rights(array[p_class]);
  -- Links of a column that is gone but not swept yet.
  for v_policy in
    select p.polname, p.polrelid::regclass as relation
    from pg_depend as d
    inner join pg_policy as p on d.objid = p.oid
    where d.classid = 'pg_policy'::regclass and d.refclassid = 'pg_class'::regclass
      and d.refobjid = to_regclass('data.datarow_' || p_class) and p.polrelid <> d.refobjid and p.polname ~ '^role_[0-9]+_'
  loop
    execute format('drop policy if exists %I on %s', v_policy.polname, v_policy.relation);
  end loop;
end;
$$;
COMMENT ON FUNCTION "access"."forget_class"("p_class" bigint) IS 'Part of meta.drop_class(): end all rights on a class. Raises PG118 while a structure is made of it.';
CREATE FUNCTION "access"."grant_role"("p_login" "text", "p_role" "text") RETURNS "void"
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_account access.account;
  v_role access.role;
begin
  perform access.lock();
  v_account := access.find_account(p_login);
  v_role := access.find_role(p_role);
  perform access.check_alive(p_login);
  perform access.check_inherits(p_login);
  perform access.note_memberships(v_account.id);
  insert into access.membership as m (account_id, role_id, by_hand)
  values (v_account.id, v_role.id, true)
  on conflict (account_id, role_id) do update set by_hand = true;
  perform access.check_account_roles(v_account.id);
  perform access.apply_memberships(v_account.id);
end;
$$;
COMMENT ON FUNCTION "access"."grant_role"("p_login" "text", "p_role" "text") IS 'Make an account a member of a role. Raises PG904, PG907, PG908, PG915, PG918.';
CREATE FUNCTION "access"."granted"("p_relations" "oid"[]) RETURNS TABLE("relation" "oid", "column_name" "name", "privilege" "text", "group_name" "text")
    LANGUAGE "sql" STABLE
    BEGIN ATOMIC
 WITH "listed" AS (
          SELECT "c"."oid",
             NULL::"name" AS "attname",
             "c"."relacl" AS "acl"
            FROM "pg_class" "c"
           WHERE ("c"."oid" = ANY ("granted"."p_relations"))
         UNION ALL
          SELECT "a"."attrelid",
             "a"."attname",
             "a"."attacl"
            FROM "pg_attribute" "a"
           WHERE (("a"."attrelid" = ANY ("granted"."p_relations")) AND ("a"."attnum" > 0) AND ("a"."attacl" IS NOT NULL))
         )
  SELECT "l"."oid",
     "l"."attname",
     "x"."privilege_type",
     ("r"."rolname")::"text" AS "rolname"
    FROM (("listed" "l"
      CROSS JOIN LATERAL "aclexplode"("l"."acl") "x"("grantor", "grantee", "privilege_type", "is_grantable"))
      JOIN "pg_roles" "r" ON (("x"."grantee" = "r"."oid")))
   WHERE ("shobj_description"("r"."oid", 'pg_authid'::"name") ~~ 'pgears role %'::"text");
END;
COMMENT ON FUNCTION "access"."granted"("p_relations" "oid"[]) IS 'Privileges that group roles of roles have on these relations.';
CREATE FUNCTION "access"."group_name"("p_code" "text") RETURNS "text"
    LANGUAGE "plpgsql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_name constant text := current_database() || '.' || p_code;
begin
  if p_code is null or p_code !~ '^[a-z][a-z0-9_-]*$' then
    raise exception 'role code "%" is not valid', p_code
      using errcode = 'PG101', hint = 'A code begins with a letter a-z and goes on with a-z, 0-9, "_" or "-".';
  end if;
  if octet_length(v_name) > 63 then
    raise exception 'the group role "%" would have a name of % bytes, 63 are possible', v_name, octet_length(v_name)
      using errcode = 'PG103', hint = 'Choose a shorter code for the role.';
  end if;
  return v_name;
end;
$_$;
COMMENT ON FUNCTION "access"."group_name"("p_code" "text") IS 'Name of the PostgreSQL role whose members have the role. Raises PG101 (form), PG103 (too long).';
CREATE FUNCTION "access"."guard_column"() RETURNS "trigger"
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_user text;
begin
  select min(u.name) into v_user
  from (
    select format('structure "%s"', s.code) as name
    from access.structure as s
    where old.id in (s.superior_id, s.user_id, s.unit_id)
    union all
    select format('role "%s"', o.code)
    from access.role_right as r
    inner join access.role as o on r.role_id = o.id
    where old.id = r.column_id or old.id = any (r.hidden)
  ) as u;
  if v_user is not null then
    raise exception 'column "%" of class % is used by %', old.code, meta.class_path(old.class_id), v_user
      using errcode = 'PG118', hint = 'Take it out of there first.';
  end if;
  return old;
end;
$$;
COMMENT ON FUNCTION "access"."guard_column"() IS 'Trigger function: raise PG118 for a dropped column that structures or rights use.';
CREATE FUNCTION "access"."hidden_columns"("p_class" bigint, "p_codes" "jsonb", "p_path" "text") RETURNS bigint[]
    LANGUAGE "plpgsql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_hidden bigint[];
  v_unknown text;
begin
  select
    coalesce(array_agg(e.column_id order by c.position) filter (where e.column_id is not null), '{}'),
    min(c.code) filter (where e.column_id is null)
  into v_hidden, v_unknown
  from jsonb_array_elements_text(coalesce(p_codes, '[]')) with ordinality as c (code, position)
  left join meta.effective_column as e on e.class_id = p_class and c.code = e.code;
  if v_unknown is not null then
    raise exception 'there is no column "%" to hide', v_unknown
      using errcode = 'PG914', detail = p_path || '.hide', hint = 'Name columns of the class; other kinds of objects and system columns hide nothing.';
  end if;
  return v_hidden;
end;
$$;
COMMENT ON FUNCTION "access"."hidden_columns"("p_class" bigint, "p_codes" "jsonb", "p_path" "text") IS 'Ids of columns of a class by codes. Raises PG914 for an unknown one.';
CREATE TABLE "meta"."class" (
    "id" bigint NOT NULL,
    "model_id" bigint NOT NULL,
    "code" "text" NOT NULL,
    "name" "jsonb" DEFAULT '{}'::"jsonb" NOT NULL,
    "parent_id" bigint,
    "ancestors" bigint[] DEFAULT '{}'::bigint[] NOT NULL,
    "description" "text" DEFAULT ''::"text" NOT NULL,
    "archive" boolean DEFAULT false NOT NULL,
    "deletion" "text" DEFAULT 'logical'::"text" NOT NULL,
    "web_service" boolean DEFAULT false NOT NULL,
    "limits_sql" "text",
    "description_column" integer DEFAULT 0 NOT NULL,
    "description_sql" "text",
    "created" timestamp with time zone DEFAULT "now"() NOT NULL,
    CONSTRAINT "class_code_check" CHECK (("code" ~ '^[a-z][a-z0-9_-]*$'::"text")),
    CONSTRAINT "class_deletion_check" CHECK (("deletion" = ANY (ARRAY['logical'::"text", 'physical'::"text"])))
);
COMMENT ON TABLE "meta"."class" IS 'A business object; its rows live in data.datarow_<id>.';
COMMENT ON COLUMN "meta"."class"."ancestors" IS 'Parent, its parent and so on: fixed once made, so that nobody walks the tree again.';
COMMENT ON COLUMN "meta"."class"."description" IS 'Format of the short description, such as "{{column.number}} {{column.subject}}".';
COMMENT ON COLUMN "meta"."class"."limits_sql" IS 'Condition of the check constraint as it was built last; tells whether it must be built anew.';
COMMENT ON COLUMN "meta"."class"."description_sql" IS 'Expression of the generated column shortdescription as it was built last.';
CREATE TABLE "meta"."model" (
    "id" bigint NOT NULL,
    "code" "text" NOT NULL,
    "name" "jsonb" DEFAULT '{}'::"jsonb" NOT NULL,
    "languages" "text"[] DEFAULT '{}'::"text"[] NOT NULL,
    "created" timestamp with time zone DEFAULT "now"() NOT NULL,
    CONSTRAINT "model_code_check" CHECK (("code" ~ '^[a-z][a-z0-9_-]*$'::"text"))
);
COMMENT ON TABLE "meta"."model" IS 'A group of classes that is developed and moved between instances together.';
CREATE FUNCTION "meta"."class_path"("p_class" bigint) RETURNS "text"
    LANGUAGE "sql" STABLE PARALLEL SAFE
    BEGIN ATOMIC
 SELECT (("m"."code" || '.'::"text") || "c"."code")
    FROM ("meta"."class" "c"
      JOIN "meta"."model" "m" ON (("c"."model_id" = "m"."id")))
   WHERE ("c"."id" = "class_path"."p_class");
END;
COMMENT ON FUNCTION "meta"."class_path"("p_class" bigint) IS 'Code of a class with its model, such as helpdesk.ticket; null when there is none.';
CREATE TABLE "access"."role_model" (
    "role_id" bigint NOT NULL,
    "model_id" bigint NOT NULL,
    "id" bigint NOT NULL,
    "enabled" boolean DEFAULT true NOT NULL,
    "tables" boolean DEFAULT false NOT NULL,
    "definition" "jsonb" DEFAULT '{}'::"jsonb" NOT NULL,
    "resolved" "jsonb" DEFAULT '[]'::"jsonb" NOT NULL
);
COMMENT ON TABLE "access"."role_model" IS 'A role in a model: switched on or off there, and its definition as in the model file.';
COMMENT ON COLUMN "access"."role_model"."tables" IS 'Members may name the class tables in schema data, not only the API views.';
COMMENT ON COLUMN "access"."role_model"."resolved" IS 'For each right of the definition the ids of what it names by code, so that codes may change.';
CREATE TABLE "access"."role_right" (
    "id" bigint NOT NULL,
    "role_id" bigint NOT NULL,
    "model_id" bigint NOT NULL,
    "kind" "text" NOT NULL,
    "class_id" bigint,
    "query_id" bigint,
    "object" "text",
    "operation" "text" NOT NULL,
    "structure_id" bigint,
    "column_id" bigint,
    "depth" integer,
    "hidden" bigint[] DEFAULT '{}'::bigint[] NOT NULL,
    CONSTRAINT "role_right_kind_check" CHECK (("kind" = ANY (ARRAY['class'::"text", 'query'::"text", 'import'::"text", 'export'::"text", 'workflow'::"text", 'job'::"text", 'script'::"text", 'page'::"text"]))),
    CONSTRAINT "role_right_object_check" CHECK ((("num_nonnulls"("class_id", "query_id", "object") = 1) AND (("class_id" IS NOT NULL) = ("kind" = 'class'::"text")) AND (("query_id" IS NOT NULL) = ("kind" = 'query'::"text")))),
    CONSTRAINT "role_right_scope_check" CHECK ((("num_nonnulls"("structure_id", "column_id", "depth") = 0) OR (("num_nonnulls"("structure_id", "column_id", "depth") = 3) AND ("kind" = 'class'::"text") AND (("depth" >= 0) AND ("depth" <= 30)))))
);
COMMENT ON TABLE "access"."role_right" IS 'What a role may do with an object: everywhere, or in the units that a member reaches in a structure.';
COMMENT ON COLUMN "access"."role_right"."object" IS 'Code of an object whose kind has no table of its own here.';
COMMENT ON COLUMN "access"."role_right"."column_id" IS 'Column of the class that names the unit, or the account in a manager structure.';
COMMENT ON COLUMN "access"."role_right"."depth" IS '0 own units only, else also those below, so many levels down.';
COMMENT ON COLUMN "access"."role_right"."hidden" IS 'Columns that the right leaves out.';
CREATE TABLE "meta"."class_column" (
    "id" bigint NOT NULL,
    "class_id" bigint NOT NULL,
    "code" "text" NOT NULL,
    "type" "text" NOT NULL,
    "definition" "jsonb" DEFAULT '{}'::"jsonb" NOT NULL,
    "position" integer NOT NULL,
    "calculated_sql" "text",
    "created" timestamp with time zone DEFAULT "now"() NOT NULL,
    CONSTRAINT "class_column_code_check" CHECK (("code" ~ '^[a-z][a-z0-9_-]*$'::"text"))
);
COMMENT ON TABLE "meta"."class_column" IS 'A column of a class and of the classes that inherit from it; physically c<id>.';
COMMENT ON COLUMN "meta"."class_column"."definition" IS 'Keys of the model file except type, renamed_from and the classes referred to, which are rows of meta.column_target.';
CREATE FUNCTION "access"."hidden_conflict"("p_roles" bigint[]) RETURNS "text"
    LANGUAGE "sql" STABLE
    BEGIN ATOMIC
 WITH "held" AS (
          SELECT "r_1"."id",
             "r_1"."role_id",
             "r_1"."model_id",
             "r_1"."kind",
             "r_1"."class_id",
             "r_1"."query_id",
             "r_1"."object",
             "r_1"."operation",
             "r_1"."structure_id",
             "r_1"."column_id",
             "r_1"."depth",
             "r_1"."hidden"
            FROM "access"."role_right" "r_1"
           WHERE (("r_1"."role_id" = ANY ("hidden_conflict"."p_roles")) AND ("r_1"."kind" = 'class'::"text"))
         ), "hidden" AS (
          SELECT "h_1"."class_id",
             "h_1"."operation",
             "h_1"."role_id",
             "c"."id" AS "column_id"
            FROM ("held" "h_1"
              CROSS JOIN LATERAL "unnest"("h_1"."hidden") "c"("id"))
           WHERE (NOT (EXISTS ( SELECT
                    FROM "held" "o"
                   WHERE (("o"."class_id" = "h_1"."class_id") AND ("o"."operation" = "h_1"."operation") AND ("c"."id" <> ALL ("o"."hidden")) AND (("o"."structure_id" IS NULL) OR (("o"."structure_id" = "h_1"."structure_id") AND ("o"."column_id" = "h_1"."column_id") AND ("o"."depth" >= "h_1"."depth")))))))
         )
  SELECT "min"("format"('column "%s" of class %s, which role "%s" hides, would be shown by %s'::"text", "k"."code", "meta"."class_path"("h"."class_id"), "r"."code",
         CASE
             WHEN ("b"."role_id" IS NULL) THEN 'the class table'::"text"
             ELSE "format"('role "%s" in the same rows'::"text", "s"."code")
         END)) AS "min"
    FROM (((("hidden" "h"
      JOIN "meta"."class_column" "k" ON (("h"."column_id" = "k"."id")))
      JOIN "access"."role" "r" ON (("h"."role_id" = "r"."id")))
      LEFT JOIN "held" "b" ON ((("h"."class_id" = "b"."class_id") AND ("h"."operation" = "b"."operation") AND ("h"."column_id" <> ALL ("b"."hidden")))))
      LEFT JOIN "access"."role" "s" ON (("b"."role_id" = "s"."id")))
   WHERE (("b"."role_id" IS NOT NULL) OR (("h"."operation" = 'read'::"text") AND (EXISTS ( SELECT
            FROM "access"."role_model" "m"
           WHERE (("m"."role_id" = ANY ("hidden_conflict"."p_roles")) AND "m"."tables")))));
END;
COMMENT ON FUNCTION "access"."hidden_conflict"("p_roles" bigint[]) IS 'Why these roles do not go together in one account: a hidden column that would show; null when they do.';
CREATE FUNCTION "access"."hook_structure"("p_structure" bigint) RETURNS "void"
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_structure access.structure;
  v_changed text;
begin
  select s.* into strict v_structure from access.structure as s where s.id = p_structure;
  perform access.unhook_structure(p_structure);
  if v_structure.kind = 'manager' then
    insert into meta.class_hook (class_id, code, event, statement)
    select
      v_structure.class_id,
      format('structure %s units %s', p_structure, e.event),
      e.event,
      format(
        'perform access.follow_units(%s, array(%s), array(%s));',
        p_structure,
        replace(e.rows, '$', 'c' || v_structure.user_id),
        replace(e.rows, '$', 'c' || v_structure.superior_id)
      )
    from (
      values
      ('inserted', 'select n.$ from new_rows as n where n.deleted is null and n.$ is not null'),
      (
        'updated',
        replace(
          'select v.id from new_rows as n inner join old_rows as o on n.id = o.id cross join lateral (values (n.$), (o.$)) as v (id)'
          ' where v.id is not null and @',
          '@',
          format('(n.c%1$s, n.c%2$s) is distinct from (o.c%1$s, o.c%2$s)', v_structure.user_id, v_structure.superior_id)
        )
      ),
      ('deleted', 'select o.$ from old_rows as o where o.deleted is null and o.$ is not null')
    ) as e (event, rows);
  else
    v_changed := format('n.c%1$s is distinct from o.c%1$s', v_structure.superior_id)
      || case when v_structure.kind = 'team' then format(' or n.c%1$s is distinct from o.c%1$s', v_structure.user_id) else '' end;
    insert into meta.class_hook (class_id, code, event, statement)
    values
    (v_structure.class_id, format('structure %s units inserted', p_structure), 'inserted', format('perform access.follow_units(%s, v_ids);', p_structure)),
    (
      v_structure.class_id, format('structure %s units updated', p_structure), 'updated',
      format(
        'perform access.follow_units(%s, array(select n.id from new_rows as n inner join old_rows as o on n.id = o.id where %s));',
        p_structure, v_changed
      )
    ),
    (v_structure.class_id, format('structure %s units deleted', p_structure), 'deleted', format('perform access.follow_units(%s, v_ids);', p_structure));
  end if;
  insert into meta.class_hook (class_id, code, event, position, statement)
  select
    v_structure.membership_id,
    format('structure %s members %s', p_structure, e.event),
    e.event,
    1,
    format('perform access.follow_members(%s, array(%s));', p_structure, replace(e.rows, '$', 'c' || v_structure.user_id))
  from (
    values
    ('inserted', 'select n.$ from new_rows as n where n.deleted is null and n.$ is not null'),
    (
      'updated',
      'select v.id from new_rows as n inner join old_rows as o on n.id = o.id cross join lateral (values (n.$), (o.$)) as v (id)'
      || format(' where v.id is not null and (n.$, n.c%1$s) is distinct from (o.$, o.c%1$s)', v_structure.unit_id)
    ),
    ('deleted', 'select o.$ from old_rows as o where o.deleted is null and o.$ is not null')
  ) as e (event, rows)
  where v_structure.membership_id is not null;
  perform meta.touch_class(h.class_id)
  from (
    select distinct k.class_id from meta.class_hook as k where k.code like format('structure %s %%', p_structure)
  ) as h;
end;
$_$;
COMMENT ON FUNCTION "access"."hook_structure"("p_structure" bigint) IS 'Register the upkeep of a structure in meta.class_hook and rebuild the triggers.';
CREATE FUNCTION "access"."lock"() RETURNS "void"
    LANGUAGE "sql"
    BEGIN ATOMIC
 SELECT "pg_advisory_xact_lock"(("hashtext"('pgears.access'::"text"))::bigint) AS "pg_advisory_xact_lock";
END;
COMMENT ON FUNCTION "access"."lock"() IS 'Wait until no other transaction changes accounts, roles or rights.';
CREATE FUNCTION "access"."may"("p_account" "text", "p_kind" "text", "p_object" "text", "p_operation" "text") RETURNS boolean
    LANGUAGE "plpgsql" STABLE SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  if p_operation <> all (access.operations(p_kind)) or access.operations(p_kind) is null then
    raise exception 'there is no right to "%" a %', p_operation, p_kind
      using errcode = 'PG914', hint = 'See the rights of roles in docs/rights.md.';
  end if;
  if not exists (select from pg_roles as r where r.rolname = p_account) then
    return false;
  end if;
  return exists (
    select
    from access.effective_right as r
    inner join pg_roles as g on r.group_name = g.rolname
    left join meta.class as c on r.class_id = c.id
    left join meta.query as q on r.query_id = q.id
    left join meta.model as m on coalesce(c.model_id, q.model_id) = m.id
    where r.kind = p_kind and r.operation = p_operation
      and coalesce(r.object, m.code || '.' || coalesce(c.code, q.code)) = p_object
      and pg_has_role(p_account, g.oid, 'usage')
  );
end;
$$;
COMMENT ON FUNCTION "access"."may"("p_account" "text", "p_kind" "text", "p_object" "text", "p_operation" "text") IS 'True when a role gives the account this operation on an object (model.code) of a kind. Raises PG914 for an operation that there is not.';
CREATE FUNCTION "access"."note_memberships"("p_account" bigint) RETURNS "void"
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  insert into access.membership as m (account_id, role_id, by_hand)
  select a.id, r.id, true
  from access.account as a
  cross join access.role as r
  where a.id = p_account and a.enabled and access.belongs(a.login, access.group_name(r.code))
  on conflict (account_id, role_id) do nothing;
end;
$$;
COMMENT ON FUNCTION "access"."note_memberships"("p_account" bigint) IS 'Record in access.membership what an enabled account has in PostgreSQL.';
CREATE FUNCTION "access"."object_name"("p_written" "text", "p_model" "text", "p_code" "text") RETURNS "text"
    LANGUAGE "sql" IMMUTABLE
    BEGIN ATOMIC
 SELECT
         CASE
             WHEN ("p_written" ~~ '%.%'::"text") THEN (("p_model" || '.'::"text") || "p_code")
             ELSE "p_code"
         END AS "p_code";
END;
COMMENT ON FUNCTION "access"."object_name"("p_written" "text", "p_model" "text", "p_code" "text") IS 'Code, or model.code when the former name had a dot.';
CREATE FUNCTION "access"."operations"("p_kind" "text") RETURNS "text"[]
    LANGUAGE "sql" IMMUTABLE
    BEGIN ATOMIC
 SELECT
         CASE "p_kind"
             WHEN 'class'::"text" THEN ARRAY['read'::"text", 'insert'::"text", 'change'::"text", 'delete'::"text", 'mass_change'::"text", 'mass_delete'::"text"]
             WHEN 'query'::"text" THEN ARRAY['read'::"text"]
             WHEN 'import'::"text" THEN ARRAY['view_log'::"text", 'start'::"text"]
             WHEN 'export'::"text" THEN ARRAY['view_log'::"text", 'start'::"text"]
             WHEN 'workflow'::"text" THEN ARRAY['view'::"text", 'start'::"text", 'manage'::"text"]
             WHEN 'job'::"text" THEN ARRAY['view_log'::"text", 'start'::"text"]
             WHEN 'script'::"text" THEN ARRAY['execute'::"text"]
             WHEN 'page'::"text" THEN ARRAY['view'::"text"]
             ELSE NULL::"text"[]
         END AS "case";
END;
COMMENT ON FUNCTION "access"."operations"("p_kind" "text") IS 'Operations of a kind of object (class, query, import, ...); null for another word.';
CREATE FUNCTION "access"."rebuild_structure"("p_structure" bigint) RETURNS "void"
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_structure access.structure;
  v_units bigint[];
begin
  select s.* into strict v_structure from access.structure as s where s.id = p_structure for no key update;
  delete from access.closure as c where c.structure_id = p_structure;
  delete from access.member as m where m.structure_id = p_structure;
  delete from access.scope as s where s.structure_id = p_structure;
  execute format('select array(select distinct e.unit from (%s) as e)', v_structure.edge_sql) into v_units;
  perform access.follow_units(p_structure, v_units);
end;
$$;
COMMENT ON FUNCTION "access"."rebuild_structure"("p_structure" bigint) IS 'Compute all that is derived from the classes of a structure anew. Raises PG910.';
CREATE FUNCTION "access"."refresh_depths"("p_structures" bigint[]) RETURNS "void"
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_structure bigint;
begin
  for v_structure in
    update access.structure as s
    set changes = s.changes + 1
    where s.id = any (p_structures)
    returning s.id
  loop
    perform access.refresh_scope(
      v_structure,
      array(
        select distinct m.account_id from access.member as m where m.structure_id = v_structure
        union
        select a.id
        from access.scope as s
        inner join access.account as a on s.login = a.login::name
        where s.structure_id = v_structure
      )
    );
  end loop;
end;
$$;
COMMENT ON FUNCTION "access"."refresh_depths"("p_structures" bigint[]) IS 'Compute access.scope of all members of structures anew.';
CREATE TABLE "access"."closure" (
    "structure_id" bigint NOT NULL,
    "ancestor" bigint NOT NULL,
    "descendant" bigint NOT NULL,
    "depth" integer NOT NULL
);
COMMENT ON TABLE "access"."closure" IS 'Each unit of a structure with itself (depth 0) and all below it down to max_depth.';
CREATE TABLE "access"."member" (
    "structure_id" bigint NOT NULL,
    "unit" bigint NOT NULL,
    "account_id" bigint NOT NULL
);
COMMENT ON TABLE "access"."member" IS 'Accounts and the units of a structure that they belong to.';
CREATE TABLE "access"."scope" (
    "login" "name" NOT NULL,
    "structure_id" bigint NOT NULL,
    "depth" integer NOT NULL,
    "unit_ids" bigint[] NOT NULL
);
COMMENT ON TABLE "access"."scope" IS 'What policies read, one row each: the units that an account reaches in a structure to a depth that some right uses.';
CREATE FUNCTION "access"."refresh_scope"("p_structure" bigint, "p_accounts" bigint[]) RETURNS "void"
    LANGUAGE "sql"
    BEGIN ATOMIC
 WITH "depth" AS (
          SELECT DISTINCT "r"."depth"
            FROM "access"."role_right" "r"
           WHERE ("r"."structure_id" = "refresh_scope"."p_structure")
         ), "wanted" AS (
          SELECT ("a"."login")::"name" AS "login",
             "d"."depth",
             "array_agg"(DISTINCT "c"."descendant" ORDER BY "c"."descendant") AS "unit_ids"
            FROM ((("access"."account" "a"
              JOIN "access"."member" "m" ON (("a"."id" = "m"."account_id")))
              JOIN "access"."closure" "c" ON ((("m"."structure_id" = "c"."structure_id") AND ("m"."unit" = "c"."ancestor"))))
              JOIN "depth" "d" ON (("c"."depth" <= "d"."depth")))
           WHERE (("a"."id" = ANY ("refresh_scope"."p_accounts")) AND ("m"."structure_id" = "refresh_scope"."p_structure"))
           GROUP BY "a"."login", "d"."depth"
         ), "gone" AS (
          DELETE FROM "access"."scope" "s_1"
            USING "access"."account" "a"
           WHERE (("a"."id" = ANY ("refresh_scope"."p_accounts")) AND ("s_1"."login" = ("a"."login")::"name") AND ("s_1"."structure_id" = "refresh_scope"."p_structure") AND (NOT (EXISTS ( SELECT
                    FROM "wanted" "w"
                   WHERE (("w"."login" = "s_1"."login") AND ("w"."depth" = "s_1"."depth"))))))
         )
  INSERT INTO "access"."scope" AS "s" ("login", "structure_id", "depth", "unit_ids")  SELECT "w"."login",
             "refresh_scope"."p_structure" AS "p_structure",
             "w"."depth",
             "w"."unit_ids"
            FROM "wanted" "w" ON CONFLICT("login", "structure_id", "depth") DO UPDATE SET "unit_ids" = "excluded"."unit_ids"
   WHERE ("s"."unit_ids" <> "excluded"."unit_ids");
END;
COMMENT ON FUNCTION "access"."refresh_scope"("p_structure" bigint, "p_accounts" bigint[]) IS 'Compute access.scope of these accounts in a structure anew.';
CREATE FUNCTION "access"."refuse_file"() RETURNS "trigger"
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  raise exception 'class % refers to a file that "%" may not read', tg_argv[0], current_user
    using errcode = 'PG917', hint = 'Store the file under your account, or take one from a row that you may read.';
end;
$$;
COMMENT ON FUNCTION "access"."refuse_file"() IS 'Trigger function: raise PG917 for a row with a file that its writer may not read.';
CREATE FUNCTION "access"."resume_account"("p_login" "text") RETURNS "void"
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_account access.account;
begin
  perform access.lock();
  v_account := access.find_account(p_login);
  perform access.check_alive(p_login);
  if v_account.enabled then
    return;
  end if;
  update access.account as a set enabled = true where a.id = v_account.id;
  if v_account.can_login then
    execute format('alter role %I login', p_login);
  end if;
  perform access.apply_memberships(v_account.id);
end;
$$;
COMMENT ON FUNCTION "access"."resume_account"("p_login" "text") IS 'End the suspension of an account. Raises PG904, PG907.';
CREATE FUNCTION "access"."revoke_role"("p_login" "text", "p_role" "text") RETURNS "void"
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_account access.account;
  v_role access.role;
begin
  perform access.lock();
  v_account := access.find_account(p_login);
  v_role := access.find_role(p_role);
  perform access.note_memberships(v_account.id);
  delete from access.membership as m
  where m.account_id = v_account.id and m.role_id = v_role.id;
  perform access.apply_memberships(v_account.id);
end;
$$;
COMMENT ON FUNCTION "access"."revoke_role"("p_login" "text", "p_role" "text") IS 'End the membership of an account in a role. A directory that still lists it gives it again. Raises PG907, PG908, PG909.';
CREATE TABLE "meta"."query" (
    "id" bigint NOT NULL,
    "model_id" bigint NOT NULL,
    "code" "text" NOT NULL,
    "name" "jsonb" DEFAULT '{}'::"jsonb" NOT NULL,
    "sql" "text" NOT NULL,
    CONSTRAINT "query_code_check" CHECK (("code" ~ '^[a-z][a-z0-9_-]*$'::"text"))
);
COMMENT ON TABLE "meta"."query" IS 'A stored SELECT of a model, shown as an API view; {{class.code}} stands for the API view of a class.';
CREATE FUNCTION "access"."role_definitions"("p_model" bigint) RETURNS TABLE("id" bigint, "code" "text", "definition" "jsonb")
    LANGUAGE "sql" STABLE
    BEGIN ATOMIC
 WITH "entry" AS (
          SELECT "m_1"."id",
             "r"."position",
             ("r"."value" || "jsonb_strip_nulls"("jsonb_build_object"('class', ( SELECT "access"."object_name"(("r"."value" ->> 'class'::"text"), "o_1"."code", "c"."code") AS "object_name"
                    FROM ("meta"."class" "c"
                      JOIN "meta"."model" "o_1" ON (("c"."model_id" = "o_1"."id")))
                   WHERE ("c"."id" = (("n"."value" ->> 'class'::"text"))::bigint)), 'query', ( SELECT "access"."object_name"(("r"."value" ->> 'query'::"text"), "o_1"."code", "q"."code") AS "object_name"
                    FROM ("meta"."query" "q"
                      JOIN "meta"."model" "o_1" ON (("q"."model_id" = "o_1"."id")))
                   WHERE ("q"."id" = (("n"."value" ->> 'query'::"text"))::bigint)), 'scope', ( SELECT "access"."object_name"(("r"."value" ->> 'scope'::"text"), "o_1"."code", "s"."code") AS "object_name"
                    FROM ("access"."structure" "s"
                      JOIN "meta"."model" "o_1" ON (("s"."model_id" = "o_1"."id")))
                   WHERE ("s"."id" = (("n"."value" ->> 'scope'::"text"))::bigint)), 'column', ( SELECT "k"."code"
                    FROM "meta"."class_column" "k"
                   WHERE ("k"."id" = (("n"."value" ->> 'column'::"text"))::bigint)), 'hide',
                 CASE
                     WHEN ("r"."value" ? 'hide'::"text") THEN ( SELECT COALESCE("jsonb_agg"("k"."code" ORDER BY "h"."position"), '[]'::"jsonb") AS "coalesce"
                        FROM ("jsonb_array_elements_text"(("n"."value" -> 'hide'::"text")) WITH ORDINALITY "h"("column_id", "position")
                          JOIN "meta"."class_column" "k" ON (("k"."id" = ("h"."column_id")::bigint))))
                     ELSE NULL::"jsonb"
                 END))) AS "value"
            FROM (("access"."role_model" "m_1"
              CROSS JOIN LATERAL "jsonb_array_elements"(COALESCE(("m_1"."definition" -> 'rights'::"text"), '[]'::"jsonb")) WITH ORDINALITY "r"("value", "position"))
              JOIN LATERAL "jsonb_array_elements"("m_1"."resolved") WITH ORDINALITY "n"("value", "position") ON (("r"."position" = "n"."position")))
           WHERE (("m_1"."model_id" = "role_definitions"."p_model") AND ((NOT ("r"."value" ? 'class'::"text")) OR (EXISTS ( SELECT
                    FROM "meta"."class" "c"
                   WHERE ("c"."id" = (("n"."value" ->> 'class'::"text"))::bigint)))) AND ((NOT ("r"."value" ? 'query'::"text")) OR (EXISTS ( SELECT
                    FROM "meta"."query" "q"
                   WHERE ("q"."id" = (("n"."value" ->> 'query'::"text"))::bigint)))))
         )
  SELECT "m"."id",
     "o"."code",
     ("m"."definition" || "jsonb_build_object"('rights', ( SELECT COALESCE("jsonb_agg"("e"."value" ORDER BY "e"."position"), '[]'::"jsonb") AS "coalesce"
            FROM "entry" "e"
           WHERE ("e"."id" = "m"."id"))))
    FROM ("access"."role_model" "m"
      JOIN "access"."role" "o" ON (("m"."role_id" = "o"."id")))
   WHERE ("m"."model_id" = "role_definitions"."p_model");
END;
COMMENT ON FUNCTION "access"."role_definitions"("p_model" bigint) IS 'Id, code and definition of each role in a model.';
CREATE FUNCTION "access"."scope_condition"("p_structure" bigint, "p_column" bigint, "p_depth" integer, "p_several" boolean) RETURNS "text"
    LANGUAGE "sql" IMMUTABLE
    BEGIN ATOMIC
 SELECT
         CASE
             WHEN ("p_structure" IS NULL) THEN 'true'::"text"
             ELSE "format"(
             CASE
                 WHEN "p_several" THEN 'c%s && (%s)::bigint[]'::"text"
                 ELSE 'c%s = any ((%s)::bigint[])'::"text"
             END, "p_column", "format"('select s.unit_ids from access.my_scope as s where s.structure_id = %s and s.depth = %s'::"text", "p_structure", "p_depth"))
         END AS "format";
END;
COMMENT ON FUNCTION "access"."scope_condition"("p_structure" bigint, "p_column" bigint, "p_depth" integer, "p_several" boolean) IS 'SQL condition over a class table for a right; null structure means every row.';
CREATE TABLE "core"."file" (
    "id" bigint NOT NULL,
    "uid" "uuid" DEFAULT "gen_random_uuid"() NOT NULL,
    "name" "text" NOT NULL,
    "media_type" "text" DEFAULT 'application/octet-stream'::"text" NOT NULL,
    "size" bigint NOT NULL,
    "sha256" "bytea",
    "created" timestamp with time zone DEFAULT "now"() NOT NULL,
    "creator" "text" NOT NULL,
    "removed" timestamp with time zone,
    "removal" "text",
    CONSTRAINT "file_removal_check" CHECK (("removal" = ANY (ARRAY['content'::"text", 'physical'::"text"])))
);
COMMENT ON TABLE "core"."file" IS 'A named file; file columns of classes refer to it by id.';
COMMENT ON COLUMN "core"."file"."removed" IS 'When the last file column let go of it; core.prune_files() does the rest.';
COMMENT ON COLUMN "core"."file"."removal" IS 'What goes then: the content, or the file as well.';
CREATE FUNCTION "access"."sees_files"("p_files" bigint[]) RETURNS boolean
    LANGUAGE "sql" STABLE
    BEGIN ATOMIC
 SELECT (NOT (EXISTS ( SELECT
            FROM "unnest"("sees_files"."p_files") "f"("id")
           WHERE (("f"."id" IS NOT NULL) AND (NOT (EXISTS ( SELECT
                    FROM "core"."file" "s"
                   WHERE ("s"."id" = "f"."id"))))))));
END;
COMMENT ON FUNCTION "access"."sees_files"("p_files" bigint[]) IS 'Whether the caller may read these files, by a row that holds them or as who stored them.';
CREATE FUNCTION "access"."set_outside_group"("p_name" "text", "p_role" "text", "p_mapped" boolean DEFAULT true) RETURNS "void"
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_role constant access.role := access.find_role(p_role);
begin
  perform access.lock();
  if p_mapped then
    insert into access.outside_group as o (name, role_id)
    values (p_name, v_role.id)
    on conflict (name, role_id) do nothing;
  else
    delete from access.outside_group as o where o.name = p_name and o.role_id = v_role.id;
  end if;
end;
$$;
COMMENT ON FUNCTION "access"."set_outside_group"("p_name" "text", "p_role" "text", "p_mapped" boolean) IS 'Map an outside group to a role (false: no longer). Accounts follow with access.sync_groups(). Raises PG908.';
CREATE FUNCTION "access"."set_role"("p_model" bigint, "p_code" "text", "p_definition" "jsonb") RETURNS bigint
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_role bigint;
  v_former access.role_right[];
  v_structures bigint[];
begin
  perform access.lock();
  perform access.group_name(p_code);
  perform meta.check_definition('role', p_definition, '$');
  select r.id into v_role from access.role as r where r.code = p_code;
  if v_role is null then
    perform access.ensure_group(p_code);
    insert into access.role (code) values (p_code) returning id into v_role;
  end if;
  update access.role as r
  set name = meta.localized(p_definition -> 'name')
  where r.id = v_role and p_definition ? 'name';
  insert into access.role_model (role_id, model_id, tables, definition)
  values (v_role, p_model, coalesce((p_definition ->> 'tables')::boolean, false), p_definition)
  on conflict (role_id, model_id) do update
  set tables = excluded.tables,
      definition = excluded.definition;
  v_former := array(select r from access.role_right as r where r.role_id = v_role and r.model_id = p_model);
  delete from access.role_right as r where r.role_id = v_role and r.model_id = p_model;
  update access.role_model as m
  set resolved = array_to_json(array(
    select access.add_right(v_role, p_model, r.value, format('$.rights[%s]', r.position - 1))
    from jsonb_array_elements(coalesce(p_definition -> 'rights', '[]')) with ordinality as r (value, position)
    order by r.position
  ))
  where m.role_id = v_role and m.model_id = p_model;
  perform access.check_hidden(v_role);
  select array_agg(distinct coalesce(n.structure_id, f.structure_id)) into v_structures
  from (
    select distinct r.structure_id, r.depth
    from unnest(v_former) as r
    where r.structure_id is not null
  ) as f
  full join (
    select distinct r.structure_id, r.depth
    from access.role_right as r
    where r.role_id = v_role and r.model_id = p_model and r.structure_id is not null
  ) as n on f.structure_id = n.structure_id and f.depth = n.depth
  where f.structure_id is null or n.structure_id is null;
  perform access.refresh_depths(v_structures);
  perform access.apply_rights(array(
    select r.class_id from unnest(v_former) as r where r.class_id is not null
    union
    select r.class_id from access.role_right as r where r.role_id = v_role and r.model_id = p_model and r.class_id is not null
  ));
  return v_role;
end;
$_$;
COMMENT ON FUNCTION "access"."set_role"("p_model" bigint, "p_code" "text", "p_definition" "jsonb") IS 'Id of a role, made or changed in a model. Raises PG101, PG103, PG110 to PG114, PG902, PG912, PG914, PG915.';
CREATE FUNCTION "access"."set_structure"("p_model" bigint, "p_code" "text", "p_definition" "jsonb") RETURNS bigint
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_structure access.structure;
  v_kind constant text := p_definition ->> 'kind';
begin
  perform access.lock();
  perform meta.check_code(p_code, 'structure');
  perform meta.check_definition('structure', p_definition, '$');
  v_structure.class_id := meta.find_class(p_model, p_definition ->> 'class');
  v_structure.max_depth := coalesce((p_definition ->> 'max_depth')::integer, 30);
  if v_structure.max_depth not between 1 and 30 then
    raise exception 'structure "%" cannot have a max_depth of %', p_code, v_structure.max_depth
      using errcode = 'PG111', detail = '$.max_depth', hint = 'Choose 1 (directly below only) to 30.';
  end if;
  if v_kind = 'manager' then
    v_structure.user_id := access.structure_column(v_structure.class_id, p_definition ->> 'user', 'user', null, false);
    v_structure.superior_id := access.structure_column(v_structure.class_id, p_definition ->> 'manager', 'manager', null, false);
  else
    v_structure.superior_id := access.structure_column(v_structure.class_id, p_definition ->> 'superior', 'superior', v_structure.class_id, false);
  end if;
  if v_kind = 'team' then
    v_structure.user_id := access.structure_column(v_structure.class_id, p_definition ->> 'members', 'members', null, true);
  elsif v_kind = 'unit' then
    if not p_definition ? 'membership' then
      raise exception 'the key "membership" of the structure is missing'
        using errcode = 'PG112', detail = '$', hint = 'It takes the code of the class that has user and unit.';
    end if;
    v_structure.membership_id := meta.find_class(p_model, p_definition ->> 'membership');
    v_structure.user_id := access.structure_column(v_structure.membership_id, p_definition ->> 'user', 'user', null, false);
    v_structure.unit_id := access.structure_column(v_structure.membership_id, p_definition ->> 'unit', 'unit', v_structure.class_id, false);
  end if;
  perform access.check_childless(c.id)
  from unnest(array[v_structure.class_id, v_structure.membership_id]) as c (id)
  where c.id is not null;
  insert into access.structure as s (
    model_id, code, name, kind, class_id, superior_id, membership_id, user_id, unit_id, max_depth, edge_sql, member_sql
  )
  select
    p_model,
    p_code,
    meta.localized(p_definition -> 'name'),
    v_kind,
    v_structure.class_id,
    v_structure.superior_id,
    v_structure.membership_id,
    v_structure.user_id,
    v_structure.unit_id,
    v_structure.max_depth,
    q.edge_sql,
    q.member_sql
  from access.structure_sql(
    v_kind, v_structure.class_id, v_structure.superior_id, v_structure.membership_id, v_structure.user_id, v_structure.unit_id
  ) as q
  on conflict (model_id, code) do update
  set
    name = excluded.name,
    kind = excluded.kind,
    class_id = excluded.class_id,
    superior_id = excluded.superior_id,
    membership_id = excluded.membership_id,
    user_id = excluded.user_id,
    unit_id = excluded.unit_id,
    max_depth = excluded.max_depth,
    edge_sql = excluded.edge_sql,
    member_sql = excluded.member_sql
  returning s.* into v_structure;
  perform access.check_rights_fit(v_structure.id);
  perform access.hook_structure(v_structure.id);
  perform access.rebuild_structure(v_structure.id);
  return v_structure.id;
end;
$_$;
COMMENT ON FUNCTION "access"."set_structure"("p_model" bigint, "p_code" "text", "p_definition" "jsonb") IS 'Id of an organisation structure, made or changed. Raises PG110 to PG114 (definition), PG910 (circle), PG911 (columns do not fit), PG914 (rights do not fit any more).';
CREATE FUNCTION "access"."structure_column"("p_class" bigint, "p_code" "text", "p_key" "text", "p_target" bigint, "p_several" boolean) RETURNS bigint
    LANGUAGE "plpgsql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_column meta.effective_column;
begin
  if p_code is null then
    raise exception 'the key "%" of the structure is missing', p_key
      using errcode = 'PG112', detail = '$', hint = 'It takes the code of a column.';
  end if;
  select e.* into v_column from meta.effective_column as e where e.class_id = p_class and e.code = p_code;
  if v_column.type is distinct from 'reference'
    or v_column.is_array <> p_several
    or (p_target is null and not v_column.target_user)
    or (p_target is not null and v_column.targets <> array[p_target])
  then
    raise exception '"%" of class % cannot be the % of a structure', p_code, meta.class_path(p_class), p_key
      using
        errcode = 'PG911',
        detail = '$.' || p_key,
        hint = format(
          'It must be a reference to %s with %s.',
          case when p_target is null then 'users' else meta.class_path(p_target) end,
          case when p_several then 'multiple: true' else 'one value' end
        );
  end if;
  return v_column.column_id;
end;
$_$;
COMMENT ON FUNCTION "access"."structure_column"("p_class" bigint, "p_code" "text", "p_key" "text", "p_target" bigint, "p_several" boolean) IS 'Id of a column for a key of a structure. Raises PG112 (missing), PG911 (does not fit).';
CREATE FUNCTION "access"."structure_definitions"("p_model" bigint) RETURNS TABLE("id" bigint, "code" "text", "definition" "jsonb")
    LANGUAGE "sql" STABLE
    BEGIN ATOMIC
 SELECT "s"."id",
     "s"."code",
     "jsonb_strip_nulls"("jsonb_build_object"('name', "s"."name", 'kind', "s"."kind", 'class', "meta"."class_path"("s"."class_id"), 'membership', "meta"."class_path"("s"."membership_id"),
         CASE "s"."kind"
             WHEN 'manager'::"text" THEN 'manager'::"text"
             ELSE 'superior'::"text"
         END, "u"."code",
         CASE "s"."kind"
             WHEN 'team'::"text" THEN 'members'::"text"
             ELSE 'user'::"text"
         END, "a"."code", 'unit', "k"."code", 'max_depth', "s"."max_depth")) AS "jsonb_strip_nulls"
    FROM ((("access"."structure" "s"
      JOIN "meta"."class_column" "u" ON (("s"."superior_id" = "u"."id")))
      JOIN "meta"."class_column" "a" ON (("s"."user_id" = "a"."id")))
      LEFT JOIN "meta"."class_column" "k" ON (("s"."unit_id" = "k"."id")))
   WHERE ("s"."model_id" = "structure_definitions"."p_model");
END;
COMMENT ON FUNCTION "access"."structure_definitions"("p_model" bigint) IS 'Id, code and definition of each structure of a model.';
CREATE FUNCTION "access"."structure_sql"("p_kind" "text", "p_class" bigint, "p_superior" bigint, "p_membership" bigint, "p_user" bigint, "p_unit" bigint) RETURNS TABLE("edge_sql" "text", "member_sql" "text")
    LANGUAGE "sql" IMMUTABLE
    BEGIN ATOMIC
 SELECT
         CASE "p_kind"
             WHEN 'manager'::"text" THEN "format"('select r.c%2$s as unit, r.c%3$s as superior from data.datarow_%1$s as r where r.deleted is null and r.c%2$s is not null union all select r.c%3$s, null from data.datarow_%1$s as r where r.deleted is null and r.c%3$s is not null'::"text", "p_class", "p_user", "p_superior")
             ELSE "format"('select r.id as unit, s.id as superior from data.datarow_%1$s as r left join data.datarow_%1$s as s on r.c%2$s = s.id and s.deleted is null where r.deleted is null'::"text", "p_class", "p_superior")
         END AS "format",
         CASE "p_kind"
             WHEN 'manager'::"text" THEN "format"('select r.c%2$s as unit, r.c%2$s as account_id from data.datarow_%1$s as r where r.deleted is null and r.c%2$s is not null union all select r.c%3$s, r.c%3$s from data.datarow_%1$s as r where r.deleted is null and r.c%3$s is not null'::"text", "p_class", "p_user", "p_superior")
             WHEN 'team'::"text" THEN "format"('select r.id as unit, a.id as account_id from data.datarow_%1$s as r cross join lateral unnest(r.c%2$s) as a (id) where r.deleted is null'::"text", "p_class", "p_user")
             ELSE "format"('select m.c%4$s as unit, m.c%3$s as account_id from data.datarow_%2$s as m inner join data.datarow_%1$s as r on m.c%4$s = r.id and r.deleted is null where m.deleted is null and m.c%3$s is not null'::"text", "p_class", "p_membership", "p_user", "p_unit")
         END AS "format";
END;
COMMENT ON FUNCTION "access"."structure_sql"("p_kind" "text", "p_class" bigint, "p_superior" bigint, "p_membership" bigint, "p_user" bigint, "p_unit" bigint) IS 'SELECTs of (unit, superior) and (unit, account_id) of a structure over its class tables.';
CREATE FUNCTION "access"."suspend_account"("p_login" "text") RETURNS "void"
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_account access.account;
begin
  perform access.lock();
  perform access.check_login(p_login);
  v_account := access.find_account(p_login);
  if not v_account.enabled then
    return;
  end if;
  perform access.note_memberships(v_account.id);
  update access.account as a
  set enabled = false,
      can_login = coalesce((select r.rolcanlogin from pg_roles as r where r.rolname = p_login), a.can_login)
  where a.id = v_account.id;
  if exists (select from pg_roles as r where r.rolname = p_login and r.rolcanlogin) then
    execute format('alter role %I nologin', p_login);
  end if;
  perform access.apply_memberships(v_account.id);
end;
$$;
COMMENT ON FUNCTION "access"."suspend_account"("p_login" "text") IS 'Take login and roles of an account away until access.resume_account(). Raises PG906, PG907, PG909.';
CREATE FUNCTION "access"."switch_role"("p_code" "text", "p_on" boolean, "p_model" "text" DEFAULT NULL::"text") RETURNS "void"
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_role access.role;
begin
  perform access.lock();
  v_role := access.find_role(p_code);
  if p_model is null then
    update access.role as r set enabled = p_on where r.id = v_role.id;
  else
    update access.role_model as r
    set enabled = p_on
    where r.role_id = v_role.id and r.model_id = meta.model_id(p_model);
    if not found then
      raise exception 'role "%" has no rights in model "%"', p_code, p_model
        using errcode = 'PG908', hint = 'Name a model in which the role is defined; "pgears role list" shows them.';
    end if;
  end if;
  perform access.apply_rights(array(
    select distinct r.class_id from access.role_right as r where r.role_id = v_role.id and r.class_id is not null
  ));
end;
$$;
COMMENT ON FUNCTION "access"."switch_role"("p_code" "text", "p_on" boolean, "p_model" "text") IS 'Switch a role on or off, everywhere (null) or in a model. Raises PG106, PG908.';
CREATE FUNCTION "access"."sync_groups"("p_login" "text", "p_groups" "text"[]) RETURNS "void"
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_account access.account;
  v_roles bigint[];
begin
  perform access.lock();
  v_account := access.find_account(p_login);
  perform access.check_alive(p_login);
  perform access.check_inherits(p_login);
  perform access.note_memberships(v_account.id);
  v_roles := array(select distinct o.role_id from access.outside_group as o where o.name = any (p_groups));
  insert into access.membership as m (account_id, role_id, from_outside)
  select v_account.id, r.id, true
  from unnest(v_roles) as r (id)
  on conflict (account_id, role_id) do update set from_outside = true;
  delete from access.membership as m
  where m.account_id = v_account.id and not m.by_hand and m.role_id <> all (v_roles);
  update access.membership as m
  set from_outside = false
  where m.account_id = v_account.id and m.from_outside and m.role_id <> all (v_roles);
  perform access.check_account_roles(v_account.id);
  perform access.apply_memberships(v_account.id);
end;
$$;
COMMENT ON FUNCTION "access"."sync_groups"("p_login" "text", "p_groups" "text"[]) IS 'Give an account the roles mapped to these outside groups and take the other outside ones away. Raises PG904, PG907, PG915, PG918.';
CREATE FUNCTION "access"."unhook_structure"("p_structure" bigint) RETURNS "void"
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_classes bigint[];
begin
  with gone as (
    delete from meta.class_hook as h
    where h.code like format('structure %s %%', p_structure)
    returning h.class_id
  )
  select array_agg(distinct g.class_id) into v_classes from gone as g;
  perform meta.touch_class(c.id) from unnest(v_classes) as c (id);
end;
$$;
COMMENT ON FUNCTION "access"."unhook_structure"("p_structure" bigint) IS 'Remove what access.hook_structure() has built into triggers.';
CREATE VIEW "meta"."ancestry" AS
 SELECT "c"."id" AS "class_id",
    "a"."id" AS "ancestor_id",
    (("a"."depth" - 1))::integer AS "depth"
   FROM ("meta"."class" "c"
     CROSS JOIN LATERAL "unnest"("array_prepend"("c"."id", "c"."ancestors")) WITH ORDINALITY "a"("id", "depth"));
COMMENT ON VIEW "meta"."ancestry" IS 'Class, ancestor and distance; every class is its own ancestor at distance 0.';
CREATE TABLE "meta"."api_view" (
    "name" "text" NOT NULL,
    "kind" "text" NOT NULL,
    "object_id" bigint NOT NULL,
    "stamp" "text" NOT NULL,
    "columns" "text"[] NOT NULL,
    "definition" "text" NOT NULL,
    "renewed" timestamp with time zone DEFAULT "now"() NOT NULL,
    CONSTRAINT "api_view_kind_check" CHECK (("kind" = ANY (ARRAY['class'::"text", 'all'::"text", 'query'::"text"])))
);
COMMENT ON TABLE "meta"."api_view" IS 'API views as they were renewed last. No foreign key to the class: a view outlives its class until "pgears views update".';
COMMENT ON COLUMN "meta"."api_view"."stamp" IS 'Hash of the definition from which the view was made; a different one now means that the view is stale.';
COMMENT ON COLUMN "meta"."api_view"."columns" IS 'For each column of the view in order, what it shows (system name, c<id>, c<id>__text): tells a rename from a new column.';
COMMENT ON COLUMN "meta"."api_view"."definition" IS 'Hash of the view as PostgreSQL keeps it; a different one now means that the view was altered by hand.';
CREATE VIEW "access"."class_relation" AS
 SELECT "class_id",
    "kind",
    "column_id",
    "relation"
   FROM ( SELECT "c"."id" AS "class_id",
            'rows'::"text" AS "kind",
            NULL::bigint AS "column_id",
            "to_regclass"(('data.datarow_'::"text" || "c"."id")) AS "relation"
           FROM "meta"."class" "c"
        UNION ALL
         SELECT "c"."id",
            'archive'::"text",
            NULL::bigint,
            "to_regclass"(('data.archive_'::"text" || "c"."id")) AS "to_regclass"
           FROM "meta"."class" "c"
        UNION ALL
         SELECT "a"."class_id",
            'link'::"text",
            "k"."id",
            ("l"."oid")::"regclass" AS "oid"
           FROM (("pg_class" "l"
             JOIN "meta"."class_column" "k" ON (("k"."id" =
                CASE
                    WHEN ("l"."relname" ~ '^link_[0-9]+$'::"text") THEN ("substr"(("l"."relname")::"text", 6))::bigint
                    ELSE NULL::bigint
                END)))
             JOIN "meta"."ancestry" "a" ON (("k"."class_id" = "a"."ancestor_id")))
          WHERE (("l"."relnamespace" = ('"data"'::"regnamespace")::"oid") AND ("l"."relkind" = 'r'::"char") AND ("l"."relname" >= 'link_'::"name") AND ("l"."relname" < 'link`'::"name"))
        UNION ALL
         SELECT "v"."object_id",
                CASE "v"."kind"
                    WHEN 'class'::"text" THEN 'view'::"text"
                    ELSE 'all'::"text"
                END AS "case",
            NULL::bigint,
            "to_regclass"("format"('api.%I'::"text", "v"."name")) AS "to_regclass"
           FROM "meta"."api_view" "v"
          WHERE ("v"."kind" = ANY (ARRAY['class'::"text", 'all'::"text"]))) "t"
  WHERE ("relation" IS NOT NULL);
COMMENT ON VIEW "access"."class_relation" IS 'Relations by class and kind: rows, archive, link (of the class and its family), view, all.';
CREATE VIEW "access"."effective_right" AS
 SELECT "r"."id",
    "r"."role_id",
    "o"."code" AS "role",
    "access"."group_name"("o"."code") AS "group_name",
    "m"."tables",
    "r"."model_id",
    "r"."kind",
    "r"."class_id",
    "r"."query_id",
    "r"."object",
    "r"."operation",
    "r"."structure_id",
    "r"."column_id",
    "r"."depth",
    "r"."hidden"
   FROM (("access"."role_right" "r"
     JOIN "access"."role_model" "m" ON ((("r"."role_id" = "m"."role_id") AND ("r"."model_id" = "m"."model_id"))))
     JOIN "access"."role" "o" ON (("r"."role_id" = "o"."id")))
  WHERE ("o"."enabled" AND "m"."enabled");
COMMENT ON VIEW "access"."effective_right" IS 'Rights of roles that are switched on, with the group role that has them.';
CREATE TABLE "core"."file_content" (
    "sha256" "bytea" NOT NULL,
    "size" bigint NOT NULL,
    "content" "bytea" NOT NULL,
    CONSTRAINT "file_content_sha256_check" CHECK (("octet_length"("sha256") = 32))
);
ALTER TABLE ONLY "core"."file_content" ALTER COLUMN "content" SET STORAGE EXTERNAL;
COMMENT ON TABLE "core"."file_content" IS 'Bytes of files, each content once, found by its SHA-256.';
CREATE FUNCTION "access"."wanted_grants"("p_classes" bigint[]) RETURNS TABLE("relation" "oid", "column_name" "name", "privilege" "text", "group_name" "text")
    LANGUAGE "sql" STABLE
    BEGIN ATOMIC
 WITH "held" AS (
          SELECT DISTINCT "r"."class_id",
             "r"."group_name",
             "r"."operation",
             "p"."privilege",
             "r"."hidden"
            FROM ("access"."effective_right" "r"
              JOIN ( VALUES ('read'::"text",'SELECT'::"text"), ('insert'::"text",'INSERT'::"text"), ('change'::"text",'UPDATE'::"text"), ('delete'::"text",'DELETE'::"text")) "p"("operation", "privilege") ON (("r"."operation" = "p"."operation")))
           WHERE ("r"."kind" = 'class'::"text")
         ), "class_view" AS (
          SELECT "t"."class_id",
             "t"."relation",
             "t"."kind",
             "h"."group_name",
             "h"."privilege",
             "h"."hidden"
            FROM ("held" "h"
              JOIN "access"."class_relation" "t" ON (("h"."class_id" = "t"."class_id")))
           WHERE (("t"."class_id" = ANY ("wanted_grants"."p_classes")) AND (("t"."kind" = 'view'::"text") OR (("t"."kind" = 'all'::"text") AND ("h"."operation" = 'read'::"text"))))
         )
  SELECT "t"."relation",
     NULL::"name" AS "name",
     "h"."privilege",
     "h"."group_name"
    FROM ("held" "h"
      JOIN "access"."class_relation" "t" ON (("h"."class_id" = "t"."class_id")))
   WHERE (("t"."class_id" = ANY ("wanted_grants"."p_classes")) AND (("t"."kind" = 'rows'::"text") OR (("t"."kind" = ANY (ARRAY['archive'::"text", 'link'::"text"])) AND ("h"."operation" = 'read'::"text"))))
 UNION
  SELECT "v"."relation",
     NULL::"name",
     "v"."privilege",
     "v"."group_name"
    FROM "class_view" "v"
   WHERE (("v"."hidden" = '{}'::bigint[]) OR ("v"."privilege" = 'DELETE'::"text"))
 UNION
  SELECT "v"."relation",
     "a"."attname",
     "v"."privilege",
     "v"."group_name"
    FROM (("class_view" "v"
      JOIN "meta"."api_view" "k" ON ((("v"."class_id" = "k"."object_id") AND ("k"."kind" =
         CASE "v"."kind"
             WHEN 'view'::"text" THEN 'class'::"text"
             ELSE 'all'::"text"
         END))))
      JOIN "pg_attribute" "a" ON (((("v"."relation")::"oid" = "a"."attrelid") AND ("a"."attnum" > 0) AND (NOT "a"."attisdropped"))))
   WHERE (("v"."hidden" <> '{}'::bigint[]) AND ("v"."privilege" <> 'DELETE'::"text") AND (NOT (EXISTS ( SELECT
            FROM "unnest"("v"."hidden") "h"("column_id")
           WHERE (("k"."columns"["a"."attnum"] = ('c'::"text" || "h"."column_id")) OR ("k"."columns"["a"."attnum"] ~~ (('c'::"text" || "h"."column_id") || '\_%'::"text")))))))
 UNION
  SELECT "to_regclass"("format"('api.%I'::"text", "k"."name")) AS "to_regclass",
     NULL::"name",
     'SELECT'::"text",
     "r"."group_name"
    FROM ("access"."effective_right" "r"
      JOIN "meta"."api_view" "k" ON ((("r"."query_id" = "k"."object_id") AND ("k"."kind" = 'query'::"text"))))
   WHERE (("r"."kind" = 'query'::"text") AND ("to_regclass"("format"('api.%I'::"text", "k"."name")) IS NOT NULL))
 UNION
  SELECT "f"."relation",
     NULL::"name",
     'SELECT'::"text",
     "h"."group_name"
    FROM ("held" "h"
      CROSS JOIN ( VALUES ('"core"."file"'::"regclass"), ('"core"."file_content"'::"regclass"), ("to_regclass"('api.file'::"text"))) "f"("relation"))
   WHERE (("f"."relation" IS NOT NULL) AND ("h"."operation" = 'read'::"text"));
END;
COMMENT ON FUNCTION "access"."wanted_grants"("p_classes" bigint[]) IS 'Privileges that group roles should have on relations of these classes, all queries and files; a null column means the whole relation.';
CREATE FUNCTION "access"."wanted_policies"("p_classes" bigint[]) RETURNS TABLE("relation" "regclass", "name" "text", "definition" "text", "note" "text")
    LANGUAGE "sql" STABLE
    BEGIN ATOMIC
 WITH "readable" AS (
          SELECT "r"."id",
             "r"."role_id",
             "r"."role",
             "r"."group_name",
             "r"."tables",
             "r"."model_id",
             "r"."kind",
             "r"."class_id",
             "r"."query_id",
             "r"."object",
             "r"."operation",
             "r"."structure_id",
             "r"."column_id",
             "r"."depth",
             "r"."hidden",
             COALESCE((("k"."definition" ->> 'multiple'::"text"))::boolean, false) AS "is_array"
            FROM ("access"."effective_right" "r"
              LEFT JOIN "meta"."class_column" "k" ON (("r"."column_id" = "k"."id")))
           WHERE (("r"."kind" = 'class'::"text") AND ("r"."operation" = ANY (ARRAY['read'::"text", 'insert'::"text", 'change'::"text", 'delete'::"text"])))
         ), "by_right" AS (
          SELECT "t"."relation",
             "r"."role_id",
             "r"."role",
             "r"."group_name",
             "r"."operation",
             "access"."scope_condition"("r"."structure_id", "r"."column_id", "r"."depth", "r"."is_array") AS "condition",
                 CASE
                     WHEN ("r"."structure_id" IS NULL) THEN 'every row'::"text"
                     ELSE "format"('rows by column c%s in structure %s, %s levels down'::"text", "r"."column_id", "r"."structure_id", "r"."depth")
                 END AS "note"
            FROM ("readable" "r"
              JOIN "access"."class_relation" "t" ON (("r"."class_id" = "t"."class_id")))
           WHERE (("t"."class_id" = ANY ("wanted_policies"."p_classes")) AND (("t"."kind" = 'rows'::"text") OR (("t"."kind" = 'archive'::"text") AND ("r"."operation" = 'read'::"text"))))
         ), "link" AS MATERIALIZED (
          SELECT "t"."class_id",
             "t"."kind",
             "t"."column_id",
             "t"."relation"
            FROM "access"."class_relation" "t"
           WHERE (("t"."kind" = 'link'::"text") AND (("t"."relation")::"oid" IN ( SELECT "o"."relation"
                    FROM "access"."class_relation" "o"
                   WHERE (("o"."kind" = 'link'::"text") AND ("o"."class_id" = ANY ("wanted_policies"."p_classes"))))))
         ), "by_link" AS (
          SELECT "t"."relation",
             "r"."role_id",
             "r"."role",
             "r"."group_name",
             'read'::"text" AS "operation",
                 CASE
                     WHEN ("count"(DISTINCT "r"."class_id") FILTER (WHERE ("r"."structure_id" IS NULL)) = ( SELECT "count"(*) AS "count"
                        FROM "link" "o"
                       WHERE (("o"."relation")::"oid" = ("t"."relation")::"oid"))) THEN 'true'::"text"
                     ELSE "string_agg"(DISTINCT "format"('exists (select from data.datarow_%s as r where r.id = row_id)'::"text", "r"."class_id"), ' or '::"text")
                 END AS "condition",
             'links of rows that may be read'::"text" AS "note"
            FROM ("readable" "r"
              JOIN "link" "t" ON (("r"."class_id" = "t"."class_id")))
           WHERE (("r"."operation" = 'read'::"text") AND ("t"."column_id" <> ALL ("r"."hidden")))
           GROUP BY "t"."relation", "r"."role_id", "r"."role", "r"."group_name"
         ), "by_file" AS (
          SELECT '"core"."file"'::"regclass" AS "relation",
             "r"."role_id",
             "r"."role",
             "r"."group_name",
             'read'::"text" AS "operation",
             "string_agg"(DISTINCT
                 CASE
                     WHEN COALESCE((("k"."definition" ->> 'multiple'::"text"))::boolean, false) THEN "format"('exists (select from data.link_%s as l where l.target_id = file.id)'::"text", "k"."id")
                     ELSE "format"('exists (select from data.datarow_%s as r where r.c%s = file.id)'::"text", "r"."class_id", "k"."id")
                 END, ' or '::"text") AS "condition",
             'files of rows that may be read'::"text" AS "note"
            FROM (("readable" "r"
              JOIN "meta"."ancestry" "a" ON (("r"."class_id" = "a"."class_id")))
              JOIN "meta"."class_column" "k" ON ((("a"."ancestor_id" = "k"."class_id") AND ("k"."type" = 'file'::"text"))))
           WHERE (("r"."operation" = 'read'::"text") AND ("k"."id" <> ALL ("r"."hidden")))
           GROUP BY "r"."role_id", "r"."role", "r"."group_name"
         ), "stated" AS (
          SELECT "p"."relation",
             "p"."role_id",
             "p"."role",
             "p"."group_name",
             "p"."operation",
             "p"."condition",
             "p"."note",
             "format"(
                 CASE "p"."operation"
                     WHEN 'read'::"text" THEN 'for select to %1$I using (%2$s)'::"text"
                     WHEN 'insert'::"text" THEN 'for insert to %1$I with check (%2$s)'::"text"
                     WHEN 'change'::"text" THEN 'for update to %1$I using (%2$s) with check (%2$s)'::"text"
                     WHEN 'delete'::"text" THEN 'for delete to %1$I using (%2$s)'::"text"
                     ELSE NULL::"text"
                 END, "p"."group_name", "p"."condition") AS "definition"
            FROM ( SELECT "by_right"."relation",
                     "by_right"."role_id",
                     "by_right"."role",
                     "by_right"."group_name",
                     "by_right"."operation",
                     "by_right"."condition",
                     "by_right"."note"
                    FROM "by_right"
                 UNION
                  SELECT "by_link"."relation",
                     "by_link"."role_id",
                     "by_link"."role",
                     "by_link"."group_name",
                     "by_link"."operation",
                     "by_link"."condition",
                     "by_link"."note"
                    FROM "by_link"
                 UNION
                  SELECT "by_file"."relation",
                     "by_file"."role_id",
                     "by_file"."role",
                     "by_file"."group_name",
                     "by_file"."operation",
                     "by_file"."condition",
                     "by_file"."note"
                    FROM "by_file") "p"
         )
  SELECT "s"."relation",
     "format"('role_%s_%s_%s'::"text", "s"."role_id", "s"."operation", "left"("md5"("s"."definition"), 12)) AS "format",
     "s"."definition",
     "format"('Role %s: %s %s. Generated.'::"text", "s"."role", "s"."operation", "s"."note") AS "format"
    FROM "stated" "s";
END;
COMMENT ON FUNCTION "access"."wanted_policies"("p_classes" bigint[]) IS 'Policies that tables of these classes and core.file should have: name, definition after "create policy ... on ...", comment.';
CREATE FUNCTION "flow"."complete_assignment"("p_id" bigint, "p_outcome" "text" DEFAULT 'done'::"text", "p_variables" "jsonb" DEFAULT '{}'::"jsonb") RETURNS "void"
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_account constant text := access.current_account();
  v_assignment flow.assignment;
  v_outcomes jsonb;
begin
  -- The instance first, as everywhere.
  perform from flow.instance as i
  inner join flow.assignment as a on i.id = a.instance_id
  where a.id = p_id
  for update of i;
  select a.* into v_assignment from flow.assignment as a where a.id = p_id for update;
  if not found or v_assignment.state <> 'open' then
    raise exception 'task % is not open', p_id
      using errcode = 'PG518', hint = 'api.my_tasks() lists the open tasks.';
  elsif not exists (
    select
    from unnest(v_assignment.deputies || array[v_assignment.assignee, 'pgears_admin']) as n (name)
    left join pg_roles as r on n.name = r.rolname
    where n.name = v_account or pg_has_role(v_account, r.oid, 'member')
  ) then
    raise exception 'task % is assigned to %', p_id, v_assignment.assignee
      using errcode = 'PG515', hint = 'The assignee, a member of the role assigned or a deputy completes it.';
  end if;
  select v.steps -> coalesce(b.step, '') -> 'outcomes' into v_outcomes
  from flow.branch as b
  inner join flow.instance as i on b.instance_id = i.id
  inner join flow.workflow_version as v on i.workflow_id = v.workflow_id and i.version = v.version
  where b.id = v_assignment.branch_id;
  if v_outcomes is not null and not v_outcomes ? coalesce(p_outcome, '') then
    raise exception 'task % cannot end as "%"', p_id, p_outcome
      using errcode = 'PG519', hint = 'Outcomes: ' || (select string_agg(o.key, ', ' order by o.key) from jsonb_object_keys(v_outcomes) as o (key)) || '.';
  end if;
  update flow.assignment as a
  set state = 'completed', outcome = p_outcome, completed = core.now(), completed_by = v_account
  where a.id = p_id;
  perform flow.wake_branch(
    v_assignment.branch_id, jsonb_build_object('outcome', p_outcome, 'variables', coalesce(p_variables, '{}'), 'by', v_account)
  );
end;
$$;
COMMENT ON FUNCTION "flow"."complete_assignment"("p_id" bigint, "p_outcome" "text", "p_variables" "jsonb") IS 'Complete a task of a workflow. Raises PG515, PG518, PG519.';
CREATE FUNCTION "api"."complete_task"("id" bigint, "outcome" "text" DEFAULT 'done'::"text", "variables" "jsonb" DEFAULT '{}'::"jsonb") RETURNS "void"
    LANGUAGE "sql"
    BEGIN ATOMIC
 SELECT "flow"."complete_assignment"("id", "outcome", "variables") AS "complete_assignment";
END;
COMMENT ON FUNCTION "api"."complete_task"("id" bigint, "outcome" "text", "variables" "jsonb") IS 'Complete a task of a workflow. Raises PG515, PG518, PG519.';
CREATE TABLE "flow"."assignment" (
    "id" bigint NOT NULL,
    "instance_id" bigint NOT NULL,
    "branch_id" bigint NOT NULL,
    "step" "text" NOT NULL,
    "subject" "text" NOT NULL,
    "assignee" "text" NOT NULL,
    "deputies" "text"[] DEFAULT '{}'::"text"[] NOT NULL,
    "deadline" timestamp with time zone,
    "state" "text" DEFAULT 'open'::"text" NOT NULL,
    "outcome" "text",
    "created" timestamp with time zone NOT NULL,
    "completed" timestamp with time zone,
    "completed_by" "text",
    CONSTRAINT "assignment_state_check" CHECK (("state" = ANY (ARRAY['open'::"text", 'completed'::"text", 'late'::"text", 'cancelled'::"text"])))
);
COMMENT ON TABLE "flow"."assignment" IS 'Tasks for people that workflows wait for.';
COMMENT ON COLUMN "flow"."assignment"."assignee" IS 'Account, or a role of PostgreSQL whose members may complete it.';
CREATE TABLE "flow"."instance" (
    "id" bigint NOT NULL,
    "workflow_id" bigint NOT NULL,
    "version" integer NOT NULL,
    "state" smallint DEFAULT 0 NOT NULL,
    "class_id" bigint,
    "record_id" bigint,
    "variables" "jsonb" DEFAULT '{}'::"jsonb" NOT NULL,
    "key" "text",
    "parent_branch_id" bigint,
    "depth" integer DEFAULT 0 NOT NULL,
    "steps" integer DEFAULT 0 NOT NULL,
    "starter" "text" NOT NULL,
    "started" timestamp with time zone NOT NULL,
    "ended" timestamp with time zone,
    "error" "text",
    CONSTRAINT "instance_state_check" CHECK (("state" = ANY (ARRAY[0, 1, 2, 3, 6])))
);
COMMENT ON TABLE "flow"."instance" IS 'Runs of workflows.';
COMMENT ON COLUMN "flow"."instance"."state" IS '0 running, 1 finished, 2 cancelled, 3 failed, 6 paused.';
COMMENT ON COLUMN "flow"."instance"."key" IS 'Given by whoever starts it: a second start with the same key is the same instance.';
COMMENT ON COLUMN "flow"."instance"."parent_branch_id" IS 'Branch of another instance that waits for this one.';
COMMENT ON COLUMN "flow"."instance"."steps" IS 'Steps done; more than 100,000 are taken for a circle.';
CREATE TABLE "flow"."workflow" (
    "id" bigint NOT NULL,
    "model_id" bigint NOT NULL,
    "code" "text" NOT NULL,
    "class_id" bigint,
    "version" integer DEFAULT 1 NOT NULL,
    "enabled" boolean DEFAULT true NOT NULL,
    "definition" "jsonb" NOT NULL
);
COMMENT ON TABLE "flow"."workflow" IS 'Workflows of models.';
COMMENT ON COLUMN "flow"."workflow"."version" IS 'Version that new instances run.';
COMMENT ON COLUMN "flow"."workflow"."definition" IS 'Keys of the model file without class and steps.';
CREATE FUNCTION "api"."my_tasks"() RETURNS TABLE("id" bigint, "subject" "text", "workflow" "text", "instance" bigint, "record" bigint, "assignee" "text", "deadline" timestamp with time zone, "created" timestamp with time zone)
    LANGUAGE "sql" STABLE SECURITY DEFINER
    BEGIN ATOMIC
 SELECT "a"."id",
     "a"."subject",
     (("m"."code" || '.'::"text") || "w"."code"),
     "i"."id",
     "i"."record_id",
     "a"."assignee",
     "a"."deadline",
     "a"."created"
    FROM ((("flow"."assignment" "a"
      JOIN "flow"."instance" "i" ON (("a"."instance_id" = "i"."id")))
      JOIN "flow"."workflow" "w" ON (("i"."workflow_id" = "w"."id")))
      JOIN "meta"."model" "m" ON (("w"."model_id" = "m"."id")))
   WHERE (("a"."state" = 'open'::"text") AND (EXISTS ( SELECT
            FROM ("unnest"(("a"."deputies" || ARRAY["a"."assignee"])) "n"("name")
              LEFT JOIN "pg_roles" "r" ON (("n"."name" = "r"."rolname")))
           WHERE (("n"."name" = "access"."current_account"()) OR "pg_has_role"(("access"."current_account"())::"name", "r"."oid", 'member'::"text")))))
   ORDER BY "a"."deadline", "a"."id";
END;
COMMENT ON FUNCTION "api"."my_tasks"() IS 'Open tasks that the caller, as assignee, member of a role assigned, or deputy, may complete.';
CREATE FUNCTION "flow"."raise_event"("p_code" "text", "p_scope" "text" DEFAULT 'global'::"text", "p_id" bigint DEFAULT 0, "p_payload" "jsonb" DEFAULT '{}'::"jsonb", "p_keep" interval DEFAULT '30 days'::interval) RETURNS integer
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_now constant timestamptz := core.now();
  v_id constant bigint := case when p_scope = 'global' then 0 else p_id end;
  v_payload constant jsonb := coalesce(p_payload, '{}');
  v_branches bigint[];
begin
  if p_scope is null or p_scope not in ('instance', 'workflow', 'global') or coalesce(p_code, '') = '' or v_id is null then
    raise exception 'an event has a code, and the scope global, or instance or workflow with its id'
      using errcode = 'PG516', hint = 'Such as api.raise_event(''paid-17''), or api.raise_event(''paid'', ''instance'', 17).';
  end if;
  perform flow.lock_event(p_scope, v_id, p_code);
  with woken as (
    update flow.branch as b
    set waits_for = null, woken = true, result = v_payload, turn = b.turn + 1
    where b.waits_for = 'event' and b.scope = p_scope and b.scope_id = v_id and b.event_code = p_code
    returning b.id, b.instance_id, b.turn, b.timer_id
  ),
  withdrawn as (
    delete from queue.task as t using woken as w where t.id = w.timer_id and t.state = 'delayed'
  ),
  enqueued as (
    insert into queue.task (kind, payload)
    select 'workflow.step', jsonb_build_object('branch', w.id, 'turn', w.turn)
    from woken as w
    inner join flow.instance as i on w.instance_id = i.id
    where i.state = 0
  )
  select array_agg(w.id) into v_branches from woken as w;
  if v_branches is null then
    delete from flow.event as e
    where e.scope = p_scope and e.scope_id = v_id and e.code = p_code and e.taken is null and e.keep_until <= v_now;
    insert into flow.event (scope, scope_id, code, payload, raised, keep_until)
    values (p_scope, v_id, p_code, v_payload, v_now, v_now + p_keep)
    on conflict (scope, scope_id, code) where taken is null do nothing;
    return 0;
  end if;
  insert into flow.event (scope, scope_id, code, payload, raised, keep_until, taken, woken)
  values (p_scope, v_id, p_code, v_payload, v_now, v_now + p_keep, v_now, cardinality(v_branches));
  perform queue.ring();
  return cardinality(v_branches);
end;
$$;
COMMENT ON FUNCTION "flow"."raise_event"("p_code" "text", "p_scope" "text", "p_id" bigint, "p_payload" "jsonb", "p_keep" interval) IS 'Raise an event and give the number of branches that go on by it; with 0 it is kept for p_keep. Raises PG516.';
CREATE FUNCTION "api"."raise_event"("code" "text", "scope" "text" DEFAULT 'global'::"text", "id" bigint DEFAULT 0, "payload" "jsonb" DEFAULT '{}'::"jsonb") RETURNS integer
    LANGUAGE "sql"
    BEGIN ATOMIC
 SELECT "flow"."raise_event"("code", "scope", "id", "payload") AS "raise_event";
END;
COMMENT ON FUNCTION "api"."raise_event"("code" "text", "scope" "text", "id" bigint, "payload" "jsonb") IS 'Raise an event (scope global, instance or workflow) and give the number of branches that go on by it; with 0 it is kept. Raises PG516.';
CREATE FUNCTION "queue"."enqueue"("p_kind" "text", "p_payload" "jsonb" DEFAULT '{}'::"jsonb", "p_due" timestamp with time zone DEFAULT NULL::timestamp with time zone, "p_lane" smallint DEFAULT 1) RETURNS bigint
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_id bigint;
  v_delayed constant boolean := p_due is not null and p_due > core.now();
begin
  if not exists (select from queue.kind as k where k.kind = p_kind) then
    raise exception 'there is no kind of task "%"', p_kind
      using errcode = 'PG301', hint = 'Register it with queue.register_kind().';
  end if;
  insert into queue.task (kind, payload, lane, state, due)
  values (
    p_kind, coalesce(p_payload, '{}'), p_lane,
    case when v_delayed then 'delayed' else 'ready' end,
    case when v_delayed then p_due end
  )
  returning id into v_id;
  if not v_delayed then
    perform queue.ring();
  end if;
  return v_id;
end;
$$;
COMMENT ON FUNCTION "queue"."enqueue"("p_kind" "text", "p_payload" "jsonb", "p_due" timestamp with time zone, "p_lane" smallint) IS 'Store a task and give its id; with p_due it waits until then. Raises PG301 for an unknown kind.';
CREATE FUNCTION "replica"."subscription_id"("p_name" "text") RETURNS bigint
    LANGUAGE "plpgsql" STABLE SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_ids constant bigint[] := array(
    select s.id
    from replica.subscription as s
    inner join meta.model as m on s.model_id = m.id
    where p_name in (s.code, m.code || '.' || s.code)
    order by s.id
  );
begin
  if cardinality(v_ids) <> 1 then
    raise exception '% subscriptions are named "%"', case when v_ids = '{}' then 'no' else 'several' end, p_name
      using errcode = 'PG106', hint = '"pgears replicate status" shows them; write model.subscription.';
  end if;
  return v_ids[1];
end;
$$;
COMMENT ON FUNCTION "replica"."subscription_id"("p_name" "text") IS 'Id of a subscription by its name. Raises PG106 unless there is exactly one.';
CREATE TABLE "replica"."subscription" (
    "id" bigint NOT NULL,
    "model_id" bigint NOT NULL,
    "code" "text" NOT NULL,
    "enabled" boolean DEFAULT true NOT NULL,
    "peer" "text" NOT NULL,
    "policy" "text" NOT NULL,
    "rules" boolean DEFAULT false NOT NULL,
    "definition" "jsonb" NOT NULL,
    "instance" "text",
    "epoch" "text",
    "transaction_id" "xid8",
    "position" bigint DEFAULT 0 NOT NULL,
    "piece" bigint DEFAULT 0 NOT NULL,
    "lease_token" "uuid",
    "lease_until" timestamp with time zone,
    "contacted" timestamp with time zone,
    "caught_up" timestamp with time zone,
    "behind" bigint,
    "applied" bigint DEFAULT 0 NOT NULL,
    "error" "text",
    "failed" timestamp with time zone,
    CONSTRAINT "subscription_policy_check" CHECK (("policy" = ANY (ARRAY['newer'::"text", 'source'::"text", 'target'::"text", 'manual'::"text"])))
);
COMMENT ON TABLE "replica"."subscription" IS 'What this instance reads from a peer and how far it has read the feed there.';
COMMENT ON COLUMN "replica"."subscription"."peer" IS 'Code of a peer; while this instance has none of it, the subscription rests.';
COMMENT ON COLUMN "replica"."subscription"."epoch" IS 'Server and database of the peer: after it was restored elsewhere, its positions mean nothing.';
COMMENT ON COLUMN "replica"."subscription"."piece" IS 'With transaction_id and position: the last row read within that change. Moved in the transaction that keeps the rows.';
COMMENT ON COLUMN "replica"."subscription"."caught_up" IS 'When the peer last had nothing more.';
COMMENT ON COLUMN "replica"."subscription"."behind" IS 'Changed rows that the peer had beyond the last batch.';
CREATE FUNCTION "replica"."request"("p_name" "text") RETURNS bigint
    LANGUAGE "sql" SECURITY DEFINER
    BEGIN ATOMIC
 SELECT "queue"."enqueue"('replicate'::"text", "jsonb_build_object"('subscription', (("m"."code" || '.'::"text") || "s"."code"))) AS "enqueue"
    FROM ("replica"."subscription" "s"
      JOIN "meta"."model" "m" ON (("s"."model_id" = "m"."id")))
   WHERE ("s"."id" = "replica"."subscription_id"("request"."p_name"));
END;
COMMENT ON FUNCTION "replica"."request"("p_name" "text") IS 'Task that reads a subscription until nothing is left. Raises PG106.';
CREATE FUNCTION "api"."replicate"("code" "text") RETURNS bigint
    LANGUAGE "sql"
    BEGIN ATOMIC
 SELECT "replica"."request"("code") AS "request";
END;
COMMENT ON FUNCTION "api"."replicate"("code" "text") IS 'Have a runner read a subscription until nothing is left; gives the number of the task. Raises PG106.';
CREATE FUNCTION "flow"."run_script"("p_code" "text", "p_parameters" "jsonb" DEFAULT '{}'::"jsonb", "p_dry_run" boolean DEFAULT false) RETURNS "jsonb"
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_script constant bigint := flow.script_id(p_code);
  v_source constant text := core.source();
  v_result jsonb;
begin
  begin
    if v_source = 'sql' then
      perform core.set_source('script');
    end if;
    v_result := flow.execute_script(v_script, jsonb_build_object('parameters', coalesce(p_parameters, '{}'), 'dry_run', p_dry_run));
    if p_dry_run then
      raise exception 'dry run' using errcode = 'PGDRY', hint = 'Caught below: what the script wrote is undone.';
    end if;
  exception
    when sqlstate 'PGDRY' then
      return v_result;
  end;
  if v_source = 'sql' then
    perform core.set_source('sql');
  end if;
  return v_result;
end;
$$;
COMMENT ON FUNCTION "flow"."run_script"("p_code" "text", "p_parameters" "jsonb", "p_dry_run" boolean) IS 'Run a script with parameters and give its result. Raises PG501 to PG503, and what the script raises.';
CREATE FUNCTION "api"."run_script"("code" "text", "parameters" "jsonb" DEFAULT '{}'::"jsonb", "dry_run" boolean DEFAULT false) RETURNS "jsonb"
    LANGUAGE "sql"
    BEGIN ATOMIC
 SELECT "flow"."run_script"("code", "parameters", "dry_run") AS "run_script";
END;
COMMENT ON FUNCTION "api"."run_script"("code" "text", "parameters" "jsonb", "dry_run" boolean) IS 'Run a script and give its result; a dry run undoes what it wrote. Raises PG501 to PG503, and what the script raises.';
CREATE FUNCTION "api"."send_mail"("p_to" "text", "p_subject" "text", "p_body" "text", "p_cc" "text" DEFAULT NULL::"text", "p_bcc" "text" DEFAULT NULL::"text", "p_reply_to" "text" DEFAULT NULL::"text", "p_html" "text" DEFAULT NULL::"text", "p_account" "text" DEFAULT NULL::"text", "p_as_one" boolean DEFAULT true) RETURNS bigint[]
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  return mail.send(
    p_to => p_to, p_cc => p_cc, p_bcc => p_bcc, p_reply_to => p_reply_to, p_account => p_account,
    p_subject => p_subject, p_body => p_body, p_html => p_html, p_as_one => p_as_one
  );
end;
$$;
COMMENT ON FUNCTION "api"."send_mail"("p_to" "text", "p_subject" "text", "p_body" "text", "p_cc" "text", "p_bcc" "text", "p_reply_to" "text", "p_html" "text", "p_account" "text", "p_as_one" boolean) IS 'Store a mail to be sent after the commit; lists of recipients are separated by semicolons. Raises PG401 to PG404.';
CREATE FUNCTION "flow"."start_instance"("p_workflow" bigint, "p_class" bigint DEFAULT NULL::bigint, "p_record" bigint DEFAULT NULL::bigint, "p_variables" "jsonb" DEFAULT '{}'::"jsonb", "p_key" "text" DEFAULT NULL::"text", "p_parent_branch" bigint DEFAULT NULL::bigint) RETURNS bigint
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_workflow record;
  v_id bigint;
  v_branch bigint;
begin
  select w.*, m.code || '.' || w.code as name, v.steps into strict v_workflow
  from flow.workflow as w
  inner join meta.model as m on w.model_id = m.id
  inner join flow.workflow_version as v on w.id = v.workflow_id and w.version = v.version
  where w.id = p_workflow;
  if not v_workflow.enabled then
    raise exception 'workflow % is switched off', v_workflow.name
      using errcode = 'PG503', hint = 'Enable it in its model file.';
  elsif v_workflow.class_id is not null and v_workflow.class_id <> p_class
    and not exists (select from meta.ancestry as a where a.class_id = p_class and a.ancestor_id = v_workflow.class_id)
  then
    raise exception 'workflow % is not about rows of %', v_workflow.name, meta.class_path(p_class)
      using errcode = 'PG512', hint = 'Start it for a row of its own class.';
  end if;
  insert into flow.instance (workflow_id, version, class_id, record_id, variables, key, parent_branch_id, depth, starter, started)
  values (
    p_workflow, v_workflow.version, case when p_record is not null then coalesce(p_class, v_workflow.class_id) end, p_record,
    coalesce(v_workflow.definition -> 'variables', '{}') || coalesce(p_variables, '{}'),
    p_key, p_parent_branch, coalesce(nullif(current_setting('pgears.rule_depth', true), ''), '0')::integer,
    access.current_account(), core.now()
  )
  on conflict (workflow_id, key) where key is not null do nothing
  returning id into v_id;
  if v_id is null then
    return (select i.id from flow.instance as i where i.workflow_id = p_workflow and i.key = p_key);
  end if;
  insert into flow.branch (instance_id, step, since)
  values (v_id, (select s.key from jsonb_each(v_workflow.steps) as s where s.value ->> 'kind' = 'start'), core.now())
  returning id into v_branch;
  perform flow.enqueue_branch(v_branch, 1);
  return v_id;
end;
$$;
COMMENT ON FUNCTION "flow"."start_instance"("p_workflow" bigint, "p_class" bigint, "p_record" bigint, "p_variables" "jsonb", "p_key" "text", "p_parent_branch" bigint) IS 'Start a workflow and give the id of the instance; with a key that is known, of the one there is. Raises PG503, PG512.';
CREATE FUNCTION "flow"."workflow_id"("p_code" "text", "p_model" bigint DEFAULT NULL::bigint) RETURNS bigint
    LANGUAGE "plpgsql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_ids bigint[];
begin
  v_ids := array(
    select w.id
    from flow.workflow as w
    inner join meta.model as m on w.model_id = m.id
    where case when p_code like '%.%' then m.code || '.' || w.code = p_code else w.code = p_code and (p_model is null or w.model_id = p_model) end
  );
  if cardinality(v_ids) <> 1 then
    raise exception 'there is % workflow "%"', case cardinality(v_ids) when 0 then 'no' else 'more than one' end, p_code
      using errcode = 'PG510', hint = 'Name it as model.code; "pgears workflow list" shows the workflows.';
  end if;
  return v_ids[1];
end;
$$;
COMMENT ON FUNCTION "flow"."workflow_id"("p_code" "text", "p_model" bigint) IS 'Id of a workflow by model.code or code. Raises PG510.';
CREATE FUNCTION "flow"."start_workflow"("p_code" "text", "p_record" bigint DEFAULT NULL::bigint, "p_variables" "jsonb" DEFAULT '{}'::"jsonb", "p_key" "text" DEFAULT NULL::"text") RETURNS bigint
    LANGUAGE "sql" SECURITY DEFINER
    BEGIN ATOMIC
 SELECT "flow"."start_instance"("flow"."workflow_id"("p_code"), NULL::bigint, "p_record", "p_variables", "p_key") AS "start_instance";
END;
COMMENT ON FUNCTION "flow"."start_workflow"("p_code" "text", "p_record" bigint, "p_variables" "jsonb", "p_key" "text") IS 'Start a workflow and give the id of the instance. Raises PG503, PG510, PG512.';
CREATE FUNCTION "api"."start_workflow"("code" "text", "id" bigint DEFAULT NULL::bigint, "variables" "jsonb" DEFAULT '{}'::"jsonb", "key" "text" DEFAULT NULL::"text") RETURNS bigint
    LANGUAGE "sql"
    BEGIN ATOMIC
 SELECT "flow"."start_workflow"("code", "id", "variables", "key") AS "start_workflow";
END;
COMMENT ON FUNCTION "api"."start_workflow"("code" "text", "id" bigint, "variables" "jsonb", "key" "text") IS 'Start a workflow and give the id of the instance; the same key is the same instance. Raises PG503, PG510, PG512.';
CREATE FUNCTION "flow"."state_name"("p_state" smallint) RETURNS "text"
    LANGUAGE "sql" IMMUTABLE
    BEGIN ATOMIC
 SELECT
         CASE "p_state"
             WHEN 0 THEN 'running'::"text"
             WHEN 1 THEN 'finished'::"text"
             WHEN 2 THEN 'cancelled'::"text"
             WHEN 3 THEN 'failed'::"text"
             WHEN 6 THEN 'paused'::"text"
             ELSE NULL::"text"
         END AS "case";
END;
COMMENT ON FUNCTION "flow"."state_name"("p_state" smallint) IS '0 running, 1 finished, 2 cancelled, 3 failed, 6 paused.';
CREATE TABLE "flow"."branch" (
    "id" bigint NOT NULL,
    "instance_id" bigint NOT NULL,
    "parent_id" bigint,
    "step" "text" NOT NULL,
    "turn" integer DEFAULT 1 NOT NULL,
    "attempts" integer DEFAULT 0 NOT NULL,
    "waits_for" "text",
    "woken" boolean DEFAULT false NOT NULL,
    "late" boolean DEFAULT false NOT NULL,
    "result" "jsonb",
    "scope" "text",
    "scope_id" bigint,
    "event_code" "text",
    "until" timestamp with time zone,
    "timer_id" bigint,
    "since" timestamp with time zone NOT NULL,
    CONSTRAINT "branch_waits_for_check" CHECK (("waits_for" = ANY (ARRAY['event'::"text", 'timer'::"text", 'person'::"text", 'workflow'::"text", 'branches'::"text"])))
)
WITH ("fillfactor"='80');
COMMENT ON TABLE "flow"."branch" IS 'Open branches of instances: what is to be done next, or what is waited for.';
COMMENT ON COLUMN "flow"."branch"."turn" IS 'Grows whenever the branch goes on; a task or timer of a former turn does nothing.';
COMMENT ON COLUMN "flow"."branch"."woken" IS 'What the step waited for has come: "result" has it, or "late" says that the deadline came first.';
COMMENT ON COLUMN "flow"."branch"."timer_id" IS 'Delayed task of the queue that ends the wait.';
CREATE FUNCTION "api"."workflow_state"("id" bigint) RETURNS "jsonb"
    LANGUAGE "sql" STABLE SECURITY DEFINER
    BEGIN ATOMIC
 SELECT "jsonb_build_object"('id', "i"."id", 'workflow', (("m"."code" || '.'::"text") || "w"."code"), 'version', "i"."version", 'state', "i"."state", 'name', "flow"."state_name"("i"."state"), 'class', "meta"."class_path"("i"."class_id"), 'record', "i"."record_id", 'variables', "i"."variables", 'started', "i"."started", 'ended', "i"."ended", 'error', "i"."error", 'open', ( SELECT COALESCE("jsonb_agg"("jsonb_build_object"('step', "b"."step", 'waits_for', "b"."waits_for", 'until', "b"."until", 'event', "b"."event_code", 'attempts', "b"."attempts") ORDER BY "b"."id"), '[]'::"jsonb") AS "coalesce"
            FROM "flow"."branch" "b"
           WHERE ("b"."instance_id" = "i"."id"))) AS "jsonb_build_object"
    FROM (("flow"."instance" "i"
      JOIN "flow"."workflow" "w" ON (("i"."workflow_id" = "w"."id")))
      JOIN "meta"."model" "m" ON (("w"."model_id" = "m"."id")))
   WHERE ("i"."id" = "workflow_state"."id");
END;
COMMENT ON FUNCTION "api"."workflow_state"("id" bigint) IS 'State (0 running, 1 finished, 2 cancelled, 3 failed, 6 paused), variables and open branches of an instance; null when there is none.';
CREATE TABLE "core"."upload_piece" (
    "upload" "uuid" NOT NULL,
    "position" bigint NOT NULL,
    "content" "bytea" NOT NULL,
    "created" timestamp with time zone DEFAULT "now"() NOT NULL
);
ALTER TABLE ONLY "core"."upload_piece" ALTER COLUMN "content" SET STORAGE EXTERNAL;
COMMENT ON TABLE "core"."upload_piece" IS 'Pieces of files that are being uploaded; what is not finished within a day goes.';
CREATE FUNCTION "core"."append_file"("p_upload" "uuid", "p_content" "bytea") RETURNS "void"
    LANGUAGE "sql" SECURITY DEFINER
    BEGIN ATOMIC
 INSERT INTO "core"."upload_piece" ("upload", "content")
   VALUES ("append_file"."p_upload", "append_file"."p_content");
END;
COMMENT ON FUNCTION "core"."append_file"("p_upload" "uuid", "p_content" "bytea") IS 'Add a piece to an upload, in the order of the calls.';
CREATE FUNCTION "core"."check_source"() RETURNS "void"
    LANGUAGE "plpgsql" STABLE SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  if core.source() = 'sql' then
    return;
  end if;
  if current_setting('pgears.source_seal', true) is distinct from core.source_seal(core.source()) then
    raise exception 'the data source mark "%" is not genuine', core.source()
      using errcode = 'PG201',
            hint = 'Do not set pgears.source; the service marks its transactions with core.set_source.';
  end if;
end;
$$;
COMMENT ON FUNCTION "core"."check_source"() IS 'Do nothing, or raise PG201 when the transaction''s data source mark was forged.';
CREATE TABLE "core"."setting" (
    "code" "text" NOT NULL,
    "value" "jsonb" NOT NULL,
    "note" "text",
    CONSTRAINT "setting_code_check" CHECK (("code" ~ '^[a-z][a-z0-9_.]*$'::"text")),
    CONSTRAINT "setting_environment_check" CHECK ((("code" <> 'environment'::"text") OR ("value" = ANY (ARRAY['"production"'::"jsonb", '"acceptance"'::"jsonb", '"test"'::"jsonb", '"development"'::"jsonb"]))))
);
COMMENT ON TABLE "core"."setting" IS 'Settings of the instance itself, one row each.';
COMMENT ON COLUMN "core"."setting"."note" IS 'What the setting is for, for people.';
CREATE FUNCTION "core"."environment"() RETURNS "text"
    LANGUAGE "sql" STABLE SECURITY DEFINER PARALLEL SAFE
    BEGIN ATOMIC
 SELECT ("s"."value" #>> '{}'::"text"[])
    FROM "core"."setting" "s"
   WHERE ("s"."code" = 'environment'::"text");
END;
COMMENT ON FUNCTION "core"."environment"() IS 'Environment class of the instance.';
CREATE FUNCTION "core"."finish_file"("p_upload" "uuid", "p_name" "text", "p_media_type" "text") RETURNS bigint
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_id bigint;
begin
  v_id := core.store_file(
    p_name, p_media_type,
    coalesce((select string_agg(u.content, '' order by u.position) from core.upload_piece as u where u.upload = p_upload), '')
  );
  delete from core.upload_piece as u where u.upload = p_upload;
  return v_id;
end;
$$;
COMMENT ON FUNCTION "core"."finish_file"("p_upload" "uuid", "p_name" "text", "p_media_type" "text") IS 'Number of a new file made of the pieces of an upload.';
CREATE FUNCTION "core"."integration"() RETURNS boolean
    LANGUAGE "sql" STABLE SECURITY DEFINER PARALLEL SAFE
    BEGIN ATOMIC
 SELECT (COALESCE(( SELECT "s"."value"
            FROM "core"."setting" "s"
           WHERE ("s"."code" = 'integration'::"text")), 'true'::"jsonb") = 'true'::"jsonb");
END;
COMMENT ON FUNCTION "core"."integration"() IS 'Whether the integration switch is on.';
CREATE TABLE "core"."clock" (
    "id" boolean DEFAULT true NOT NULL,
    "ahead" interval DEFAULT '00:00:00'::interval NOT NULL,
    CONSTRAINT "clock_id_check" CHECK ("id")
);
COMMENT ON TABLE "core"."clock" IS 'One row: how far core.now() is ahead of now(). Other than 0 only in test and development.';
CREATE FUNCTION "core"."now"() RETURNS timestamp with time zone
    LANGUAGE "sql" STABLE PARALLEL SAFE
    BEGIN ATOMIC
 SELECT ("now"() + ( SELECT "c"."ahead"
            FROM "core"."clock" "c"));
END;
COMMENT ON FUNCTION "core"."now"() IS 'The instance''s time: now(), unless core.set_clock moved it.';
CREATE TABLE "core"."parameter" (
    "code" "text" NOT NULL,
    "value" "text",
    "note" "text",
    CONSTRAINT "parameter_code_check" CHECK (("code" ~ '^[a-z][a-z0-9_.-]*$'::"text"))
);
COMMENT ON TABLE "core"."parameter" IS 'Parameters that models and scripts read as app.par.<code>.';
CREATE FUNCTION "core"."parameter"("p_code" "text") RETURNS "text"
    LANGUAGE "sql" STABLE SECURITY DEFINER PARALLEL SAFE
    BEGIN ATOMIC
 SELECT "p"."value"
    FROM "core"."parameter" "p"
   WHERE ("p"."code" = "parameter"."p_code");
END;
COMMENT ON FUNCTION "core"."parameter"("p_code" "text") IS 'Value of an instance parameter, null when it is not set.';
CREATE FUNCTION "core"."prune_files"("p_limit" integer DEFAULT 1000) RETURNS integer
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_file core.file;
  v_count integer := 0;
begin
  for v_file in
    select f.*
    from core.file as f
    where f.removed is not null
    order by f.removed
    limit p_limit
    for update skip locked
  loop
    begin
      delete from core.file as f where f.id = v_file.id;
      -- Deleted and put back without its content: so whatever else refers to it has a say.
      if v_file.removal = 'content' then
        insert into core.file (id, uid, name, media_type, size, sha256, created, creator)
        overriding system value
        values (v_file.id, v_file.uid, v_file.name, v_file.media_type, v_file.size, null, v_file.created, v_file.creator);
      end if;
      delete from core.file_content as c
      where c.sha256 = v_file.sha256 and not exists (select from core.file as f where f.sha256 = c.sha256);
      v_count := v_count + 1;
    exception
      when foreign_key_violation then
        update core.file as f set removed = null where f.id = v_file.id;
    end;
  end loop;
  delete from core.upload_piece as u where u.created < now() - interval '1 day';
  return v_count;
end;
$$;
COMMENT ON FUNCTION "core"."prune_files"("p_limit" integer) IS 'Delete files and contents that columns let go of; gives their number.';
CREATE FUNCTION "core"."read_file"("p_file" bigint, "p_offset" bigint DEFAULT 0, "p_length" integer DEFAULT 1048576) RETURNS "bytea"
    LANGUAGE "sql" STABLE SECURITY DEFINER
    BEGIN ATOMIC
 SELECT SUBSTRING("c"."content" FROM (("read_file"."p_offset" + 1))::integer FOR "read_file"."p_length") AS "substring"
    FROM ("core"."file" "f"
      JOIN "core"."file_content" "c" ON (("f"."sha256" = "c"."sha256")))
   WHERE ("f"."id" = "read_file"."p_file");
END;
COMMENT ON FUNCTION "core"."read_file"("p_file" bigint, "p_offset" bigint, "p_length" integer) IS 'Up to p_length bytes of a file from p_offset on; empty behind its end, null without the file.';
CREATE FUNCTION "core"."set_blocked_suffixes"("p_entries" "text"[]) RETURNS "void"
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_wrong constant text := (
    select e.entry
    from unnest(p_entries) as e (entry)
    where e.entry is null or e.entry !~ '^[^.:[:space:]]+(:([*]|[a-z][a-z0-9_-]*([.][a-z][a-z0-9_-]*){0,2}))?$'
    limit 1
  );
begin
  if v_wrong is not null then
    raise exception '"%" says no suffix that could be blocked', v_wrong
      using errcode = 'PG430', hint = 'Write exe, exe:*, exe:model, exe:model.class or exe:model.class.column.';
  end if;
  delete from core.setting as s where s.code = 'files.blocked';
  insert into core.setting (code, value, note)
  select 'files.blocked', to_jsonb(array(select lower(e.entry) from unnest(p_entries) as e (entry))), 'Suffixes that files must not have.'
  where cardinality(p_entries) > 0;
end;
$_$;
COMMENT ON FUNCTION "core"."set_blocked_suffixes"("p_entries" "text"[]) IS 'Block suffixes of files; an empty list blocks none. Raises PG430.';
CREATE FUNCTION "core"."set_clock"("p_at" timestamp with time zone) RETURNS "void"
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  if p_at is not null and core.environment() not in ('test', 'development') then
    raise exception 'the clock of a % instance cannot be set', core.environment()
      using errcode = 'PG002', hint = 'Set the clock in an instance of environment test or development.';
  end if;
  update core.clock set ahead = coalesce(p_at - now(), interval '0');
end;
$$;
COMMENT ON FUNCTION "core"."set_clock"("p_at" timestamp with time zone) IS 'Let core.now() go on from p_at; null means real time. Raises PG002 outside test and development.';
CREATE FUNCTION "core"."set_environment"("p_environment" "text") RETURNS "void"
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  if p_environment is null or p_environment not in ('production', 'acceptance', 'test', 'development') then
    raise exception 'unknown environment "%"', p_environment
      using errcode = 'PG001', hint = 'Use production, acceptance, test or development.';
  end if;
  update core.setting set value = to_jsonb(p_environment) where code = 'environment';
  if p_environment in ('production', 'acceptance') then
    update core.clock set ahead = interval '0' where ahead <> interval '0';
  end if;
end;
$$;
COMMENT ON FUNCTION "core"."set_environment"("p_environment" "text") IS 'Set the environment class. Raises PG001 when it is not one of the four.';
CREATE FUNCTION "core"."set_integration"("p_on" boolean) RETURNS "void"
    LANGUAGE "sql" SECURITY DEFINER
    BEGIN ATOMIC
 INSERT INTO "core"."setting" AS "s" ("code", "value")
   VALUES ('integration'::"text", "to_jsonb"(COALESCE("set_integration"."p_on", true))) ON CONFLICT("code") DO UPDATE SET "value" = "excluded"."value";
END;
COMMENT ON FUNCTION "core"."set_integration"("p_on" boolean) IS 'Turn the integration switch on or off.';
CREATE FUNCTION "core"."set_parameter"("p_code" "text", "p_value" "text", "p_note" "text" DEFAULT NULL::"text") RETURNS "void"
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  if p_value is null then
    delete from core.parameter where code = p_code;
    return;
  end if;
  insert into core.parameter as p (code, value, note)
  values (p_code, p_value, p_note)
  on conflict (code) do update
  set value = excluded.value,
      note = coalesce(excluded.note, p.note);
end;
$$;
COMMENT ON FUNCTION "core"."set_parameter"("p_code" "text", "p_value" "text", "p_note" "text") IS 'Set, or with a null value remove, an instance parameter.';
CREATE FUNCTION "core"."set_source"("p_source" "text") RETURNS "void"
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  if p_source = 'replica' then
    raise exception 'the data source "replica" is marked by replica.apply_changes alone'
      using errcode = 'PG003', hint = 'Rows so marked keep the system columns of another instance; use another source.';
  end if;
  if p_source is null or p_source not in
    ('sql', 'web', 'page', 'import', 'mailbox', 'workflow', 'script', 'replica')
  then
    raise exception 'unknown data source "%"', p_source
      using errcode = 'PG003',
            hint = 'Use sql, web, page, import, mailbox, workflow, script or replica.';
  end if;
  perform set_config('pgears.source', p_source, true);
  perform set_config('pgears.source_seal', core.source_seal(p_source), true);
end;
$$;
COMMENT ON FUNCTION "core"."set_source"("p_source" "text") IS 'Mark the current transaction''s data source. Raises PG003 when it is unknown, or replica.';
CREATE FUNCTION "core"."source"() RETURNS "text"
    LANGUAGE "sql" STABLE PARALLEL SAFE
    BEGIN ATOMIC
 SELECT COALESCE(NULLIF("current_setting"('pgears.source'::"text", true), ''::"text"), 'sql'::"text") AS "coalesce";
END;
COMMENT ON FUNCTION "core"."source"() IS 'Data source mark of the current transaction.';
CREATE TABLE "core"."seal" (
    "id" boolean DEFAULT true NOT NULL,
    "secret" "bytea" NOT NULL,
    CONSTRAINT "seal_id_check" CHECK ("id")
);
COMMENT ON TABLE "core"."seal" IS 'One row: the secret that core.set_source seals marks with. Nobody is granted anything on it.';
CREATE FUNCTION "core"."source_seal"("p_source" "text") RETURNS "text"
    LANGUAGE "sql" STABLE
    BEGIN ATOMIC
 SELECT "encode"("sha256"(("s"."secret" || "convert_to"((((("pg_backend_pid"() || ' '::"text") || EXTRACT("epoch" FROM "now"())) || ' '::"text") || "source_seal"."p_source"), 'UTF8'::"name"))), 'hex'::"text") AS "encode"
    FROM "core"."seal" "s";
END;
COMMENT ON FUNCTION "core"."source_seal"("p_source" "text") IS 'Seal of a data source mark in this transaction; for core.set_source and core.check_source.';
CREATE FUNCTION "core"."store_file"("p_name" "text", "p_media_type" "text", "p_content" "bytea") RETURNS bigint
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_sha256 constant bytea := sha256(p_content);
  v_id bigint;
begin
  insert into core.file_content (sha256, size, content)
  values (v_sha256, octet_length(p_content), p_content)
  on conflict (sha256) do nothing;
  insert into core.file (name, media_type, size, sha256, creator)
  values (
    coalesce(nullif(p_name, ''), 'unnamed'),
    coalesce(nullif(p_media_type, ''), 'application/octet-stream'),
    octet_length(p_content),
    v_sha256,
    access.current_account()
  )
  returning id into v_id;
  return v_id;
end;
$$;
COMMENT ON FUNCTION "core"."store_file"("p_name" "text", "p_media_type" "text", "p_content" "bytea") IS 'Number of a new row of core.file with this name, media type and content.';
CREATE FUNCTION "core"."uuidv7"() RETURNS "uuid"
    LANGUAGE "sql" PARALLEL SAFE
    BEGIN ATOMIC
 SELECT ("encode"("set_byte"(OVERLAY("uuid_send"("gen_random_uuid"()) PLACING SUBSTRING("int8send"(((EXTRACT("epoch" FROM "clock_timestamp"()) * (1000)::numeric))::bigint) FROM 3) FROM 1 FOR 6), 6, (112 + (("random"() * (15)::double precision))::integer)), 'hex'::"text"))::"uuid" AS "encode";
END;
COMMENT ON FUNCTION "core"."uuidv7"() IS 'A new UUID of version 7: sorts by the time at which it was made.';
CREATE FUNCTION "feed"."advance"("p_consumer" "text", "p_transaction" "xid8", "p_position" bigint) RETURNS "void"
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  update feed.consumer as r
  set transaction_id = p_transaction, position = p_position, advanced = core.now()
  where r.code = p_consumer and (r.transaction_id, r.position) <= (p_transaction, p_position);
  if not found then
    raise exception 'reader "%" of the feed is not registered or has read further already', p_consumer
      using errcode = 'PG006', hint = 'Register it by feed.subscribe(); two processes must not read under one code.';
  end if;
end;
$$;
COMMENT ON FUNCTION "feed"."advance"("p_consumer" "text", "p_transaction" "xid8", "p_position" bigint) IS 'Set the position of a reader. Raises PG006 when it would go back.';
CREATE FUNCTION "feed"."horizon"() RETURNS "xid8"
    LANGUAGE "sql"
    BEGIN ATOMIC
 SELECT "pg_snapshot_xmin"("pg_current_snapshot"()) AS "pg_snapshot_xmin";
END;
COMMENT ON FUNCTION "feed"."horizon"() IS 'Oldest transaction that is still running; changes of earlier ones are final.';
CREATE FUNCTION "feed"."prune"("p_keep" interval DEFAULT '7 days'::interval) RETURNS bigint
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_count bigint;
begin
  delete from feed.change as c
  where c.changed < core.now() - p_keep
    and not exists (
      select from feed.consumer as r
      where (r.transaction_id, r.position) < (c.transaction_id, c.position)
    );
  get diagnostics v_count = row_count;
  return v_count;
end;
$$;
COMMENT ON FUNCTION "feed"."prune"("p_keep" interval) IS 'Number of changes deleted: read by all and older than p_keep.';
CREATE TABLE "feed"."change" (
    "position" bigint NOT NULL,
    "transaction_id" "xid8" DEFAULT "pg_current_xact_id"() NOT NULL,
    "class_id" bigint NOT NULL,
    "operation" "char" NOT NULL,
    "row_ids" bigint[] NOT NULL,
    "uids" "uuid"[],
    "source" "text" NOT NULL,
    "changed" timestamp with time zone DEFAULT "now"() NOT NULL
);
ALTER TABLE ONLY "feed"."change" ALTER COLUMN "row_ids" SET STORAGE EXTERNAL;
ALTER TABLE ONLY "feed"."change" ALTER COLUMN "uids" SET STORAGE EXTERNAL;
COMMENT ON TABLE "feed"."change" IS 'One inserting, updating or deleting statement on a class.';
COMMENT ON COLUMN "feed"."change"."operation" IS 'I, U or D: written by generated triggers alone, so no check that each writer would pay for.';
COMMENT ON COLUMN "feed"."change"."uids" IS 'Identities of deleted rows, in the order of row_ids; null for inserts and updates, whose rows can be read.';
CREATE TABLE "feed"."consumer" (
    "code" "text" NOT NULL,
    "transaction_id" "xid8" NOT NULL,
    "position" bigint DEFAULT 0 NOT NULL,
    "note" "text",
    "advanced" timestamp with time zone DEFAULT "now"() NOT NULL
);
COMMENT ON TABLE "feed"."consumer" IS 'Readers of the change feed and how far they have read.';
COMMENT ON COLUMN "feed"."consumer"."transaction_id" IS 'With position: the last change that was read.';
CREATE FUNCTION "feed"."read_changes"("p_consumer" "text", "p_limit" integer DEFAULT 100) RETURNS SETOF "feed"."change"
    LANGUAGE "sql" SECURITY DEFINER
    BEGIN ATOMIC
 SELECT "c"."position",
     "c"."transaction_id",
     "c"."class_id",
     "c"."operation",
     "c"."row_ids",
     "c"."uids",
     "c"."source",
     "c"."changed"
    FROM ("feed"."consumer" "r"
      JOIN "feed"."change" "c" ON ((ROW("c"."transaction_id", "c"."position") > ROW("r"."transaction_id", "r"."position"))))
   WHERE (("r"."code" = "read_changes"."p_consumer") AND ("c"."transaction_id" < "pg_snapshot_xmin"("pg_current_snapshot"())))
   ORDER BY "c"."transaction_id", "c"."position"
  LIMIT "read_changes"."p_limit";
END;
COMMENT ON FUNCTION "feed"."read_changes"("p_consumer" "text", "p_limit" integer) IS 'Changes after the reader''s position, at most p_limit statements; none is skipped whatever the order of commits.';
CREATE FUNCTION "feed"."subscribe"("p_consumer" "text", "p_note" "text" DEFAULT NULL::"text") RETURNS "void"
    LANGUAGE "sql" SECURITY DEFINER
    BEGIN ATOMIC
 INSERT INTO "feed"."consumer" ("code", "transaction_id", "note")
   VALUES ("subscribe"."p_consumer", "pg_snapshot_xmin"("pg_current_snapshot"()), "subscribe"."p_note") ON CONFLICT("code") DO NOTHING;
END;
COMMENT ON FUNCTION "feed"."subscribe"("p_consumer" "text", "p_note" "text") IS 'Register a reader of the change feed under a code; a second call changes nothing.';
CREATE FUNCTION "flow"."begin_event"("p_instance" "flow"."instance", "p_branch" "flow"."branch", "p_step" "jsonb", "p_class" bigint) RETURNS "jsonb"
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_code constant text := flow.evaluate(p_class, p_instance.record_id, p_instance.id, p_instance.variables, p_step ->> 'event') #>> '{}';
  v_scope constant text := coalesce(p_step ->> 'scope', 'global');
  v_scope_id constant bigint := case v_scope when 'instance' then p_instance.id when 'workflow' then p_instance.workflow_id else 0 end;
  v_payload jsonb;
begin
  perform flow.lock_event(v_scope, v_scope_id, v_code);
  update flow.event as e
  set taken = core.now(), woken = 1
  where e.scope = v_scope and e.scope_id = v_scope_id and e.code = v_code and e.taken is null and e.keep_until > core.now()
  returning e.payload into v_payload;
  if not found then
    perform flow.wait_branch(p_branch.id, 'event', core.now() + (p_step ->> 'deadline')::interval, v_scope, v_scope_id, v_code);
  end if;
  return v_payload;
end;
$$;
COMMENT ON FUNCTION "flow"."begin_event"("p_instance" "flow"."instance", "p_branch" "flow"."branch", "p_step" "jsonb", "p_class" bigint) IS 'Payload of an early event; null when the branch waits now.';
CREATE TABLE "flow"."job" (
    "id" bigint NOT NULL,
    "model_id" bigint,
    "code" "text" NOT NULL,
    "enabled" boolean DEFAULT true NOT NULL,
    "integration" boolean DEFAULT false NOT NULL,
    "definition" "jsonb" NOT NULL,
    "compiled" "jsonb" NOT NULL,
    "next_slot" timestamp with time zone,
    "created" timestamp with time zone NOT NULL
);
COMMENT ON TABLE "flow"."job" IS 'Jobs of models, and one-time jobs made by scripts (without a model).';
COMMENT ON COLUMN "flow"."job"."compiled" IS 'The steps as they are run: ids for codes.';
COMMENT ON COLUMN "flow"."job"."next_slot" IS 'Time by core.now() of the next slot that has no row yet; null when there is none.';
CREATE FUNCTION "flow"."begin_run"("p_job" "flow"."job", "p_cause" "text", "p_slot" timestamp with time zone, "p_queue" boolean DEFAULT false) RETURNS bigint
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_busy constant boolean := exists (select from flow.job_run as r where r.job_id = p_job.id and r.state in ('waiting', 'running'));
  v_policy constant text := case when p_queue then 'wait' else coalesce(p_job.definition ->> 'overlap', 'skip') end;
  v_reason text;
  v_allowed boolean := true;
  v_id bigint;
begin
  if p_job.definition ? 'when' then
    execute format('select coalesce((%s)::boolean, false)', p_job.definition ->> 'when') into v_allowed;
  end if;
  v_reason := case
    when p_job.integration and not core.integration() then 'the integration switch is off'
    when not v_allowed then 'its condition does not hold'
    when v_busy and v_policy = 'skip' then 'another run is not over'
  end;
  insert into flow.job_run (job_id, slot, cause, state, created, started, ended, error)
  values (
    p_job.id, p_slot, p_cause,
    case when v_reason is not null then 'skipped' when v_busy and v_policy = 'wait' then 'waiting' else 'running' end,
    core.now(), case when v_reason is null and not (v_busy and v_policy = 'wait') then core.now() end,
    case when v_reason is not null then core.now() end, v_reason
  )
  on conflict (job_id, cause, slot) do nothing
  returning id into v_id;
  if v_id is not null and v_reason is null and not (v_busy and v_policy = 'wait') then
    perform queue.enqueue('job.run', jsonb_build_object('run', v_id));
  end if;
  return v_id;
end;
$$;
COMMENT ON FUNCTION "flow"."begin_run"("p_job" "flow"."job", "p_cause" "text", "p_slot" timestamp with time zone, "p_queue" boolean) IS 'Id of a new run of a job; null when the slot has one.';
CREATE FUNCTION "flow"."begin_task"("p_instance" "flow"."instance", "p_branch" "flow"."branch", "p_step" "jsonb", "p_class" bigint) RETURNS "void"
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_assignee constant text := flow.evaluate(p_class, p_instance.record_id, p_instance.id, p_instance.variables, p_step ->> 'assignee') #>> '{}';
  v_deadline constant timestamptz := core.now() + (p_step ->> 'deadline')::interval;
begin
  if coalesce(v_assignee, '') = '' then
    raise exception 'the task "%" has nobody to do it', p_branch.step
      using errcode = 'PG515', hint = 'Its assignee is empty for this instance.';
  end if;
  insert into flow.assignment (instance_id, branch_id, step, subject, assignee, deputies, deadline, created)
  values (
    p_instance.id, p_branch.id, p_branch.step,
    coalesce(flow.evaluate(p_class, p_instance.record_id, p_instance.id, p_instance.variables, p_step ->> 'subject') #>> '{}', p_branch.step),
    v_assignee,
    array(select d.name from jsonb_array_elements_text(coalesce(p_step -> 'deputies', '[]')) as d (name)),
    v_deadline, core.now()
  );
  if p_step ? 'notification_id' then
    perform flow.send_notification((p_step ->> 'notification_id')::bigint, array[p_instance.record_id]);
  end if;
  perform flow.wait_branch(p_branch.id, 'person', case when p_step ? 'on_deadline' then v_deadline end);
end;
$$;
COMMENT ON FUNCTION "flow"."begin_task"("p_instance" "flow"."instance", "p_branch" "flow"."branch", "p_step" "jsonb", "p_class" bigint) IS 'Make the assignment of a step and let the branch wait. Raises PG515.';
CREATE FUNCTION "flow"."cancel_branches"("p_instance" bigint, "p_detail" "text") RETURNS "void"
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_child bigint;
begin
  for v_child in
    select i.id
    from flow.instance as i
    inner join flow.branch as b on i.parent_branch_id = b.id
    where b.instance_id = p_instance and i.state in (0, 3, 6)
    order by i.id
    for update of i
  loop
    perform flow.cancel_branches(v_child, p_detail);
    update flow.instance as i set state = 2, ended = core.now(), error = p_detail where i.id = v_child;
  end loop;
  update flow.assignment as a
  set state = 'cancelled', completed = core.now()
  where a.instance_id = p_instance and a.state = 'open';
  insert into flow.step_log (instance_id, branch_id, step, outcome, at, detail)
  select b.instance_id, b.id, b.step, 'cancelled', core.now(), p_detail
  from flow.branch as b
  where b.instance_id = p_instance
  order by b.id;
  perform queue.withdraw(b.timer_id) from flow.branch as b where b.instance_id = p_instance and b.timer_id is not null;
  delete from flow.branch as b where b.instance_id = p_instance;
end;
$$;
COMMENT ON FUNCTION "flow"."cancel_branches"("p_instance" bigint, "p_detail" "text") IS 'Cancel all open branches of an instance, with what they wait for.';
CREATE FUNCTION "flow"."cancel_instance"("p_instance" bigint, "p_reason" "text" DEFAULT NULL::"text") RETURNS "void"
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  perform flow.lock_instance(p_instance, '{0, 3, 6}', 'cancelled');
  perform flow.cancel_branches(p_instance, coalesce(p_reason, 'cancelled by ' || access.current_account()));
  perform flow.finish_instance(p_instance, 2::smallint, p_reason);
end;
$$;
COMMENT ON FUNCTION "flow"."cancel_instance"("p_instance" bigint, "p_reason" "text") IS 'Cancel an instance that is not over. Raises PG513, PG514.';
CREATE FUNCTION "flow"."check_dates"("p_class" bigint, "p_definition" "jsonb", "p_rule" "text") RETURNS "jsonb"
    LANGUAGE "plpgsql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
begin
  if not exists (
    select from meta.effective_column as e
    where e.class_id = p_class and e.code = p_definition ->> 'date' and e.type in ('date', 'timestamp')
  ) then
    raise exception 'rule "%" has no date to go by', p_rule
      using errcode = 'PG113', detail = '$.date', hint = 'Name a column of type date or timestamp of the class.';
  elsif coalesce(jsonb_array_length(p_definition -> 'offsets'), 0) not between 1 and 5 then
    raise exception 'rule "%" has not one to five offsets', p_rule
      using errcode = 'PG113', detail = '$.offsets', hint = 'Give it one to five time spans, such as [-3 days, 0 days].';
  end if;
  perform flow.check_interval(o.span, '$.offsets') from jsonb_array_elements_text(p_definition -> 'offsets') as o (span);
  return p_definition || jsonb_build_object('date', format('{{column.%s}}', p_definition ->> 'date'));
end;
$_$;
COMMENT ON FUNCTION "flow"."check_dates"("p_class" bigint, "p_definition" "jsonb", "p_rule" "text") IS 'Definition of a rule by date, checked. Raises PG111, PG113.';
CREATE FUNCTION "flow"."check_interval"("p_text" "text", "p_path" "text") RETURNS "void"
    LANGUAGE "plpgsql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  perform p_text::interval;
exception
  when invalid_datetime_format or datetime_field_overflow then
    raise exception '"%" is no time span', p_text
      using errcode = 'PG111', detail = p_path, hint = 'Write it as PostgreSQL does, such as 90 minutes, 2 days or 1 month.';
end;
$$;
COMMENT ON FUNCTION "flow"."check_interval"("p_text" "text", "p_path" "text") IS 'Raise PG111 for a text that is no interval.';
CREATE FUNCTION "flow"."check_notification"("p_model" bigint, "p_class" bigint, "p_definition" "jsonb") RETURNS "void"
    LANGUAGE "plpgsql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_default constant text := (select l.code from meta.language as l where l.is_default);
  v_function constant text := p_definition ->> 'recipients';
  v_wrong record;
begin
  select c.key, c.message, c.hint into v_wrong
  from (
    select
      t.key,
      format('"%s" has no text in the default language %s', t.key, v_default) as message,
      'Every text needs the default language; the others are for those who read them.' as hint
    from jsonb_each(p_definition) as t
    where t.key in ('subject', 'body', 'html') and jsonb_typeof(t.value) = 'object' and not t.value ? v_default
    union all
    select 'body', 'a notification has "body", "html" or both', 'Give it a text.'
    where not p_definition ?| array['body', 'html']
    union all
    select 'to', 'nobody would get the notification', 'Give "to", "cc", "bcc", "groups" or "recipients".'
    where not p_definition ?| array['to', 'cc', 'bcc', 'groups', 'recipients']
    union all
    select 'frame', format('there is no frame "%s"', p_definition ->> 'frame'), 'Define it in the section frames of this model.'
    where p_definition ? 'frame' and not exists (select from flow.frame as f where f.model_id = p_model and f.code = p_definition ->> 'frame')
    union all
    select 'groups', format('there is no group "%s"', g.code), 'Define it in the section groups of this model.'
    from jsonb_array_elements_text(p_definition -> 'groups') as g (code)
    where not exists (select from mail.recipient_group as r where r.model_id = p_model and r.code = g.code)
    union all
    select 'attach', format('"%s" is no column of files', a.code), 'Name columns of type file of the class.'
    from jsonb_array_elements_text(p_definition -> 'attach') as a (code)
    where not exists (select from meta.effective_column as e where e.class_id = p_class and e.code = a.code and e.type = 'file')
    union all
    select 'recipients', format('"%s" is no function (bigint) that gives a text and belongs to an administrator', v_function),
      'Write schema.function; its owner has the role pgears_admin.'
    where v_function is not null and not (
      v_function ~ '^[a-z_][a-z0-9_]*[.][a-z_][a-z0-9_]*$' and exists (
        select
        from pg_proc as p
        where p.oid = to_regprocedure(v_function || '(bigint)')
          and p.prorettype = 'text'::regtype
          and not p.proretset
          and pg_has_role(p.proowner, 'pgears_admin', 'member')
      )
    )
  ) as c
  limit 1;
  if found then
    raise exception '%', v_wrong.message
      using errcode = 'PG427', detail = '$.' || v_wrong.key, hint = v_wrong.hint;
  end if;
end;
$_$;
COMMENT ON FUNCTION "flow"."check_notification"("p_model" bigint, "p_class" bigint, "p_definition" "jsonb") IS 'Check a notification beyond its keys. Raises PG427.';
CREATE FUNCTION "flow"."check_steps"("p_steps" "jsonb") RETURNS "void"
    LANGUAGE "plpgsql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_step record;
  v_key text;
  v_way record;
begin
  if (select count(*) from jsonb_each(p_steps) as s where s.value ->> 'kind' = 'start') <> 1 then
    raise exception 'a workflow has one step of kind start'
      using errcode = 'PG511', detail = '$.steps', hint = 'Add one such as start: {kind: start, next: first}.';
  end if;
  for v_step in
    select s.key as code, s.value as step, k.required, k.optional
    from jsonb_each(p_steps) as s
    left join flow.step_kinds() as k on s.value ->> 'kind' = k.kind
    order by s.key
  loop
    perform meta.check_code(v_step.code, 'step');
    if v_step.required is null then
      raise exception 'step "%" is of no known kind', v_step.code
        using
          errcode = 'PG511',
          detail = '$.steps.' || v_step.code || '.kind',
          hint = 'Kinds: ' || (select string_agg(k.kind, ', ' order by k.kind) from flow.step_kinds() as k) || '.';
    end if;
    v_key := (select min(r.key) from unnest(v_step.required) as r (key) where not v_step.step ? r.key);
    if v_key is not null then
      raise exception 'step "%" lacks "%"', v_step.code, v_key
        using errcode = 'PG511', detail = '$.steps.' || v_step.code, hint = 'A step of this kind needs ' || array_to_string(v_step.required, ', ') || '.';
    end if;
    v_key := (select min(k.key) from jsonb_object_keys(v_step.step) as k (key) where k.key <> all (array['kind', 'name'] || v_step.required || v_step.optional));
    if v_key is not null then
      raise exception 'step "%" has the key "%", which its kind does not know', v_step.code, v_key
        using
          errcode = 'PG511',
          detail = '$.steps.' || v_step.code || '.' || v_key,
          hint = 'Known keys: ' || array_to_string(array['kind', 'name'] || v_step.required || v_step.optional, ', ') || '.';
    end if;
    if v_step.step ->> 'kind' = 'task' and (v_step.step ? 'next') = (v_step.step ? 'outcomes')
      or v_step.step ->> 'kind' = 'event' and (v_step.step ? 'deadline') <> (v_step.step ? 'on_deadline')
      or v_step.step ? 'on_deadline' and not v_step.step ? 'deadline'
    then
      raise exception 'step "%" has not one way for each thing that can happen', v_step.code
        using
          errcode = 'PG511',
          detail = '$.steps.' || v_step.code,
          hint = 'A task has either next or outcomes; deadline and on_deadline go together.';
    end if;
    for v_key in select k.key from unnest(array['wait', 'deadline']) as k (key) where jsonb_typeof(v_step.step -> k.key) = 'string' loop
      perform flow.check_interval(v_step.step ->> v_key, '$.steps.' || v_step.code || '.' || v_key);
    end loop;
  end loop;
  select e.* into v_way from flow.step_edges(p_steps) as e where not p_steps ? coalesce(e.target, '') order by e.step limit 1;
  if found then
    raise exception 'step "%" leads to "%", which is no step', v_way.step, v_way.target
      using errcode = 'PG511', detail = '$.steps.' || v_way.step, hint = 'Name a step of the same workflow.';
  end if;
  with recursive reached (step) as (
    select s.key from jsonb_each(p_steps) as s where s.value ->> 'kind' = 'start'
    union
    select e.target
    from reached as r
    inner join flow.step_edges(p_steps) as e on r.step = e.step
  )
  select min(s.key) into v_key from jsonb_object_keys(p_steps) as s (key) where s.key not in (select r.step from reached as r);
  if v_key is not null then
    raise exception 'nothing leads to the step "%"', v_key
      using errcode = 'PG511', detail = '$.steps.' || v_key, hint = 'Lead a way to it, or take it out.';
  end if;
end;
$_$;
COMMENT ON FUNCTION "flow"."check_steps"("p_steps" "jsonb") IS 'Check the steps of a workflow. Raises PG101, PG111, PG511.';
CREATE FUNCTION "flow"."check_sub_workflows"() RETURNS "trigger"
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  perform flow.workflow_id(s.value ->> 'workflow', (select w.model_id from flow.workflow as w where w.id = new.workflow_id))
  from jsonb_each(new.steps) as s
  where s.value ->> 'kind' = 'workflow';
  return null;
end;
$$;
COMMENT ON FUNCTION "flow"."check_sub_workflows"() IS 'Trigger function: raise PG510 for a sub-workflow that does not exist.';
CREATE FUNCTION "flow"."path_place"("p_class" bigint, "p_path" "text"[], "p_owner" bigint, "p_code" "text") RETURNS integer
    LANGUAGE "plpgsql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_class bigint := p_class;
begin
  for v_place in 1..cardinality(p_path) loop
    if p_path[v_place] = p_code and exists (select from meta.ancestry as a where a.class_id = v_class and a.ancestor_id = p_owner) then
      return v_place;
    end if;
    v_class := (
      select e.targets[1]
      from meta.effective_column as e
      where e.class_id = v_class and e.code = p_path[v_place] and cardinality(e.targets) = 1
    );
    exit when v_class is null;
  end loop;
  return null;
end;
$$;
COMMENT ON FUNCTION "flow"."path_place"("p_class" bigint, "p_path" "text"[], "p_owner" bigint, "p_code" "text") IS 'Place in a path at which it names a column of a class; null when it does not.';
CREATE TABLE "flow"."notification" (
    "id" bigint NOT NULL,
    "model_id" bigint NOT NULL,
    "code" "text" NOT NULL,
    "class_id" bigint,
    "definition" "jsonb" NOT NULL,
    "frame_id" bigint,
    "group_ids" bigint[] DEFAULT '{}'::bigint[] NOT NULL,
    "send_sql" "text"
);
COMMENT ON TABLE "flow"."notification" IS 'A mail about a row of a class, or about none, with variables in its texts.';
COMMENT ON COLUMN "flow"."notification"."send_sql" IS 'Statement that sends it: $1 rows, $2 run variables, $3 files; null until it is compiled.';
CREATE FUNCTION "flow"."column_uses"("p_class" bigint, "p_code" "text") RETURNS TABLE("notification_id" bigint, "path" "text", "place" integer)
    LANGUAGE "sql" STABLE
    BEGIN ATOMIC
 SELECT "n"."id",
     "u"."path",
     "flow"."path_place"("n"."class_id", "string_to_array"("u"."path", '.'::"text"), "column_uses"."p_class", "column_uses"."p_code") AS "path_place"
    FROM ("flow"."notification" "n"
      CROSS JOIN LATERAL ( SELECT DISTINCT "m"."found"[1] AS "path"
            FROM "regexp_matches"(("n"."definition")::"text", '\{\{\s*column\.([a-z][a-z0-9_.-]*)\s*\}\}'::"text", 'g'::"text") "m"("found")
         UNION
          SELECT "a"."code"
            FROM "jsonb_array_elements_text"(("n"."definition" -> 'attach'::"text")) "a"("code")) "u")
   WHERE (("n"."class_id" IS NOT NULL) AND ("flow"."path_place"("n"."class_id", "string_to_array"("u"."path", '.'::"text"), "column_uses"."p_class", "column_uses"."p_code") IS NOT NULL));
END;
COMMENT ON FUNCTION "flow"."column_uses"("p_class" bigint, "p_code" "text") IS 'Notification, path and place of each use of a column in variables and attach.';
CREATE FUNCTION "flow"."compile_job_steps"("p_model" bigint, "p_code" "text", "p_steps" "jsonb") RETURNS "jsonb"
    LANGUAGE "plpgsql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_kinds constant text[] := array['script', 'workflow', 'task', 'job', 'command', 'action', 'import', 'export', 'sync', 'replicate', 'url'];
  v_known constant text[] := v_kinds || array['name', 'enabled', 'on_error', 'parameters', 'timeout'];
  v_step jsonb;
  v_place bigint;
  v_kind text;
  v_unknown text;
  v_compiled jsonb := '[]'::jsonb;
begin
  for v_step, v_place in select s.step, s.place from jsonb_array_elements(p_steps) with ordinality as s (step, place) loop
    v_kind := (select min(k.kind) from unnest(v_kinds) as k (kind) where v_step ? k.kind);
    v_unknown := (select min(k.key) from jsonb_object_keys(v_step) as k (key) where k.key <> all (v_known));
    if v_kind is null or v_unknown is not null or (select count(*) from unnest(v_kinds) as k (kind) where v_step ? k.kind) <> 1
      or coalesce(v_step ->> 'on_error', 'stop') not in ('stop', 'continue')
      or jsonb_typeof(coalesce(v_step -> 'parameters', '{}')) <> 'object'
      or jsonb_typeof(v_step -> v_kind) <> (case v_kind when 'command' then 'array' else 'string' end)
    then
      raise exception 'step % of job "%" cannot be read', v_place, p_code
        using
          errcode = 'PG522',
          detail = '$.steps',
          hint = 'Exactly one of ' || array_to_string(v_kinds, ', ') || '; with name, enabled, on_error (stop, continue), parameters, timeout. A command is a list.';
    elsif v_kind in ('import', 'export', 'sync', 'replicate', 'url') then
      raise exception 'steps of kind % are not supported by this version', v_kind
        using errcode = 'PG120', detail = '$.steps', hint = 'Leave the step out, or upgrade pgears.';
    end if;
    v_compiled := v_compiled || jsonb_build_array(v_step || jsonb_build_object('kind', v_kind) || case v_kind
      when 'script' then jsonb_build_object('script_id', flow.script_id(v_step ->> 'script', p_model))
      when 'workflow' then jsonb_build_object('workflow_id', flow.workflow_id(v_step ->> 'workflow', p_model))
      else '{}'
    end);
    if v_kind = 'task' and not exists (select from queue.kinds() as k where k.kind = v_step ->> 'task') then
      raise exception 'there is no kind of task "%"', v_step ->> 'task'
        using errcode = 'PG301', detail = '$.steps', hint = 'Register it with queue.register_kind().';
    end if;
  end loop;
  return v_compiled;
end;
$_$;
COMMENT ON FUNCTION "flow"."compile_job_steps"("p_model" bigint, "p_code" "text", "p_steps" "jsonb") IS 'Compiled steps of a job. Raises PG120, PG301, PG501, PG510, PG522.';
CREATE FUNCTION "flow"."compile_notification"("p_notification" bigint) RETURNS "text"
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_notification flow.notification;
  v_definition jsonb;
  v_frame jsonb;
  v_variables text[];
  v_languages text[];
  v_default text;
  v_texts jsonb;
  v_lists jsonb;
  v_files text;
  v_sql text;
begin
  select n.* into strict v_notification from flow.notification as n where n.id = p_notification;
  v_definition := v_notification.definition;
  v_frame := (select f.definition from flow.frame as f where f.id = v_notification.frame_id);
  v_variables := array(select v.name from jsonb_array_elements_text(v_definition -> 'variables') as v (name));
  v_default := (select l.code from meta.language as l where l.is_default);
  v_languages := array(
    select l.code
    from jsonb_each(v_definition) as d
    cross join lateral jsonb_object_keys(d.value) as l (code)
    where d.key in ('subject', 'body', 'html') and jsonb_typeof(d.value) = 'object'
    group by l.code
    having l.code <> v_default and count(*) = (
      select count(*) from jsonb_each(v_definition) as e where e.key in ('subject', 'body', 'html') and jsonb_typeof(e.value) = 'object'
    )
    order by l.code
  );
  select
    jsonb_object_agg(
      t.key,
      case
        when t.others is null then t.usual
        else format('case e.language %s else %s end', t.others, t.usual)
      end
    )
  into v_texts
  from (
    select
      x.key,
      min(x.expression) filter (where l.code = v_default) as usual,
      string_agg(format('when %L then %s', l.code, x.expression), ' ' order by l.code) filter (where l.code <> v_default) as others
    from unnest(v_languages || v_default) as l (code)
    cross join lateral flow.content_expressions(v_notification.model_id, v_notification.class_id, v_definition, v_frame, l.code) as c
    cross join lateral (values ('p_subject', c.subject), ('p_body', c.body), ('p_html', c.html)) as x (key, expression)
    where x.expression is not null
    group by x.key
  ) as t;
  select
    jsonb_object_agg(
      k.key,
      flow.text_expression(v_notification.model_id, v_notification.class_id, v_definition ->> k.key, k.kind, v_default, v_variables)
    )
  into v_lists
  from (values ('to', 'address'), ('cc', 'address'), ('bcc', 'address'), ('reply_to', 'address'), ('account', 'line'), ('in_reply_to', 'line')) as k (key, kind)
  where v_definition ? k.key;
  v_files := (
    select string_agg(format(case when e.is_array then 'coalesce(r.%I, ''{}'')' else 'array[r.%I]' end, e.physical), ' || ' order by a.position)
    from jsonb_array_elements_text(v_definition -> 'attach') with ordinality as a (code, position)
    inner join meta.effective_column as e on e.class_id = v_notification.class_id and a.code = e.code
  );
  v_sql := format(
    $sql$
select mail.send(
  p_to => e.recipients, p_cc => e.copies, p_bcc => e.blind%1$s,
  p_priority => %2$L, p_files => array_remove(%3$s $3, null)%4$s
)
from %5$s
cross join lateral flow.envelopes(concat_ws('; ', %6$s), %7$s, %8$s, %9$s, %10$L) as e
    $sql$,
    coalesce(
      (
        select string_agg(format(', %s => %s', x.key, x.value), '' order by x.key)
        from (
          select t.key, t.value from jsonb_each_text(v_texts) as t
          union all
          select 'p_' || l.key, l.value from jsonb_each_text(v_lists) as l where l.key in ('reply_to', 'account', 'in_reply_to')
        ) as x
      ), ''
    ),
    coalesce(v_definition ->> 'priority', 'normal'),
    v_files || ' ||',
    ', p_class => ' || v_notification.class_id || ', p_row => r.id',
    case
      when v_notification.class_id is null then '(select null::bigint as id) as r'
      else format('(select t.* from data.datarow_%s as t where t.id = any ($1) and t.deleted is null) as r', v_notification.class_id)
    end,
    concat_ws(
      ', ',
      coalesce(v_lists ->> 'to', 'null'),
      (select string_agg(format('mail.group_addresses(%s)', g.id), ', ') from unnest(v_notification.group_ids) as g (id)),
      (v_definition ->> 'recipients') || '(r.id)'
    ),
    coalesce(v_lists ->> 'cc', 'null::text'),
    coalesce(v_lists ->> 'bcc', 'null::text'),
    coalesce(v_definition ->> 'each', 'false'),
    v_languages
  );
  update flow.notification as n
  set send_sql = v_sql
  where n.id = p_notification;
  return v_sql;
end;
$_$;
COMMENT ON FUNCTION "flow"."compile_notification"("p_notification" bigint) IS 'Statement that sends a notification ($1 rows, $2 run variables, $3 files), compiled anew and kept. Raises PG425.';
CREATE FUNCTION "flow"."compile_steps"("p_model" bigint, "p_class" bigint, "p_steps" "jsonb") RETURNS "jsonb"
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_code text;
  v_step jsonb;
  v_key text;
  v_map jsonb;
  v_sql text;
  v_pair record;
  v_id bigint;
  v_compiled jsonb := '{}'::jsonb;
begin
  for v_code, v_step in select s.key, s.value from jsonb_each(p_steps) as s order by s.key loop
    begin
      for v_key in select k.key from unnest(array['when']) as k (key) where v_step ? k.key loop
        v_sql := format('(%s)::boolean', flow.workflow_expression(p_class, v_step ->> v_key));
        perform flow.evaluate(p_class, null, null, '{}', v_sql);
        v_step := v_step || jsonb_build_object(v_key, v_sql);
      end loop;
      for v_key in select k.key from unnest(array['event', 'assignee', 'subject', 'message']) as k (key) where v_step ? k.key loop
        v_sql := flow.workflow_format(p_class, v_step ->> v_key);
        perform flow.evaluate(p_class, null, null, '{}', v_sql);
        v_step := v_step || jsonb_build_object(v_key, v_sql);
      end loop;
      for v_key in select k.key from unnest(array['set', 'parameters', 'variables']) as k (key) where jsonb_typeof(v_step -> k.key) = 'object' loop
        v_map := '{}'::jsonb;
        for v_pair in select m.key, m.value from jsonb_each_text(v_step -> v_key) as m loop
          v_sql := flow.workflow_expression(p_class, v_pair.value);
          perform flow.evaluate(p_class, null, null, '{}', v_sql);
          v_map := v_map || jsonb_build_object(v_pair.key, v_sql);
        end loop;
        v_step := v_step || jsonb_build_object(v_key, v_map);
      end loop;
    exception
      when syntax_error_or_access_rule_violation or datatype_mismatch or undefined_function then
        raise exception 'step "%" does not compile: %', v_code, sqlerrm
          using
            errcode = 'PG119',
            detail = concat_ws('.', '$.steps', v_code, v_key),
            hint = 'Write SQL over {{column.x}}, {{variables.x}}, {{record.id}}; a text stands in single quotes.';
      when data_exception then
        -- Empty variables cannot be cast; real ones may.
        v_step := v_step || case when v_map is null then jsonb_build_object(v_key, v_sql) else '{}' end;
    end;
    case v_step ->> 'kind'
      when 'script' then
        v_step := v_step || jsonb_build_object('script_id', flow.script_id(v_step ->> 'script', p_model));
      when 'enqueue' then
        if not exists (select from queue.kinds() as k where k.kind = v_step ->> 'task') then
          raise exception 'there is no kind of task "%"', v_step ->> 'task'
            using errcode = 'PG301', detail = format('$.steps.%s.task', v_code), hint = 'Register it with queue.register_kind().';
        end if;
      when 'mail', 'task' then
        if v_step ? 'notify' then
          select n.id into v_id
          from flow.notification as n
          where n.model_id = p_model and n.code = v_step ->> 'notify' and n.class_id = p_class;
          if v_id is null then
            raise exception 'there is no notification "%" about the class of the workflow', v_step ->> 'notify'
              using errcode = 'PG106', detail = format('$.steps.%s.notify', v_code), hint = 'Define the notification for the same class first.';
          end if;
          v_step := v_step || jsonb_build_object('notification_id', v_id);
        end if;
      else
        null;
    end case;
    v_compiled := v_compiled || jsonb_build_object(v_code, v_step);
  end loop;
  return v_compiled;
end;
$_$;
COMMENT ON FUNCTION "flow"."compile_steps"("p_model" bigint, "p_class" bigint, "p_steps" "jsonb") IS 'Compiled steps. Raises PG106, PG111, PG119, PG301, PG501.';
CREATE FUNCTION "flow"."content_expressions"("p_model" bigint, "p_class" bigint, "p_definition" "jsonb", "p_frame" "jsonb", "p_language" "text", OUT "subject" "text", OUT "body" "text", OUT "html" "text") RETURNS "record"
    LANGUAGE "plpgsql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_variables constant text[] := array(select v.name from jsonb_array_elements_text(p_definition -> 'variables') as v (name));
  v_body constant text := flow.language_text(p_definition -> 'body', p_language);
  v_html constant text := flow.language_text(p_definition -> 'html', p_language);
  v_frame_text constant text := flow.language_text(p_frame -> 'text', p_language);
  v_frame_html constant text := flow.language_text(p_frame -> 'html', p_language);
begin
  subject := flow.text_expression(p_model, p_class, flow.language_text(p_definition -> 'subject', p_language), 'line', p_language, v_variables);
  if v_html is not null then
    html := flow.text_expression(p_model, p_class, v_html, 'html', p_language, v_variables);
  elsif v_frame_html is not null then
    html := flow.text_expression(p_model, p_class, v_body, 'framed', p_language, v_variables);
  end if;
  if v_body is not null then
    body := flow.text_expression(p_model, p_class, v_body, 'text', p_language, v_variables);
  elsif v_frame_text is not null then
    body := format('mail.plain_text(%s)', html);
  end if;
  body := flow.frame_expression(p_model, p_class, v_frame_text, body, 'text', p_language, v_variables);
  html := flow.frame_expression(p_model, p_class, case when html is not null then v_frame_html end, html, 'html', p_language, v_variables);
end;
$$;
COMMENT ON FUNCTION "flow"."content_expressions"("p_model" bigint, "p_class" bigint, "p_definition" "jsonb", "p_frame" "jsonb", "p_language" "text", OUT "subject" "text", OUT "body" "text", OUT "html" "text") IS 'SQL expressions of the texts of a notification in one language, null for a text that it has not. Raises PG425.';
CREATE FUNCTION "flow"."cron_field"("p_field" "text", "p_from" integer, "p_to" integer, "p_names" "text"[] DEFAULT '{}'::"text"[]) RETURNS integer[]
    LANGUAGE "plpgsql" IMMUTABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_values integer[] := array[]::integer[];
  v_item text;
  v_found text[];
  v_first integer;
  v_last integer;
  v_step integer;
begin
  foreach v_item in array string_to_array(lower(p_field), ',') loop
    for v_at in 1..cardinality(p_names) loop
      v_item := replace(v_item, p_names[v_at], (v_at - 1 + p_from)::text);
    end loop;
    v_found := regexp_match(v_item, '^(?:(\*)|([0-9]{1,2})(?:-([0-9]{1,2}))?)(?:/([0-9]{1,2}))?$');
    v_step := coalesce(v_found[4], '1')::integer;
    v_first := coalesce(v_found[2]::integer, p_from);
    v_last := coalesce(v_found[3]::integer, case when v_found[1] is null and v_found[4] is null then v_first else p_to end);
    if v_found is null or v_step = 0 or v_first < p_from or v_last > p_to or v_first > v_last then
      raise exception '"%" is no field of a cron expression from % to %', p_field, p_from, p_to
        using errcode = 'PG521', hint = 'Write *, a number, a range 1-5, a step */15, or a list of these.';
    end if;
    v_values := v_values || array(select v from generate_series(v_first, v_last, v_step) as v);
  end loop;
  if v_values = '{}' then
    raise exception 'a cron expression has an empty field'
      using errcode = 'PG521', hint = 'Write minute, hour, day, month, weekday, such as 30 2 * * 1-5.';
  end if;
  return v_values;
end;
$_$;
COMMENT ON FUNCTION "flow"."cron_field"("p_field" "text", "p_from" integer, "p_to" integer, "p_names" "text"[]) IS 'Numbers of a cron field. Raises PG521.';
CREATE TABLE "meta"."language" (
    "code" "text" NOT NULL,
    "name" "text" NOT NULL,
    "is_default" boolean DEFAULT false NOT NULL,
    CONSTRAINT "language_code_check" CHECK (("code" ~ '^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$'::"text"))
);
COMMENT ON TABLE "meta"."language" IS 'Languages in which names and localised texts are kept.';
CREATE FUNCTION "flow"."default_text"("p_text" "jsonb") RETURNS "text"
    LANGUAGE "sql" STABLE
    BEGIN ATOMIC
 SELECT
         CASE "jsonb_typeof"("p_text")
             WHEN 'string'::"text" THEN ("p_text" #>> '{}'::"text"[])
             WHEN 'object'::"text" THEN COALESCE(("p_text" ->> ( SELECT "l"."code"
                FROM "meta"."language" "l"
               WHERE "l"."is_default")), ( SELECT "t"."value"
                FROM "jsonb_each_text"("default_text"."p_text") "t"("key", "value")
               ORDER BY "t"."key"
              LIMIT 1))
             ELSE NULL::"text"
         END AS "case";
END;
COMMENT ON FUNCTION "flow"."default_text"("p_text" "jsonb") IS 'A text, or the default language of a text by languages; null for null.';
CREATE FUNCTION "flow"."do_step"("p_instance" "flow"."instance", "p_branch" "flow"."branch", "p_step" "jsonb", "p_class" bigint) RETURNS "jsonb"
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_result jsonb;
  v_next constant jsonb := jsonb_build_object('next', p_step -> 'next');
  v_child bigint;
  v_branch bigint;
begin
  case p_step ->> 'kind'
    when 'start' then
      return v_next;
    when 'condition' then
      v_result := flow.evaluate(p_class, p_instance.record_id, p_instance.id, p_instance.variables, p_step ->> 'when');
      return jsonb_build_object('next', case when v_result = 'true' then p_step -> 'yes' else p_step -> 'no' end);
    when 'set' then
      return v_next || jsonb_build_object('variables', flow.evaluate_map(p_instance, p_class, p_step -> 'set'));
    when 'script' then
      v_result := flow.execute_script((p_step ->> 'script_id')::bigint, jsonb_build_object(
        'instance', p_instance.id, 'step', p_branch.step, 'variables', p_instance.variables,
        'parameters', flow.evaluate_map(p_instance, p_class, p_step -> 'parameters'),
        'class', meta.class_path(p_instance.class_id), 'record', flow.record_of(p_instance.class_id, p_instance.record_id)
      ));
      return v_next || case when jsonb_typeof(v_result -> 'variables') = 'object' then jsonb_build_object('variables', v_result -> 'variables') else '{}' end;
    when 'mail' then
      perform flow.send_notification((p_step ->> 'notification_id')::bigint, array[p_instance.record_id]);
      return v_next;
    when 'enqueue' then
      perform queue.enqueue(p_step ->> 'task', flow.evaluate_map(p_instance, p_class, p_step -> 'parameters') || jsonb_build_object('instance', p_instance.id, 'step', p_branch.step));
      return v_next;
    when 'raise' then
      perform flow.raise_event(
        flow.evaluate(p_class, p_instance.record_id, p_instance.id, p_instance.variables, p_step ->> 'event') #>> '{}',
        coalesce(p_step ->> 'scope', 'global'),
        case p_step ->> 'scope' when 'instance' then p_instance.id when 'workflow' then p_instance.workflow_id else 0 end,
        jsonb_build_object('instance', p_instance.id, 'variables', p_instance.variables)
      );
      return v_next;
    when 'timer' then
      if p_branch.woken then
        return v_next;
      end if;
      perform flow.wait_branch(p_branch.id, 'timer', core.now() + (p_step ->> 'wait')::interval);
      return jsonb_build_object('wait', 'until ' || (core.now() + (p_step ->> 'wait')::interval));
    when 'event' then
      if p_branch.woken and p_branch.late then
        return jsonb_build_object('next', p_step -> 'on_deadline', 'detail', 'the deadline came first');
      end if;
      v_result := case when p_branch.woken then p_branch.result else flow.begin_event(p_instance, p_branch, p_step, p_class) end;
      if v_result is null then
        return jsonb_build_object('wait', 'for an event');
      end if;
      return v_next || jsonb_build_object('variables', case when p_step ? 'into' then jsonb_build_object(p_step ->> 'into', v_result) else '{}' end);
    when 'task' then
      if not p_branch.woken then
        perform flow.begin_task(p_instance, p_branch, p_step, p_class);
        return jsonb_build_object('wait', 'for a person');
      elsif p_branch.late then
        update flow.assignment as a set state = 'late', completed = core.now() where a.branch_id = p_branch.id and a.state = 'open';
        return jsonb_build_object('next', p_step -> 'on_deadline', 'detail', 'the deadline came first');
      end if;
      return jsonb_build_object(
        'next', coalesce(p_step -> 'next', p_step -> 'outcomes' -> (p_branch.result ->> 'outcome')),
        'variables', coalesce(p_branch.result -> 'variables', '{}')
          || case when p_step ? 'into' then jsonb_build_object(p_step ->> 'into', p_branch.result -> 'outcome') else '{}' end,
        'detail', format('%s by %s', p_branch.result ->> 'outcome', p_branch.result ->> 'by')
      );
    when 'workflow' then
      if p_branch.woken then
        if p_branch.result -> 'state' <> '1' then
          raise exception 'workflow % ended as %', p_step ->> 'workflow', flow.state_name((p_branch.result ->> 'state')::smallint)
            using errcode = 'PG517', hint = coalesce(p_branch.result ->> 'error', 'Look at its log.');
        end if;
        return v_next || jsonb_build_object(
          'variables', case when p_step ? 'into' then jsonb_build_object(p_step ->> 'into', p_branch.result -> 'variables') else '{}' end
        );
      end if;
      v_child := flow.start_instance(
        flow.workflow_id(p_step ->> 'workflow', (select w.model_id from flow.workflow as w where w.id = p_instance.workflow_id)),
        p_instance.class_id, p_instance.record_id, flow.evaluate_map(p_instance, p_class, p_step -> 'variables'),
        null, case when p_step -> 'wait' is distinct from 'false' then p_branch.id end
      );
      if p_step -> 'wait' = 'false' then
        return v_next || jsonb_build_object('detail', 'started ' || v_child);
      end if;
      perform flow.wait_branch(p_branch.id, 'workflow');
      return jsonb_build_object('wait', 'for instance ' || v_child);
    when 'parallel' then
      if p_branch.woken then
        return v_next;
      end if;
      perform flow.wait_branch(p_branch.id, 'branches');
      for v_result in select b.target from jsonb_array_elements(p_step -> 'branches') as b (target) loop
        insert into flow.branch (instance_id, parent_id, step, since)
        values (p_instance.id, p_branch.id, v_result #>> '{}', core.now())
        returning id into v_branch;
        perform flow.enqueue_branch(v_branch, 1);
      end loop;
      return jsonb_build_object('wait', 'for its branches');
    when 'join' then
      return jsonb_build_object('end', 'branch');
    when 'end' then
      return jsonb_build_object(
        'end', case when p_step -> 'all' = 'true' then 'all' else 'branch' end,
        'detail', flow.evaluate(p_class, p_instance.record_id, p_instance.id, p_instance.variables, p_step ->> 'message') #>> '{}'
      );
  end case;
end;
$$;
COMMENT ON FUNCTION "flow"."do_step"("p_instance" "flow"."instance", "p_branch" "flow"."branch", "p_step" "jsonb", "p_class" bigint) IS 'Do a step and say where to go on. Raises what the step raises.';
CREATE FUNCTION "flow"."step_edges"("p_steps" "jsonb") RETURNS TABLE("step" "text", "label" "text", "target" "text")
    LANGUAGE "sql" IMMUTABLE
    BEGIN ATOMIC
 SELECT "s"."key",
     "k"."label",
     ("s"."value" ->> "k"."key")
    FROM ("jsonb_each"("step_edges"."p_steps") "s"("key", "value")
      CROSS JOIN ( VALUES ('next'::"text",''::"text"), ('yes'::"text",'yes'::"text"), ('no'::"text",'no'::"text"), ('on_deadline'::"text",'deadline'::"text"), ('on_error'::"text",'error'::"text")) "k"("key", "label"))
   WHERE ("s"."value" ? "k"."key")
 UNION ALL
  SELECT "s"."key",
     "o"."key",
     ("o"."value" #>> '{}'::"text"[])
    FROM ("jsonb_each"("step_edges"."p_steps") "s"("key", "value")
      CROSS JOIN LATERAL "jsonb_each"(
         CASE
             WHEN ("jsonb_typeof"(("s"."value" -> 'outcomes'::"text")) = 'object'::"text") THEN ("s"."value" -> 'outcomes'::"text")
             ELSE '{}'::"jsonb"
         END) "o"("key", "value"))
 UNION ALL
  SELECT "s"."key",
     'and'::"text",
     "b"."target"
    FROM ("jsonb_each"("step_edges"."p_steps") "s"("key", "value")
      CROSS JOIN LATERAL "jsonb_array_elements_text"(
         CASE
             WHEN ("jsonb_typeof"(("s"."value" -> 'branches'::"text")) = 'array'::"text") THEN ("s"."value" -> 'branches'::"text")
             ELSE '[]'::"jsonb"
         END) "b"("target"));
END;
COMMENT ON FUNCTION "flow"."step_edges"("p_steps" "jsonb") IS 'Ways between the steps of a workflow.';
CREATE FUNCTION "flow"."draw_steps"("p_steps" "jsonb", "p_taken" "jsonb" DEFAULT '[]'::"jsonb", "p_current" "text"[] DEFAULT '{}'::"text"[]) RETURNS "text"
    LANGUAGE "sql" STABLE
    BEGIN ATOMIC
 WITH "edge" AS (
          SELECT "e"."step",
             "e"."label",
             "e"."target",
             ("row_number"() OVER (ORDER BY "e"."step", "e"."label", "e"."target") - 1) AS "number"
            FROM "flow"."step_edges"("draw_steps"."p_steps") "e"("step", "label", "target")
         ), "node" AS (
          SELECT "s"."key" AS "step",
             ("replace"("s"."key", '-'::"text", '_'::"text") || '_'::"text") AS "name",
             "replace"(COALESCE(("s"."value" ->> 'name'::"text"), "s"."key"), '"'::"text", ''''::"text") AS "label",
             ("s"."value" ->> 'kind'::"text") AS "kind"
            FROM "jsonb_each"("draw_steps"."p_steps") "s"("key", "value")
         ), "passed" AS (
          SELECT ("w"."way" ->> 0) AS "step",
             ("w"."way" ->> 1) AS "target"
            FROM "jsonb_array_elements"("draw_steps"."p_taken") "w"("way")
         )
  SELECT "concat_ws"('
'::"text", 'flowchart TD', ( SELECT "string_agg"("format"(
                 CASE
                     WHEN ("n"."kind" = ANY (ARRAY['start'::"text", 'end'::"text", 'join'::"text"])) THEN '  %s(["%s"])'::"text"
                     WHEN ("n"."kind" = 'condition'::"text") THEN '  %s{"%s"}'::"text"
                     WHEN ("n"."kind" = ANY (ARRAY['event'::"text", 'timer'::"text", 'task'::"text"])) THEN '  %s[/"%s"/]'::"text"
                     WHEN ("n"."kind" = 'workflow'::"text") THEN '  %s[["%s"]]'::"text"
                     ELSE '  %s["%s"]'::"text"
                 END, "n"."name",
                 CASE
                     WHEN ("n"."kind" = ANY (ARRAY['start'::"text", 'end'::"text", 'join'::"text", 'condition'::"text"])) THEN "n"."label"
                     ELSE (("n"."kind" || ': '::"text") || "n"."label")
                 END), '
'::"text" ORDER BY "n"."step") AS "string_agg"
            FROM "node" "n"), ( SELECT "string_agg"("format"('  %s -->%s %s'::"text", "a"."name",
                 CASE "e"."label"
                     WHEN ''::"text" THEN ''::"text"
                     ELSE "format"('|%s|'::"text", "e"."label")
                 END, "b"."name"), '
'::"text" ORDER BY "e"."number") AS "string_agg"
            FROM (("edge" "e"
              JOIN "node" "a" ON (("e"."step" = "a"."step")))
              JOIN "node" "b" ON (("e"."target" = "b"."step")))), ( SELECT (('  linkStyle '::"text" || "string_agg"(("e"."number")::"text", ','::"text" ORDER BY "e"."number")) || ' stroke:#1a7f37,stroke-width:3px'::"text")
            FROM "edge" "e"
           WHERE (EXISTS ( SELECT
                    FROM "passed" "t"
                   WHERE (("t"."step" = "e"."step") AND ("t"."target" = "e"."target"))))
          HAVING ("count"(*) > 0)),
         CASE
             WHEN ("p_taken" <> '[]'::"jsonb") THEN '  classDef taken stroke:#1a7f37,stroke-width:3px'::"text"
             ELSE NULL::"text"
         END, ( SELECT (('  class '::"text" || "string_agg"("n"."name", ','::"text" ORDER BY "n"."name")) || ' taken'::"text")
            FROM "node" "n"
           WHERE (("n"."step" IN ( SELECT "t"."step"
                    FROM "passed" "t")) AND ("array_position"("draw_steps"."p_current", "n"."step") IS NULL))
          HAVING ("count"(*) > 0)),
         CASE
             WHEN ("p_current" <> '{}'::"text"[]) THEN '  classDef current fill:#fff8c5,stroke:#9a6700,stroke-width:3px'::"text"
             ELSE NULL::"text"
         END, ( SELECT (('  class '::"text" || "string_agg"("n"."name", ','::"text" ORDER BY "n"."name")) || ' current'::"text")
            FROM "node" "n"
           WHERE ("array_position"("draw_steps"."p_current", "n"."step") IS NOT NULL)
          HAVING ("count"(*) > 0))) AS "concat_ws";
END;
COMMENT ON FUNCTION "flow"."draw_steps"("p_steps" "jsonb", "p_taken" "jsonb", "p_current" "text"[]) IS 'Flowchart in Mermaid; p_taken has pairs of a step and the next.';
CREATE TABLE "flow"."step_log" (
    "id" bigint NOT NULL,
    "instance_id" bigint NOT NULL,
    "branch_id" bigint NOT NULL,
    "step" "text" NOT NULL,
    "outcome" "text" NOT NULL,
    "next" "text",
    "at" timestamp with time zone NOT NULL,
    "detail" "text",
    CONSTRAINT "step_log_outcome_check" CHECK (("outcome" = ANY (ARRAY['done'::"text", 'waits'::"text", 'failed'::"text", 'cancelled'::"text", 'moved'::"text"])))
);
COMMENT ON TABLE "flow"."step_log" IS 'What became of every step of every instance, in order.';
CREATE TABLE "flow"."workflow_version" (
    "workflow_id" bigint NOT NULL,
    "version" integer NOT NULL,
    "steps" "jsonb" NOT NULL,
    "compiled" "jsonb" NOT NULL,
    "created" timestamp with time zone DEFAULT "now"() NOT NULL
);
COMMENT ON TABLE "flow"."workflow_version" IS 'Steps of each version of a workflow. One that has run is never changed.';
COMMENT ON COLUMN "flow"."workflow_version"."compiled" IS 'The steps as the engine reads them: ids for codes, SQL for conditions and formats.';
CREATE FUNCTION "flow"."draw_instance"("p_instance" bigint) RETURNS "text"
    LANGUAGE "sql" STABLE SECURITY DEFINER
    BEGIN ATOMIC
 SELECT "flow"."draw_steps"("v"."steps", ( SELECT COALESCE("jsonb_agg"("jsonb_build_array"("l"."step", COALESCE("l"."next", "b"."target"))), '[]'::"jsonb") AS "coalesce"
            FROM ("flow"."step_log" "l"
              LEFT JOIN LATERAL ( SELECT "x"."target"
                    FROM "jsonb_array_elements_text"(
                         CASE
                             WHEN (((("v"."steps" -> "l"."step") ->> 'kind'::"text") = 'parallel'::"text") AND ("l"."outcome" = 'waits'::"text")) THEN (("v"."steps" -> "l"."step") -> 'branches'::"text")
                             ELSE NULL::"jsonb"
                         END) "x"("target")) "b" ON (true))
           WHERE (("l"."instance_id" = "i"."id") AND (("l"."outcome" = 'done'::"text") OR (("l"."outcome" = 'failed'::"text") AND ("l"."next" IS NOT NULL)) OR ("b"."target" IS NOT NULL)))), ARRAY( SELECT "b"."step"
            FROM "flow"."branch" "b"
           WHERE (("b"."instance_id" = "i"."id") AND ("b"."waits_for" IS DISTINCT FROM 'branches'::"text")))) AS "draw_steps"
    FROM ("flow"."instance" "i"
      JOIN "flow"."workflow_version" "v" ON ((("i"."workflow_id" = "v"."workflow_id") AND ("i"."version" = "v"."version"))))
   WHERE ("i"."id" = "draw_instance"."p_instance");
END;
COMMENT ON FUNCTION "flow"."draw_instance"("p_instance" bigint) IS 'Flowchart of an instance in Mermaid; null when there is none.';
CREATE FUNCTION "flow"."draw_version"("p_code" "text", "p_version" integer DEFAULT NULL::integer) RETURNS "text"
    LANGUAGE "sql" STABLE SECURITY DEFINER
    BEGIN ATOMIC
 SELECT "flow"."draw_steps"("v"."steps") AS "draw_steps"
    FROM ("flow"."workflow" "w"
      JOIN "flow"."workflow_version" "v" ON ((("w"."id" = "v"."workflow_id") AND ("v"."version" = COALESCE("draw_version"."p_version", "w"."version")))))
   WHERE ("w"."id" = "flow"."workflow_id"("draw_version"."p_code"));
END;
COMMENT ON FUNCTION "flow"."draw_version"("p_code" "text", "p_version" integer) IS 'Flowchart of a workflow in Mermaid. Raises PG510.';
CREATE FUNCTION "flow"."drop_frame"("p_frame" bigint) RETURNS "void"
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_user text;
begin
  select min(n.code) into v_user from flow.notification as n where n.frame_id = p_frame;
  if v_user is not null then
    raise exception 'the frame is used by the notification "%"', v_user
      using errcode = 'PG118', hint = 'Take it out of the notification first.';
  end if;
  delete from flow.frame as f where f.id = p_frame;
end;
$$;
COMMENT ON FUNCTION "flow"."drop_frame"("p_frame" bigint) IS 'Drop a frame. Raises PG118 while a notification uses it.';
CREATE FUNCTION "flow"."drop_job"("p_job" bigint) RETURNS "void"
    LANGUAGE "sql" SECURITY DEFINER
    BEGIN ATOMIC
 DELETE FROM "flow"."job" "j"
   WHERE ("j"."id" = "drop_job"."p_job");
END;
COMMENT ON FUNCTION "flow"."drop_job"("p_job" bigint) IS 'Drop a job; a run that is under way ends without effect.';
CREATE FUNCTION "flow"."drop_notification"("p_notification" bigint) RETURNS "void"
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  if exists (select from flow.rule as r where r.notification_id = p_notification) then
    raise exception 'notification % is sent by the rule %',
      (select n.code from flow.notification as n where n.id = p_notification),
      (select min(r.code) from flow.rule as r where r.notification_id = p_notification)
      using errcode = 'PG118', hint = 'Drop the rule first.';
  end if;
  delete from flow.notification as n where n.id = p_notification;
end;
$$;
COMMENT ON FUNCTION "flow"."drop_notification"("p_notification" bigint) IS 'Drop a notification. Raises PG118 while a rule sends it.';
CREATE FUNCTION "flow"."unhook_rule"("p_rule" bigint) RETURNS "void"
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_class bigint;
begin
  delete from meta.class_hook as h
  where h.code = 'rule ' || p_rule
  returning h.class_id into v_class;
  if found then
    perform meta.touch_class(v_class);
  end if;
end;
$$;
COMMENT ON FUNCTION "flow"."unhook_rule"("p_rule" bigint) IS 'Remove what flow.set_rule() has built into the triggers of a class.';
CREATE TABLE "flow"."rule" (
    "id" bigint NOT NULL,
    "model_id" bigint NOT NULL,
    "code" "text" NOT NULL,
    "class_id" bigint NOT NULL,
    "event" "text" NOT NULL,
    "notification_id" bigint,
    "enabled" boolean DEFAULT true NOT NULL,
    "position" integer DEFAULT 0 NOT NULL,
    "definition" "jsonb" NOT NULL,
    "action" "text" DEFAULT 'notify'::"text" NOT NULL,
    "script_id" bigint,
    "since" timestamp with time zone DEFAULT "now"() NOT NULL,
    CONSTRAINT "rule_action_check" CHECK (
CASE "action"
    WHEN 'notify'::"text" THEN ("notification_id" IS NOT NULL)
    WHEN 'script'::"text" THEN ("script_id" IS NOT NULL)
    ELSE ("action" = ANY (ARRAY['set'::"text", 'refuse'::"text", 'raise'::"text", 'start'::"text", 'enqueue'::"text"]))
END),
    CONSTRAINT "rule_event_check" CHECK (("event" = ANY (ARRAY['before_insert'::"text", 'before_update'::"text", 'before_delete'::"text", 'after_insert'::"text", 'after_update'::"text", 'after_delete'::"text", 'on_date'::"text"])))
);
COMMENT ON TABLE "flow"."rule" IS 'What happens before or after rows of a class are written or deleted: a condition and an action, built into the triggers of the class.';
COMMENT ON COLUMN "flow"."rule"."action" IS 'What it does: notify, set, refuse, script, raise (an event), start (a workflow), enqueue (a task).';
COMMENT ON COLUMN "flow"."rule"."since" IS 'Of a rule by date: moments before this are passed over, by core.now().';
CREATE FUNCTION "flow"."drop_rule"("p_rule" bigint) RETURNS "void"
    LANGUAGE "sql" SECURITY DEFINER
    BEGIN ATOMIC
 SELECT "flow"."unhook_rule"("p_rule") AS "unhook_rule";
 DELETE FROM "flow"."rule" "r"
   WHERE ("r"."id" = "drop_rule"."p_rule");
END;
COMMENT ON FUNCTION "flow"."drop_rule"("p_rule" bigint) IS 'Drop a rule and take it out of the triggers of its class.';
CREATE FUNCTION "flow"."drop_script"("p_script" bigint) RETURNS "void"
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_user text;
begin
  select min(u.name) into v_user
  from (
    select 'rule ' || r.code as name from flow.rule as r where r.script_id = p_script
    union all
    select 'job ' || j.code
    from flow.job as j
    cross join jsonb_array_elements(j.compiled) as s
    where s.value -> 'script_id' = to_jsonb(p_script)
    union all
    select 'workflow ' || w.code
    from flow.workflow as w
    inner join flow.workflow_version as v on w.id = v.workflow_id
    cross join jsonb_each(v.compiled) as s
    where s.value -> 'script_id' = to_jsonb(p_script)
      and (v.version = w.version or exists (
        select from flow.instance as i where i.workflow_id = w.id and i.version = v.version and i.state in (0, 3, 6)
      ))
  ) as u;
  if v_user is not null then
    raise exception 'script % is run by %', (select s.code from flow.script as s where s.id = p_script), v_user
      using errcode = 'PG118', hint = 'Drop or change that first.';
  end if;
  execute format('drop function if exists data.script_%s(jsonb)', p_script);
  delete from flow.script as s where s.id = p_script;
end;
$$;
COMMENT ON FUNCTION "flow"."drop_script"("p_script" bigint) IS 'Drop a script. Raises PG118 while something runs it.';
CREATE FUNCTION "flow"."drop_workflow"("p_workflow" bigint) RETURNS "void"
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_code constant text := (select w.code from flow.workflow as w where w.id = p_workflow);
  v_user text;
begin
  select min(u.name) into v_user
  from (
    select 'rule ' || r.code as name
    from flow.rule as r
    where r.action = 'start' and flow.workflow_id(r.definition ->> 'start', r.model_id) = p_workflow
    union all
    select 'workflow ' || w.code
    from flow.workflow as w
    inner join flow.workflow_version as v on w.id = v.workflow_id and w.version = v.version
    cross join jsonb_each(v.steps) as s
    where s.value ->> 'kind' = 'workflow' and w.id <> p_workflow and flow.workflow_id(s.value ->> 'workflow', w.model_id) = p_workflow
    union all
    select 'job ' || j.code
    from flow.job as j
    cross join jsonb_array_elements(j.compiled) as s
    where s.value -> 'workflow_id' = to_jsonb(p_workflow)
    union all
    select 'its instance ' || min(i.id)
    from flow.instance as i
    where i.workflow_id = p_workflow and i.state in (0, 3, 6)
    having count(*) > 0
  ) as u;
  if v_user is not null then
    raise exception 'workflow % is used by %', v_code, v_user
      using errcode = 'PG118', hint = 'Change that, or cancel the instances, first.';
  end if;
  delete from flow.instance as i where i.workflow_id = p_workflow;
  delete from flow.workflow as w where w.id = p_workflow;
end;
$$;
COMMENT ON FUNCTION "flow"."drop_workflow"("p_workflow" bigint) IS 'Drop a workflow. Raises PG118 while something starts it or an instance is open.';
CREATE FUNCTION "flow"."end_branch"("p_branch" "flow"."branch") RETURNS "void"
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  delete from flow.branch as b where b.id = p_branch.id;
  if p_branch.parent_id is not null then
    if not exists (select from flow.branch as b where b.parent_id = p_branch.parent_id) then
      perform flow.wake_branch(p_branch.parent_id, null);
    end if;
  elsif not exists (select from flow.branch as b where b.instance_id = p_branch.instance_id) then
    perform flow.finish_instance(p_branch.instance_id, 1::smallint);
  end if;
end;
$$;
COMMENT ON FUNCTION "flow"."end_branch"("p_branch" "flow"."branch") IS 'End a branch of an instance that is locked.';
CREATE FUNCTION "flow"."end_job_step"("p_run" bigint, "p_position" integer, "p_error" "text", "p_output" "text" DEFAULT NULL::"text") RETURNS "void"
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_step jsonb;
begin
  select j.compiled -> (p_position - 1) into v_step
  from flow.job_run as r
  inner join flow.job as j on r.job_id = j.id
  where r.id = p_run and r.position = p_position and r.state = 'running'
  for update of r;
  if not found then
    return;
  end if;
  insert into flow.job_log (run_id, position, step, outcome, at, detail)
  values (
    p_run, p_position, v_step ->> 'kind', case when p_error is null then 'done' else 'failed' end,
    core.now(), concat_ws(e'\n', p_error, nullif(left(p_output, 100000), ''))
  );
  if p_error is not null then
    if v_step ->> 'on_error' is distinct from 'continue' then
      perform flow.end_run(p_run, format('step %s: %s', p_position, p_error));
      return;
    end if;
    update flow.job_run as r set error = coalesce(r.error, format('step %s: %s', p_position, p_error)) where r.id = p_run;
  end if;
  perform queue.enqueue('job.run', jsonb_build_object('run', p_run));
end;
$$;
COMMENT ON FUNCTION "flow"."end_job_step"("p_run" bigint, "p_position" integer, "p_error" "text", "p_output" "text") IS 'Record the end of a command or action of a job; p_error is null when it succeeded.';
CREATE FUNCTION "flow"."end_run"("p_run" bigint, "p_error" "text" DEFAULT NULL::"text") RETURNS "void"
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_job bigint;
  v_next bigint;
begin
  update flow.job_run as r
  set state = case when coalesce(r.error, p_error) is null then 'done' else 'failed' end, ended = core.now(), error = coalesce(r.error, p_error)
  where r.id = p_run
  returning r.job_id into v_job;
  perform from flow.job as j where j.id = v_job for update;
  if not exists (select from flow.job_run as r where r.job_id = v_job and r.state = 'running') then
    update flow.job_run as r
    set state = 'running', started = core.now()
    where r.id = (select min(w.id) from flow.job_run as w where w.job_id = v_job and w.state = 'waiting')
    returning r.id into v_next;
    if found then
      perform queue.enqueue('job.run', jsonb_build_object('run', v_next));
    end if;
  end if;
end;
$$;
COMMENT ON FUNCTION "flow"."end_run"("p_run" bigint, "p_error" "text") IS 'End a run of a job, with an error if it failed.';
CREATE FUNCTION "flow"."enqueue_branch"("p_branch" bigint, "p_turn" integer, "p_due" timestamp with time zone DEFAULT NULL::timestamp with time zone, "p_late" boolean DEFAULT false) RETURNS bigint
    LANGUAGE "sql"
    BEGIN ATOMIC
 SELECT "queue"."enqueue"('workflow.step'::"text", ("jsonb_build_object"('branch', "p_branch", 'turn', "p_turn") ||
         CASE
             WHEN "p_late" THEN '{"late": true}'::"jsonb"
             ELSE '{}'::"jsonb"
         END), "p_due") AS "enqueue";
END;
COMMENT ON FUNCTION "flow"."enqueue_branch"("p_branch" bigint, "p_turn" integer, "p_due" timestamp with time zone, "p_late" boolean) IS 'Enqueue a task workflow.step and give its id.';
CREATE FUNCTION "flow"."envelopes"("p_to" "text", "p_cc" "text", "p_bcc" "text", "p_each" boolean, "p_languages" "text"[]) RETURNS TABLE("recipients" "text", "copies" "text", "blind" "text", "language" "text")
    LANGUAGE "plpgsql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  if not p_each then
    return query
    select p_to, p_cc, p_bcc, case when count(distinct coalesce(l.language, '')) = 1 then min(l.language) end
    from mail.parse_addresses(p_to) as a
    cross join lateral flow.language_of(a.address, p_languages) as l (language);
    return;
  end if;
  return query
  select
    case when a.name is null then a.address else format('"%s" <%s>', regexp_replace(a.name, '(["\\])', '\\\1', 'g'), a.address) end,
    null::text, null::text, flow.language_of(a.address, p_languages)
  from (
    select distinct on (lower(p.address)) p.name, p.address, p.place
    from mail.parse_addresses(concat_ws('; ', p_to, p_cc, p_bcc)) as p
    order by lower(p.address), p.place
  ) as a
  order by a.place;
  if not found then
    return query select null::text, null::text, null::text, null::text;
  end if;
end;
$$;
COMMENT ON FUNCTION "flow"."envelopes"("p_to" "text", "p_cc" "text", "p_bcc" "text", "p_each" boolean, "p_languages" "text"[]) IS 'Recipients of each message with the language, null for the default one. Raises PG401, PG403 for what is no address.';
CREATE FUNCTION "flow"."escape_html"("p_value" "text") RETURNS "text"
    LANGUAGE "sql" IMMUTABLE PARALLEL SAFE
    BEGIN ATOMIC
 SELECT "replace"("replace"("replace"("replace"("replace"("replace"("replace"("p_value", '&'::"text", '&amp;'::"text"), '<'::"text", '&lt;'::"text"), '>'::"text", '&gt;'::"text"), '"'::"text", '&quot;'::"text"), ''''::"text", '&#39;'::"text"), '
'::"text", '
'::"text"), '
'::"text", '<br>
'::"text") AS "replace";
END;
COMMENT ON FUNCTION "flow"."escape_html"("p_value" "text") IS 'Text with the characters of HTML escaped and line breaks as <br>; null for null.';
CREATE FUNCTION "flow"."evaluate"("p_class" bigint, "p_record" bigint, "p_instance" bigint, "p_variables" "jsonb", "p_expression" "text") RETURNS "jsonb"
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_value jsonb;
begin
  if p_expression is null then
    return null;
  end if;
  -- The subselect makes a text of a literal.
  execute format(
    'select to_jsonb(e.value) from (select %s as value from (select $1 as record_id, $2 as instance_id, $3 as variables) as x %s) as e',
    p_expression,
    case when p_class is not null then format('left join data.datarow_%s as r on x.record_id = r.id', p_class) else '' end
  )
  using p_record, p_instance, p_variables
  into v_value;
  return v_value;
end;
$_$;
COMMENT ON FUNCTION "flow"."evaluate"("p_class" bigint, "p_record" bigint, "p_instance" bigint, "p_variables" "jsonb", "p_expression" "text") IS 'Value of an expression of flow.workflow_expression() or flow.workflow_format().';
CREATE FUNCTION "flow"."evaluate_map"("p_instance" "flow"."instance", "p_class" bigint, "p_map" "jsonb") RETURNS "jsonb"
    LANGUAGE "sql"
    BEGIN ATOMIC
 SELECT COALESCE("jsonb_object_agg"("m"."key", "flow"."evaluate"("evaluate_map"."p_class", ("evaluate_map"."p_instance")."record_id", ("evaluate_map"."p_instance")."id", ("evaluate_map"."p_instance")."variables", "m"."value")), '{}'::"jsonb") AS "coalesce"
    FROM "jsonb_each_text"(COALESCE("evaluate_map"."p_map", '{}'::"jsonb")) "m"("key", "value");
END;
COMMENT ON FUNCTION "flow"."evaluate_map"("p_instance" "flow"."instance", "p_class" bigint, "p_map" "jsonb") IS 'Object of the values of a map of expressions.';
CREATE FUNCTION "flow"."execute_script"("p_script" bigint, "p_context" "jsonb") RETURNS "jsonb"
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_script record;
  v_result jsonb;
begin
  select s.enabled, s.integration, m.code || '.' || s.code as name into v_script
  from flow.script as s
  inner join meta.model as m on s.model_id = m.id
  where s.id = p_script;
  if not found then
    raise exception 'script % does not exist any more', p_script
      using errcode = 'PG501', hint = '"pgears script list" shows the scripts.';
  elsif not v_script.enabled or (v_script.integration and not core.integration()) then
    raise exception 'script % is switched off', v_script.name
      using errcode = 'PG503', hint = 'Enable it in its model file; an integration script needs core.set_integration(true).';
  end if;
  execute format('select data.script_%s($1)', p_script)
  using
    jsonb_build_object('script', v_script.name, 'environment', core.environment(), 'account', access.current_account(), 'parameters', '{}'::jsonb)
    || coalesce(p_context, '{}')
  into v_result;
  if jsonb_typeof(v_result) = 'object' and v_result ? 'error' then
    raise exception '%', v_result ->> 'error'
      using errcode = 'PG502', detail = 'script ' || v_script.name, hint = 'The script has set this error; what it wrote is undone.';
  end if;
  return v_result;
end;
$_$;
COMMENT ON FUNCTION "flow"."execute_script"("p_script" bigint, "p_context" "jsonb") IS 'Result of a script. Raises PG501, PG503, PG502 for an error that it sets, and what it raises.';
CREATE FUNCTION "flow"."fail_step"("p_branch" "flow"."branch", "p_step" "jsonb", "p_error" "text") RETURNS "text"
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_attempts constant integer := p_branch.attempts + 1;
  v_final constant boolean := v_attempts >= coalesce((p_step ->> 'attempts')::integer, 5);
begin
  insert into flow.step_log (instance_id, branch_id, step, outcome, next, at, detail)
  values (p_branch.instance_id, p_branch.id, p_branch.step, 'failed', case when v_final then p_step ->> 'on_error' end, core.now(), p_error);
  if v_final and p_step ? 'on_error' then
    return p_step ->> 'on_error';
  end if;
  update flow.branch as b
  set attempts = v_attempts, turn = b.turn + 1
  where b.id = p_branch.id;
  if v_final then
    update flow.instance as i
    set state = 3, error = format('%s: %s', p_branch.step, p_error)
    where i.id = p_branch.instance_id;
  else
    perform flow.enqueue_branch(p_branch.id, p_branch.turn + 1, core.now() + least(power(2, v_attempts) * interval '1 second', interval '10 minutes'));
  end if;
  return null;
end;
$$;
COMMENT ON FUNCTION "flow"."fail_step"("p_branch" "flow"."branch", "p_step" "jsonb", "p_error" "text") IS 'Record a failed attempt of a step and say where to go on.';
CREATE FUNCTION "flow"."fail_stranded"() RETURNS bigint
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_count bigint;
  v_dead record;
begin
  with stranded as (
    select b.instance_id, min(d.error) as error
    from queue.dead as d
    inner join flow.branch as b on b.id = (d.payload ->> 'branch')::bigint and b.turn = (d.payload ->> 'turn')::integer
    where d.kind = 'workflow.step'
    group by b.instance_id
  )
  update flow.instance as i
  set state = 3, error = s.error
  from stranded as s
  where i.id = s.instance_id and i.state = 0;
  get diagnostics v_count = row_count;
  for v_dead in
    select d.kind, d.error, d.payload, r.id as run
    from queue.dead as d
    inner join flow.job_run as r on r.id = (d.payload ->> 'run')::bigint
    where d.kind in ('job.run', 'job.command', 'job.action') and r.state = 'running'
      and (d.kind = 'job.run' or r.position = (d.payload ->> 'position')::integer)
    for update of r skip locked
  loop
    if v_dead.kind = 'job.run' then
      perform flow.end_run(v_dead.run, v_dead.error);
    else
      perform flow.end_job_step(v_dead.run, (v_dead.payload ->> 'position')::integer, v_dead.error);
    end if;
    v_count := v_count + 1;
  end loop;
  return v_count;
end;
$$;
COMMENT ON FUNCTION "flow"."fail_stranded"() IS 'Fail instances and runs whose task is dead; gives their number.';
CREATE FUNCTION "flow"."finish_instance"("p_instance" bigint, "p_state" smallint, "p_error" "text" DEFAULT NULL::"text") RETURNS "void"
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_instance flow.instance;
begin
  update flow.instance as i
  set state = p_state, ended = core.now(), error = p_error
  where i.id = p_instance
  returning i.* into v_instance;
  if v_instance.parent_branch_id is not null then
    perform flow.wake_branch(
      v_instance.parent_branch_id,
      jsonb_build_object('instance', p_instance, 'state', p_state, 'variables', v_instance.variables, 'error', p_error)
    );
  end if;
end;
$$;
COMMENT ON FUNCTION "flow"."finish_instance"("p_instance" bigint, "p_state" smallint, "p_error" "text") IS 'Set the last state of an instance and wake what waits for it.';
CREATE FUNCTION "flow"."fire_dates"() RETURNS bigint
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_now constant timestamptz := core.now();
  v_rule record;
  v_offset interval;
  v_place bigint;
  v_records jsonb[];
  v_count bigint := 0;
begin
  for v_rule in
    select r.*, e.physical, e.sql_type
    from flow.rule as r
    inner join meta.effective_column as e on r.class_id = e.class_id and r.definition ->> 'date' = format('{{column.%s}}', e.code)
    where r.event = 'on_date' and r.enabled
    order by r.position, r.id
    for update of r skip locked
  loop
    for v_offset, v_place in
      select o.span::interval, o.place from jsonb_array_elements_text(v_rule.definition -> 'offsets') with ordinality as o (span, place)
    loop
      -- The column stands alone, so that an index on it can be used.
      execute format(
        'with due as (
          select to_jsonb(r) as record, r.id
          from data.datarow_%1$s as r
          where r.deleted is null and r.%2$I <= ($1 - $2)::%3$s and r.%2$I > ($3 - $2)::%3$s - interval ''1 day'' and r.%2$I + $2 > $3 and r.%2$I + $2 <= $1
            and (%4$s)
            and not exists (select from flow.fired_date as f where f.rule_id = $4 and f.position = $5 and f.record_id = r.id)
          order by r.id
          limit 1000
        ),
        fired as (
          insert into flow.fired_date (rule_id, position, record_id, at)
          select $4, $5, d.id, $1 from due as d
          on conflict do nothing
          returning record_id
        )
        select array_agg(jsonb_build_object(''record'', d.record)) from due as d inner join fired as f on d.id = f.record_id',
        v_rule.class_id, v_rule.physical, v_rule.sql_type,
        coalesce(flow.rule_expression(v_rule.class_id, v_rule.definition ->> 'when', 'r.', 'r.'), 'true')
      )
      using v_now, v_offset, v_rule.since, v_rule.id, v_place
      into v_records;
      for v_at in 1..coalesce(cardinality(v_records), 0) by 100 loop
        perform queue.enqueue('rule', case v_rule.action
          when 'notify' then jsonb_build_object('rule', v_rule.id, 'ids', (
            select jsonb_agg(i.item -> 'record' -> 'id') from unnest(v_records[v_at:v_at + 99]) as i (item)
          ))
          else jsonb_build_object('rule', v_rule.id, 'depth', 1, 'records', to_jsonb(v_records[v_at:v_at + 99]))
        end);
      end loop;
      v_count := v_count + coalesce(cardinality(v_records), 0);
    end loop;
  end loop;
  return v_count;
end;
$_$;
COMMENT ON FUNCTION "flow"."fire_dates"() IS 'Have rules by date act for rows whose moment has come; gives the number of records.';
CREATE FUNCTION "flow"."follow_column"() RETURNS "trigger"
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
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
COMMENT ON FUNCTION "flow"."follow_column"() IS 'Trigger function: rewrite placeholders of a renamed column; raise PG118 for a dropped one in use.';
CREATE TABLE "flow"."frame" (
    "id" bigint NOT NULL,
    "model_id" bigint NOT NULL,
    "code" "text" NOT NULL,
    "definition" "jsonb" NOT NULL
);
COMMENT ON TABLE "flow"."frame" IS 'What surrounds the texts of notifications: HTML and plain text with {{content}}.';
CREATE FUNCTION "flow"."frame_definitions"("p_model" bigint) RETURNS TABLE("id" bigint, "code" "text", "definition" "jsonb")
    LANGUAGE "sql" STABLE
    BEGIN ATOMIC
 SELECT "f"."id",
     "f"."code",
     "f"."definition"
    FROM "flow"."frame" "f"
   WHERE ("f"."model_id" = "frame_definitions"."p_model");
END;
COMMENT ON FUNCTION "flow"."frame_definitions"("p_model" bigint) IS 'Id, code and definition of each frame of a model.';
CREATE FUNCTION "flow"."text_expression"("p_model" bigint, "p_class" bigint, "p_text" "text", "p_kind" "text", "p_language" "text", "p_variables" "text"[]) RETURNS "text"
    LANGUAGE "plpgsql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_piece text;
  v_name text;
  v_part text;
  v_parts text[] := array[]::text[];
begin
  for v_piece in
    select p.piece[1]
    from regexp_matches(p_text, '\{\{[^}]*\}\}|(?:(?!\{\{).)+|\{\{', 'gs') as p (piece)
  loop
    if v_piece not like '{{%' then
      v_parts := v_parts || quote_literal(case when p_kind = 'framed' then flow.escape_html(v_piece) else v_piece end);
      continue;
    end if;
    v_name := substring(v_piece from '^\{\{\s*([a-z][a-z0-9_.-]*)\s*\}\}$');
    v_part := flow.variable_expression(p_model, p_class, v_name, p_language, p_kind = 'address', p_variables);
    if v_part is null then
      raise exception 'there is no variable "%" here', coalesce(v_name, v_piece)
        using
          errcode = 'PG425',
          hint = coalesce(
            case
              when v_name = 'record.url' then 'Set the parameter "web.base_address" first.'
              when v_name like 'var.%' then 'List the run variables in "variables".'
              when v_name like 'column.%' and p_kind = 'address' then 'Name a column that holds addresses, such as {{column.customer.email}}.'
              when v_name like 'column.%' and p_class is not null then
                meta.nearest(
                  split_part(v_name, '.', 2),
                  array(select e.code from meta.effective_column as e where e.class_id = p_class)
                )
            end, ''
          ) || ' Variables: column.<code>, column.<reference>.<code>, class.name, model.name, app.par.<code>, record.url, var.<name>.';
    end if;
    v_parts := v_parts || case
      when p_kind in ('html', 'framed') then format('flow.escape_html(%s)', v_part)
      when p_kind = 'line' then format('flow.one_line(%s)', v_part)
      else v_part
    end;
  end loop;
  return coalesce(array_to_string(nullif(v_parts, '{}'), ' || '), quote_literal(''));
end;
$_$;
COMMENT ON FUNCTION "flow"."text_expression"("p_model" bigint, "p_class" bigint, "p_text" "text", "p_kind" "text", "p_language" "text", "p_variables" "text"[]) IS 'SQL expression of type text for a text with variables; p_kind text, line, address, html or framed. Raises PG425 for an unknown variable.';
CREATE FUNCTION "flow"."frame_expression"("p_model" bigint, "p_class" bigint, "p_frame" "text", "p_content" "text", "p_kind" "text", "p_language" "text", "p_variables" "text"[]) RETURNS "text"
    LANGUAGE "sql" STABLE
    BEGIN ATOMIC
 SELECT
         CASE
             WHEN ("p_frame" IS NULL) THEN "p_content"
             ELSE ( SELECT "string_agg"(
                     CASE
                         WHEN ("f"."piece" ~ '^\{\{\s*content\s*\}\}$'::"text") THEN (('('::"text" || "frame_expression"."p_content") || ')'::"text")
                         ELSE "flow"."text_expression"("frame_expression"."p_model", "frame_expression"."p_class", "f"."piece", "frame_expression"."p_kind", "frame_expression"."p_language", "frame_expression"."p_variables")
                     END, ' || '::"text" ORDER BY "f"."position") AS "string_agg"
                FROM ( SELECT "m"."found"[1] AS "piece",
                         "m"."position"
                        FROM "regexp_matches"("frame_expression"."p_frame", '\{\{\s*content\s*\}\}|(?:(?!\{\{\s*content\s*\}\}).)+'::"text", 'gs'::"text") WITH ORDINALITY "m"("found", "position")) "f")
         END AS "string_agg";
END;
COMMENT ON FUNCTION "flow"."frame_expression"("p_model" bigint, "p_class" bigint, "p_frame" "text", "p_content" "text", "p_kind" "text", "p_language" "text", "p_variables" "text"[]) IS 'SQL expression of type text for a frame around the expression of its content. Raises PG425.';
CREATE FUNCTION "flow"."job_definitions"("p_model" bigint) RETURNS TABLE("id" bigint, "code" "text", "definition" "jsonb")
    LANGUAGE "sql" STABLE
    BEGIN ATOMIC
 SELECT "j"."id",
     "j"."code",
     "j"."definition"
    FROM "flow"."job" "j"
   WHERE ("j"."model_id" = "job_definitions"."p_model");
END;
COMMENT ON FUNCTION "flow"."job_definitions"("p_model" bigint) IS 'Id, code and definition of each job of a model.';
CREATE FUNCTION "flow"."job_id"("p_code" "text", "p_model" bigint DEFAULT NULL::bigint) RETURNS bigint
    LANGUAGE "plpgsql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_ids bigint[];
begin
  v_ids := array(
    select j.id
    from flow.job as j
    left join meta.model as m on j.model_id = m.id
    where case when p_code like '%.%' then m.code || '.' || j.code = p_code else j.code = p_code and (p_model is null or j.model_id = p_model) end
  );
  if cardinality(v_ids) <> 1 then
    raise exception 'there is % job "%"', case cardinality(v_ids) when 0 then 'no' else 'more than one' end, p_code
      using errcode = 'PG520', hint = 'Name it as model.code; "pgears job list" shows the jobs.';
  end if;
  return v_ids[1];
end;
$$;
COMMENT ON FUNCTION "flow"."job_id"("p_code" "text", "p_model" bigint) IS 'Id of a job by model.code or code. Raises PG520.';
CREATE FUNCTION "flow"."job_slot"("p_definition" "jsonb", "p_after" timestamp with time zone) RETURNS timestamp with time zone
    LANGUAGE "plpgsql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_zone constant text := coalesce(p_definition ->> 'time_zone', 'UTC');
  v_from constant timestamptz := (p_definition ->> 'valid_from')::timestamp at time zone v_zone;
  v_to constant timestamptz := (p_definition ->> 'valid_to')::timestamp at time zone v_zone;
  v_slot timestamptz;
begin
  if p_definition ? 'cron' then
    v_slot := flow.next_slot(p_definition ->> 'cron', v_zone, greatest(p_after, v_from - interval '1 second'));
  else
    v_slot := (p_definition ->> 'at')::timestamp at time zone v_zone;
    if v_slot <= p_after or v_slot < v_from then
      v_slot := null;
    end if;
  end if;
  return case when v_to is null or v_slot <= v_to then v_slot end;
exception
  when invalid_datetime_format or datetime_field_overflow or invalid_parameter_value then
    raise exception 'a time of the job cannot be read: %', sqlerrm
      using errcode = 'PG521', hint = 'Write times as 2026-12-31 23:59, on the clock of time_zone.';
end;
$$;
COMMENT ON FUNCTION "flow"."job_slot"("p_definition" "jsonb", "p_after" timestamp with time zone) IS 'Next slot of a job by its cron or at. Raises PG521.';
CREATE FUNCTION "flow"."language_of"("p_address" "text", "p_languages" "text"[]) RETURNS "text"
    LANGUAGE "sql" STABLE
    BEGIN ATOMIC
 SELECT "l"."code"
    FROM ("access"."account" "a"
      JOIN "unnest"("language_of"."p_languages") "l"("code") ON ((("l"."code" = "a"."language") OR ("l"."code" = "split_part"("a"."language", '-'::"text", 1)))))
   WHERE ("lower"("a"."email") = "lower"("language_of"."p_address"))
   ORDER BY "a"."enabled" DESC, "a"."id", ("l"."code" = "a"."language") DESC
  LIMIT 1;
END;
COMMENT ON FUNCTION "flow"."language_of"("p_address" "text", "p_languages" "text"[]) IS 'Language of the account of an address among those given, cs for cs-CZ too; null for none.';
CREATE FUNCTION "flow"."language_text"("p_text" "jsonb", "p_language" "text") RETURNS "text"
    LANGUAGE "sql" STABLE
    BEGIN ATOMIC
 SELECT
         CASE
             WHEN (("jsonb_typeof"("p_text") = 'object'::"text") AND ("p_text" ? "p_language")) THEN ("p_text" ->> "p_language")
             ELSE "flow"."default_text"("p_text")
         END AS "default_text";
END;
COMMENT ON FUNCTION "flow"."language_text"("p_text" "jsonb", "p_language" "text") IS 'Text in a language, or in the default language; null for null.';
CREATE FUNCTION "flow"."lock_event"("p_scope" "text", "p_scope_id" bigint, "p_code" "text") RETURNS "void"
    LANGUAGE "sql"
    BEGIN ATOMIC
 SELECT "pg_advisory_xact_lock"("hashtextextended"("format"('%s %s %s'::"text", "p_scope", "p_scope_id", "p_code"), (7306)::bigint)) AS "pg_advisory_xact_lock";
END;
COMMENT ON FUNCTION "flow"."lock_event"("p_scope" "text", "p_scope_id" bigint, "p_code" "text") IS 'Lock an event by scope, id and code until the end of the transaction.';
CREATE FUNCTION "flow"."lock_instance"("p_instance" bigint, "p_states" smallint[], "p_what" "text") RETURNS "flow"."instance"
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_instance flow.instance;
begin
  select i.* into v_instance from flow.instance as i where i.id = p_instance for update;
  if not found then
    raise exception 'there is no instance %', p_instance
      using errcode = 'PG513', hint = '"pgears workflow list" shows the instances.';
  elsif v_instance.state <> all (p_states) then
    raise exception 'instance % is % and cannot be %', p_instance, flow.state_name(v_instance.state), p_what
      using errcode = 'PG514', hint = 'Possible when it is ' || (select string_agg(flow.state_name(s.state), ' or ') from unnest(p_states) as s (state)) || '.';
  end if;
  return v_instance;
end;
$$;
COMMENT ON FUNCTION "flow"."lock_instance"("p_instance" bigint, "p_states" smallint[], "p_what" "text") IS 'Lock an instance in one of these states. Raises PG513, PG514.';
CREATE FUNCTION "flow"."move_instance"("p_instance" bigint, "p_version" integer, "p_mapping" "jsonb" DEFAULT '{}'::"jsonb") RETURNS "void"
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_instance constant flow.instance := flow.lock_instance(p_instance, '{0, 3, 6}', 'moved');
  v_former jsonb;
  v_steps jsonb;
  v_step text;
begin
  select v.steps into v_steps from flow.workflow_version as v where v.workflow_id = v_instance.workflow_id and v.version = p_version;
  select v.steps into v_former from flow.workflow_version as v where v.workflow_id = v_instance.workflow_id and v.version = v_instance.version;
  if v_steps is null then
    raise exception 'the workflow has no version %', p_version
      using errcode = 'PG510', hint = '"pgears workflow list" shows the versions.';
  end if;
  select min(b.step) into v_step
  from flow.branch as b
  cross join lateral (select coalesce(p_mapping ->> b.step, b.step) as step) as n
  where b.instance_id = p_instance
    and (not v_steps ? n.step or b.waits_for is not null and v_steps -> n.step -> 'kind' <> v_former -> b.step -> 'kind');
  if v_step is not null then
    raise exception 'version % has no step for "%"', p_version, v_step
      using errcode = 'PG511', hint = 'Map it to a step that exists there; one that waits goes to a step of its kind.';
  end if;
  insert into flow.step_log (instance_id, branch_id, step, outcome, next, at, detail)
  select b.instance_id, b.id, b.step, 'moved', coalesce(p_mapping ->> b.step, b.step), core.now(), format('version %s to %s', v_instance.version, p_version)
  from flow.branch as b
  where b.instance_id = p_instance
  order by b.id;
  update flow.branch as b
  set step = coalesce(p_mapping ->> b.step, b.step)
  where b.instance_id = p_instance;
  update flow.instance as i set version = p_version where i.id = p_instance;
end;
$$;
COMMENT ON FUNCTION "flow"."move_instance"("p_instance" bigint, "p_version" integer, "p_mapping" "jsonb") IS 'Move an instance to another version; p_mapping has new steps by former ones. Raises PG510, PG511, PG513, PG514.';
CREATE FUNCTION "flow"."needed"("p_name" "text", "p_value" "text") RETURNS "text"
    LANGUAGE "plpgsql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  if p_value is null then
    raise exception 'the variable "%" has no value', p_name
      using errcode = 'PG426', hint = 'Give run variables to flow.send_notification(), set parameters by core.set_parameter().';
  end if;
  return p_value;
end;
$$;
COMMENT ON FUNCTION "flow"."needed"("p_name" "text", "p_value" "text") IS 'The value. Raises PG426 for null.';
CREATE FUNCTION "flow"."next_depth"("p_rule" "text") RETURNS integer
    LANGUAGE "plpgsql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_depth constant integer := coalesce(nullif(current_setting('pgears.rule_depth', true), ''), '0')::integer;
begin
  if v_depth >= 16 then
    raise exception 'rule % sets itself off again and again', p_rule
      using errcode = 'PG506', hint = 'Give the rule a condition that does not hold for its own change, such as {{column.x}} is distinct from {{old.x}}.';
  end if;
  return v_depth + 1;
end;
$$;
COMMENT ON FUNCTION "flow"."next_depth"("p_rule" "text") IS 'Depth of what a rule sets off. Raises PG506 from 16 on.';
CREATE FUNCTION "flow"."next_slot"("p_cron" "text", "p_zone" "text", "p_after" timestamp with time zone) RETURNS timestamp with time zone
    LANGUAGE "plpgsql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_fields constant text[] := regexp_split_to_array(trim(
    case lower(trim(p_cron))
      when '@hourly' then '0 * * * *'
      when '@daily' then '0 0 * * *'
      when '@weekly' then '0 0 * * 0'
      when '@monthly' then '0 0 1 * *'
      when '@yearly' then '0 0 1 1 *'
      else p_cron
    end
  ), '\s+');
  v_minutes integer[];
  v_hours integer[];
  v_days integer[];
  v_months integer[];
  v_weekdays integer[];
  v_every_hour boolean;
  v_day date;
  v_slot timestamptz;
begin
  if cardinality(v_fields) <> 5 then
    raise exception '"%" is no cron expression', p_cron
      using errcode = 'PG521', hint = 'Write minute, hour, day, month, weekday, such as 30 2 * * 1-5.';
  elsif not exists (select from pg_timezone_names as z where z.name = p_zone) then
    raise exception 'there is no time zone "%"', p_zone
      using errcode = 'PG521', hint = 'Use a name such as Europe/Prague; pg_timezone_names lists them.';
  end if;
  v_minutes := flow.cron_field(v_fields[1], 0, 59);
  v_hours := flow.cron_field(v_fields[2], 0, 23);
  v_days := flow.cron_field(v_fields[3], 1, 31);
  v_months := flow.cron_field(v_fields[4], 1, 12, '{jan,feb,mar,apr,may,jun,jul,aug,sep,oct,nov,dec}');
  v_weekdays := array(select v % 7 from unnest(flow.cron_field(v_fields[5], 0, 7, '{sun,mon,tue,wed,thu,fri,sat}')) as v);
  v_every_hour := v_fields[2] like '*%';
  -- A day before, because a slot of yesterday's clock can still be ahead after a jump.
  for v_day in
    select d::date
    from generate_series((p_after at time zone p_zone)::date - 1, (p_after at time zone p_zone)::date + 3000, interval '1 day') as d
    where extract(month from d) = any (v_months)
      and case
        when v_fields[3] not like '*%' and v_fields[5] not like '*%'
          then extract(day from d) = any (v_days) or extract(dow from d) = any (v_weekdays)
        else extract(day from d) = any (v_days) and extract(dow from d) = any (v_weekdays)
      end
  loop
    select min(c.at) into v_slot
    from (
      select v_day + make_interval(hours => h, mins => m) as wall
      from unnest(v_hours) as h
      cross join unnest(v_minutes) as m
    ) as w
    cross join lateral (
      select x.at
      from (
        values
        (w.wall at time zone p_zone),
        ((w.wall at time zone p_zone) - interval '1 hour'),
        ((w.wall at time zone p_zone) - interval '30 minutes')
      ) as x (at)
      where x.at at time zone p_zone = w.wall
      union all
      -- The clock jumps over this time.
      select w.wall at time zone p_zone
      where not v_every_hour and (w.wall at time zone p_zone) at time zone p_zone <> w.wall
    ) as c
    where c.at > p_after
      and (v_every_hour or not exists (
        select
        from (values (interval '1 hour'), (interval '30 minutes')) as e (span)
        where (c.at - e.span) at time zone p_zone = w.wall
      ));
    if v_slot is not null then
      return v_slot;
    end if;
  end loop;
  return null;
end;
$$;
COMMENT ON FUNCTION "flow"."next_slot"("p_cron" "text", "p_zone" "text", "p_after" timestamp with time zone) IS 'Next slot of a cron expression in a time zone; null when none comes in eight years. Raises PG521.';
CREATE FUNCTION "flow"."notification_definitions"("p_model" bigint) RETURNS TABLE("id" bigint, "code" "text", "definition" "jsonb")
    LANGUAGE "sql" STABLE
    BEGIN ATOMIC
 SELECT "n"."id",
     "n"."code",
     ("n"."definition" || "jsonb_strip_nulls"("jsonb_build_object"('class', "meta"."class_path"("n"."class_id"))))
    FROM "flow"."notification" "n"
   WHERE ("n"."model_id" = "notification_definitions"."p_model");
END;
COMMENT ON FUNCTION "flow"."notification_definitions"("p_model" bigint) IS 'Id, code and definition of each notification of a model.';
CREATE FUNCTION "flow"."notification_id"("p_path" "text") RETURNS bigint
    LANGUAGE "plpgsql" STABLE SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_id bigint;
begin
  select n.id into v_id
  from flow.notification as n
  inner join meta.model as m on n.model_id = m.id
  where m.code || '.' || n.code = p_path;
  if v_id is null then
    raise exception 'there is no notification "%"', p_path
      using errcode = 'PG106', hint = 'Write model.notification with their codes.';
  end if;
  return v_id;
end;
$$;
COMMENT ON FUNCTION "flow"."notification_id"("p_path" "text") IS 'Id of a notification by model.code. Raises PG106 when there is none.';
CREATE FUNCTION "flow"."one_line"("p_value" "text") RETURNS "text"
    LANGUAGE "sql" IMMUTABLE PARALLEL SAFE
    BEGIN ATOMIC
 SELECT "regexp_replace"("p_value", '[\u0001-\u001f\u007f-\u009f\u2028\u2029]+'::"text", ' '::"text", 'g'::"text") AS "regexp_replace";
END;
COMMENT ON FUNCTION "flow"."one_line"("p_value" "text") IS 'Text without line breaks and control characters; null for null.';
CREATE FUNCTION "flow"."path_expression"("p_class" bigint, "p_path" "text"[], "p_address" boolean) RETURNS "text"
    LANGUAGE "plpgsql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_column meta.effective_column;
  v_rows text;
  v_last constant boolean := cardinality(p_path) = 1;
begin
  select e.* into v_column
  from meta.effective_column as e
  where e.class_id = p_class and e.code = p_path[1] and e.stored;
  if v_column.column_id is null or v_column.type not in ('reference', 'file') then
    return case when v_last and v_column.type is distinct from 'class' then meta.column_expression(p_class, p_path[1], false) end;
  end if;
  if v_column.target_user then
    v_rows := case
      when cardinality(p_path) > 2 then null
      when p_path[2] in ('login', 'full_name', 'email', 'language') then format('select t.%I as value from access.account as t where t.id = k.id', p_path[2])
      when not v_last then null
      when p_address then 'select t.email as value from access.account as t where t.id = k.id and t.enabled'
      else 'select coalesce(t.full_name, t.login) as value from access.account as t where t.id = k.id'
    end;
  elsif v_column.type = 'file' then
    v_rows := case when v_last and not p_address then 'select t.name as value from core.file as t where t.id = k.id' end;
  elsif cardinality(v_column.targets) = 1 and not (v_last and p_address) then
    select string_agg('select ' || x.expression || format(' as value from data.datarow_%s as r where r.id = k.id', a.class_id), ' union all ')
    into v_rows
    from meta.ancestry as a
    cross join lateral (
      select case when v_last then 'r.shortdescription' else flow.path_expression(v_column.targets[1], p_path[2:], p_address) end as expression
    ) as x
    where a.ancestor_id = v_column.targets[1];
  end if;
  if v_rows is null then
    return null;
  end if;
  return format(
    'coalesce((select (select string_agg(x.value, %L order by k.position) from unnest(o.ids) with ordinality as k (id, position)'
    ' cross join lateral (%s) as x where x.value <> '''') from (select %s as ids) as o), '''')',
    case when p_address then '; ' else ', ' end,
    v_rows,
    format(case when v_column.is_array then 'r.%I' else 'array[r.%I]' end, v_column.physical)
  );
end;
$$;
COMMENT ON FUNCTION "flow"."path_expression"("p_class" bigint, "p_path" "text"[], "p_address" boolean) IS 'SQL expression of type text over a row "r" for the codes of a path; null when there is no such column or it has no text.';
CREATE FUNCTION "flow"."pause_instance"("p_instance" bigint) RETURNS "void"
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  perform flow.lock_instance(p_instance, '{0}', 'paused');
  update flow.instance as i set state = 6 where i.id = p_instance;
end;
$$;
COMMENT ON FUNCTION "flow"."pause_instance"("p_instance" bigint) IS 'Pause a running instance. Raises PG513, PG514.';
CREATE TABLE "flow"."event" (
    "id" bigint NOT NULL,
    "scope" "text" NOT NULL,
    "scope_id" bigint NOT NULL,
    "code" "text" NOT NULL,
    "payload" "jsonb" NOT NULL,
    "raised" timestamp with time zone NOT NULL,
    "keep_until" timestamp with time zone NOT NULL,
    "taken" timestamp with time zone,
    "woken" integer DEFAULT 0 NOT NULL,
    CONSTRAINT "event_code_check" CHECK ((("octet_length"("code") >= 1) AND ("octet_length"("code") <= 500))),
    CONSTRAINT "event_scope_check" CHECK (("scope" = ANY (ARRAY['instance'::"text", 'workflow'::"text", 'global'::"text"])))
);
COMMENT ON TABLE "flow"."event" IS 'Events that were raised: taken by the branches that waited, or kept for one that will.';
COMMENT ON COLUMN "flow"."event"."scope_id" IS 'Instance or workflow that the event is for; 0 for global.';
COMMENT ON COLUMN "flow"."event"."keep_until" IS 'Until when an event that nobody waited for is kept, by core.now().';
COMMENT ON COLUMN "flow"."event"."woken" IS 'Number of branches that went on by it.';
CREATE FUNCTION "flow"."prune_events"() RETURNS bigint
    LANGUAGE "sql" SECURITY DEFINER
    BEGIN ATOMIC
 WITH "gone" AS (
          DELETE FROM "flow"."event" "e"
           WHERE (("e"."raised" < (( SELECT "core"."now"() AS "now") - '30 days'::interval)) AND (("e"."taken" IS NOT NULL) OR ("e"."keep_until" < ( SELECT "core"."now"() AS "now"))))
           RETURNING "e"."id"
         )
  SELECT "count"(*) AS "count"
    FROM "gone" "g";
END;
COMMENT ON FUNCTION "flow"."prune_events"() IS 'Delete old events that are over; gives their number.';
CREATE FUNCTION "meta"."column_sql_type"("p_type" "text", "p_definition" "jsonb") RETURNS "text"
    LANGUAGE "sql" IMMUTABLE PARALLEL SAFE
    BEGIN ATOMIC
 SELECT
         CASE
             WHEN COALESCE((("column_sql_type"."p_definition" ->> 'localized'::"text"))::boolean, false) THEN 'jsonb'::"text"
             WHEN ("t"."type" = ANY (ARRAY['text'::"text", 'middle_text'::"text", 'long_text'::"text", 'html'::"text", 'colour'::"text", 'picture'::"text"])) THEN 'text'::"text"
             WHEN ("t"."type" = 'integer'::"text") THEN 'bigint'::"text"
             WHEN ("t"."type" = 'decimal'::"text") THEN 'numeric'::"text"
             WHEN ("t"."type" = 'boolean'::"text") THEN 'boolean'::"text"
             WHEN ("t"."type" = 'date'::"text") THEN 'date'::"text"
             WHEN ("t"."type" = 'timestamp'::"text") THEN 'timestamptz'::"text"
             WHEN ("t"."type" = 'guid'::"text") THEN 'uuid'::"text"
             WHEN ("t"."type" = 'class'::"text") THEN 'bigint'::"text"
             WHEN ("t"."type" = ANY (ARRAY['reference'::"text", 'file'::"text"])) THEN
             CASE
                 WHEN COALESCE((("column_sql_type"."p_definition" ->> 'multiple'::"text"))::boolean, false) THEN 'bigint[]'::"text"
                 ELSE 'bigint'::"text"
             END
             ELSE NULL::"text"
         END AS "case"
    FROM ( SELECT
                 CASE
                     WHEN ("column_sql_type"."p_type" = 'calculated'::"text") THEN ("column_sql_type"."p_definition" ->> 'result'::"text")
                     ELSE "column_sql_type"."p_type"
                 END AS "type") "t";
END;
COMMENT ON FUNCTION "meta"."column_sql_type"("p_type" "text", "p_definition" "jsonb") IS 'PostgreSQL type of a column of this type and definition; null for a reverse reference.';
CREATE TABLE "meta"."column_target" (
    "column_id" bigint NOT NULL,
    "class_id" bigint NOT NULL,
    "position" integer NOT NULL
);
COMMENT ON TABLE "meta"."column_target" IS 'Classes that a reference column may point to.';
CREATE VIEW "meta"."effective_column" AS
 SELECT "a"."class_id",
    "k"."id" AS "column_id",
    "k"."class_id" AS "owner_id",
    "k"."code",
    "k"."type",
    "k"."definition",
    "k"."calculated_sql",
    "row_number"() OVER (PARTITION BY "a"."class_id" ORDER BY "a"."depth" DESC, "k"."position", "k"."id") AS "position",
    ('c'::"text" || "k"."id") AS "physical",
    "meta"."column_sql_type"("k"."type", "k"."definition") AS "sql_type",
    (("k"."type" = ANY (ARRAY['reference'::"text", 'file'::"text"])) AND COALESCE((("k"."definition" ->> 'multiple'::"text"))::boolean, false)) AS "is_array",
    ("k"."type" <> 'reverse'::"text") AS "stored",
    (("k"."type" = 'reference'::"text") AND (COALESCE(("k"."definition" ->> 'target'::"text"), ''::"text") = 'user'::"text")) AS "target_user",
    ARRAY( SELECT "t"."class_id"
           FROM "meta"."column_target" "t"
          WHERE ("t"."column_id" = "k"."id")
          ORDER BY "t"."position") AS "targets"
   FROM ("meta"."ancestry" "a"
     JOIN "meta"."class_column" "k" ON (("a"."ancestor_id" = "k"."class_id")));
COMMENT ON VIEW "meta"."effective_column" IS 'Columns of each class, inherited ones included, in the order in which they are shown; physical is the column of the class table.';
CREATE FUNCTION "flow"."record_by_codes"("p_class" bigint, "p_row" "jsonb") RETURNS "jsonb"
    LANGUAGE "sql" STABLE
    BEGIN ATOMIC
 SELECT
         CASE
             WHEN (("p_row" IS NOT NULL) AND ("p_row" <> 'null'::"jsonb")) THEN ("jsonb_build_object"('id', ("p_row" -> 'id'::"text"), 'uid', ("p_row" -> 'uid'::"text"), 'version', ("p_row" -> 'version'::"text"), 'shortdescription', ("p_row" -> 'shortdescription'::"text"), 'creator', ("p_row" -> 'creator'::"text"), 'created', ("p_row" -> 'created'::"text"), 'modifier', ("p_row" -> 'modifier'::"text"), 'modified', ("p_row" -> 'modified'::"text")) || ( SELECT COALESCE("jsonb_object_agg"("e"."code", ("record_by_codes"."p_row" -> "e"."physical")), '{}'::"jsonb") AS "coalesce"
                FROM "meta"."effective_column" "e"
               WHERE (("e"."class_id" = "record_by_codes"."p_class") AND "e"."stored")))
             ELSE NULL::"jsonb"
         END AS "case";
END;
COMMENT ON FUNCTION "flow"."record_by_codes"("p_class" bigint, "p_row" "jsonb") IS 'Row by column codes from a row by physical columns; null for null.';
CREATE FUNCTION "flow"."record_of"("p_class" bigint, "p_record" bigint) RETURNS "jsonb"
    LANGUAGE "plpgsql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_row jsonb;
begin
  if p_class is null or p_record is null then
    return null;
  end if;
  execute format('select to_jsonb(r) from data.datarow_%s as r where r.id = $1', p_class) using p_record into v_row;
  return flow.record_by_codes(p_class, v_row);
end;
$_$;
COMMENT ON FUNCTION "flow"."record_of"("p_class" bigint, "p_record" bigint) IS 'Row of a class by column codes.';
CREATE FUNCTION "flow"."refuse"("p_message" "text") RETURNS "void"
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  raise exception '%', p_message
    using errcode = 'PG504', hint = 'A script or rule refuses this; change the values and try again.';
end;
$$;
COMMENT ON FUNCTION "flow"."refuse"("p_message" "text") IS 'Raise PG504 with a message: a script refuses what was to be done.';
CREATE FUNCTION "flow"."resume_instance"("p_instance" bigint, "p_step" "text" DEFAULT NULL::"text") RETURNS "void"
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_instance constant flow.instance := flow.lock_instance(p_instance, '{3, 6}', 'resumed');
begin
  if p_step is not null then
    if not exists (
      select from flow.workflow_version as v
      where v.workflow_id = v_instance.workflow_id and v.version = v_instance.version and v.steps ? p_step
    ) then
      raise exception 'version % has no step "%"', v_instance.version, p_step
        using errcode = 'PG511', hint = '"pgears workflow show" draws its steps.';
    end if;
    update flow.branch as b
    set step = p_step, woken = false, late = false, result = null
    where b.instance_id = p_instance and b.waits_for is null;
  end if;
  update flow.instance as i set state = 0, error = null where i.id = p_instance;
  update flow.branch as b
  set turn = b.turn + 1, attempts = 0
  where b.instance_id = p_instance and b.waits_for is null;
  perform flow.enqueue_branch(b.id, b.turn)
  from flow.branch as b
  where b.instance_id = p_instance and b.waits_for is null;
end;
$$;
COMMENT ON FUNCTION "flow"."resume_instance"("p_instance" bigint, "p_step" "text") IS 'Let a paused or failed instance go on, with p_step from another step of its version. Raises PG511, PG513, PG514.';
CREATE FUNCTION "flow"."rule_definitions"("p_model" bigint) RETURNS TABLE("id" bigint, "code" "text", "definition" "jsonb")
    LANGUAGE "sql" STABLE
    BEGIN ATOMIC
 SELECT "r"."id",
     "r"."code",
     ((("r"."definition" || "jsonb_build_object"('class', "meta"."class_path"("r"."class_id"), 'enabled', "r"."enabled", 'position', "r"."position")) ||
         CASE
             WHEN ("r"."action" = 'set'::"text") THEN "jsonb_build_object"('set', ( SELECT "jsonb_object_agg"("substr"("f"."key", 10, ("length"("f"."key") - 11)), "f"."value") AS "jsonb_object_agg"
                FROM "jsonb_each"(("r"."definition" -> 'set'::"text")) "f"("key", "value")))
             ELSE '{}'::"jsonb"
         END) ||
         CASE
             WHEN ("r"."event" = 'on_date'::"text") THEN "jsonb_build_object"('date', "regexp_replace"(("r"."definition" ->> 'date'::"text"), '^\{\{column\.|\}\}$'::"text", ''::"text", 'g'::"text"))
             ELSE '{}'::"jsonb"
         END)
    FROM "flow"."rule" "r"
   WHERE ("r"."model_id" = "rule_definitions"."p_model");
END;
COMMENT ON FUNCTION "flow"."rule_definitions"("p_model" bigint) IS 'Id, code and definition of each rule of a model.';
CREATE FUNCTION "meta"."condition_expression"("p_class" bigint, "p_sql" "text", "p_alias" "text") RETURNS "text"
    LANGUAGE "plpgsql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_sql text := p_sql;
  v_code text;
  v_physical text;
begin
  for v_code in
    select distinct m.found[1] from regexp_matches(p_sql, '\{\{\s*column\.([a-z][a-z0-9_-]*)\s*\}\}', 'g') as m (found)
  loop
    select e.physical into v_physical
    from meta.effective_column as e
    where e.class_id = p_class and e.code = v_code and e.stored;
    if v_physical is null then
      raise exception 'the condition or calculation names the column "%", which % does not store', v_code, meta.class_path(p_class)
        using errcode = 'PG106', hint = 'Name a stored column of the class.';
    end if;
    v_sql := regexp_replace(v_sql, format('\{\{\s*column\.%s\s*\}\}', v_code), p_alias || v_physical, 'g');
  end loop;
  return v_sql;
end;
$$;
COMMENT ON FUNCTION "meta"."condition_expression"("p_class" bigint, "p_sql" "text", "p_alias" "text") IS 'SQL over physical columns, each with the prefix p_alias (such as "n." or ""), from SQL with {{column.code}}. Raises PG106.';
CREATE FUNCTION "flow"."rule_expression"("p_class" bigint, "p_sql" "text", "p_new" "text", "p_old" "text") RETURNS "text"
    LANGUAGE "sql" STABLE
    BEGIN ATOMIC
 SELECT "meta"."condition_expression"("p_class", "regexp_replace"("meta"."condition_expression"("p_class", "p_sql", "p_new"), '\{\{\s*old\.([a-z][a-z0-9_-]*)\s*\}\}'::"text", '{{column.\1}}'::"text", 'g'::"text"), "p_old") AS "condition_expression";
END;
COMMENT ON FUNCTION "flow"."rule_expression"("p_class" bigint, "p_sql" "text", "p_new" "text", "p_old" "text") IS 'SQL over physical columns from SQL with {{column.code}} and {{old.code}}. Raises PG106.';
CREATE FUNCTION "flow"."rule_failed"("p_rule" "text", "p_state" "text", "p_message" "text") RETURNS "void"
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  if p_state like 'PG5%' or p_state like '40%' or p_state like '57%' then
    raise exception '%', p_message
      using errcode = p_state, detail = 'rule ' || p_rule, hint = 'Change the values, or the rule in its model file.';
  end if;
  raise exception 'rule % failed: %', p_rule, p_message
    using errcode = 'PG505', detail = 'SQLSTATE ' || p_state, hint = 'Correct the formula, condition or script of the rule, or switch it off.';
end;
$$;
COMMENT ON FUNCTION "flow"."rule_failed"("p_rule" "text", "p_state" "text", "p_message" "text") IS 'Raise PG505 for an error in a rule; refusals keep their SQLSTATE.';
CREATE FUNCTION "flow"."rule_hook"("p_event" "text", "p_action" "text") RETURNS "text"
    LANGUAGE "sql" IMMUTABLE
    BEGIN ATOMIC
 SELECT
         CASE
             WHEN (("p_event" = ANY (ARRAY['before_insert'::"text", 'before_update'::"text"])) AND ("p_action" = ANY (ARRAY['set'::"text", 'script'::"text"]))) THEN "p_event"
             WHEN ("p_event" ~~ '%insert'::"text") THEN 'inserted'::"text"
             WHEN ("p_event" ~~ '%update'::"text") THEN 'updated'::"text"
             ELSE 'deleted'::"text"
         END AS "case";
END;
COMMENT ON FUNCTION "flow"."rule_hook"("p_event" "text", "p_action" "text") IS 'Hook of the class triggers for an event and an action of a rule.';
CREATE FUNCTION "flow"."rule_statement"("p_rule" bigint) RETURNS "text"
    LANGUAGE "plpgsql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_rule record;
  v_none text;
  v_new text;
  v_old text;
  v_from text;
  v_when text;
  v_row text;
begin
  select r.*, m.code || '.' || r.code as name, flow.rule_hook(r.event, r.action) as hook into strict v_rule
  from flow.rule as r
  inner join meta.model as m on r.model_id = m.id
  where r.id = p_rule;
  v_none := format('(null::data.datarow_%s).', v_rule.class_id);
  if v_rule.hook in ('before_insert', 'before_update') then
    v_when := coalesce(flow.rule_expression(v_rule.class_id, v_rule.definition ->> 'when', 'new.', 'old.'), 'true');
    if v_rule.action = 'set' then
      -- Formulas see the row as it was before the first of them.
      select string_agg(
        format('new.%I := (%s);', e.physical, flow.rule_expression(v_rule.class_id, f.value, 'v_given.', 'old.')), ' ' order by f.key
      )
      into v_row
      from jsonb_each_text(v_rule.definition -> 'set') as f
      inner join meta.effective_column as e on e.class_id = v_rule.class_id and f.key = format('{{column.%s}}', e.code);
      v_row := format('declare v_given data.datarow_%s := new; begin %s end;', v_rule.class_id, v_row);
    else
      v_row := format(
        'declare v_set jsonb := flow.run_row_script(%s, %L, %s, to_jsonb(new), %s); begin'
        ' if v_set is not null then new := jsonb_populate_record(new, v_set); end if; end;',
        p_rule, v_rule.event, v_rule.class_id, case v_rule.hook when 'before_update' then 'to_jsonb(old)' else 'null' end
      );
    end if;
    return format(
      'begin if (%s) then %s end if; exception when others then perform flow.rule_failed(%L, sqlstate, sqlerrm); end;',
      v_when, v_row, v_rule.name
    );
  end if;
  case v_rule.hook
    when 'inserted' then
      v_new := 'r.';
      v_old := v_none;
      v_from := 'new_rows as r where r.deleted is null';
    when 'updated' then
      v_new := 'r.';
      v_old := 'o.';
      v_from := 'new_rows as r inner join old_rows as o on r.id = o.id where r.deleted is null';
    else
      v_new := 'r.';
      v_old := 'r.';
      v_from := 'old_rows as r where r.deleted is null';
  end case;
  if v_rule.hook = 'updated' and coalesce(v_rule.definition ->> 'when', '') !~ '\{\{\s*old\.' and v_rule.action in ('notify', 'refuse') then
    v_from := 'new_rows as r where r.deleted is null';
  end if;
  v_when := coalesce(flow.rule_expression(v_rule.class_id, v_rule.definition ->> 'when', v_new, v_old), 'true');
  if v_rule.action = 'refuse' then
    return format(
      'declare v_refused text; begin select /* rule %1$s */ %2$s into v_refused from %3$s and (%4$s) limit 1;'
      ' if v_refused is not null then perform flow.refuse(v_refused); end if;'
      ' exception when others then perform flow.rule_failed(%1$L, sqlstate, sqlerrm); end;',
      v_rule.name,
      meta.format_expression(v_rule.class_id, flow.default_text(v_rule.definition -> 'refuse'), false),
      v_from, v_when
    );
  elsif v_rule.event = 'before_delete' then
    return format(
      'declare v_row jsonb; begin for v_row in select /* rule %1$s */ to_jsonb(r) from %2$s and (%3$s) loop'
      ' perform flow.run_row_script(%4$s, %5$L, %6$s, v_row, v_row); end loop;'
      ' exception when others then perform flow.rule_failed(%1$L, sqlstate, sqlerrm); end;',
      v_rule.name, v_from, v_when, p_rule, v_rule.event, v_rule.class_id
    );
  elsif v_rule.action = 'notify' then
    return case
      when v_rule.hook = 'inserted' and v_rule.definition ->> 'when' is null then 'v_chosen := v_ids;'
      else format('select /* rule %s */ array_agg(r.id) into v_chosen from %s and (%s);', v_rule.name, v_from, v_when)
    end
    || format(
      ' for v_first in 1..coalesce(cardinality(v_chosen), 0) by 500 loop'
      ' insert into queue.task (kind, payload)'
      ' values (''rule'', jsonb_build_object(''rule'', %s, ''ids'', v_chosen[v_first:v_first + 499]));'
      ' v_ring := true; end loop;',
      p_rule
    );
  end if;
  return format(
    'declare v_records jsonb[]; begin'
    ' select /* rule %1$s */ array_agg(jsonb_build_object(''record'', to_jsonb(r)%2$s)) into v_records from %3$s and (%4$s);'
    ' for v_at in 1..coalesce(cardinality(v_records), 0) by 100 loop'
    ' insert into queue.task (kind, payload)'
    ' values (''rule'', jsonb_build_object(''rule'', %5$s, ''depth'', flow.next_depth(%1$L), ''records'', v_records[v_at:v_at + 99]));'
    ' v_ring := true; end loop; end;',
    v_rule.name,
    case v_rule.hook when 'updated' then ', ''old'', to_jsonb(o)' else '' end,
    v_from, v_when, p_rule
  );
end;
$_$;
COMMENT ON FUNCTION "flow"."rule_statement"("p_rule" bigint) IS 'SQL that a generated trigger function runs for a rule. Raises PG106, PG111.';
CREATE FUNCTION "flow"."run_job"("p_code" "text", "p_cause" "text" DEFAULT 'manual'::"text") RETURNS bigint
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_job flow.job;
begin
  select j.* into v_job from flow.job as j where j.id = flow.job_id(p_code) for update;
  if not v_job.enabled then
    raise exception 'job % is switched off', p_code
      using errcode = 'PG503', hint = 'Enable it in its model file.';
  end if;
  return flow.begin_run(v_job, p_cause, null);
end;
$$;
COMMENT ON FUNCTION "flow"."run_job"("p_code" "text", "p_cause" "text") IS 'Start a job and give the id of the run. Raises PG503, PG520.';
CREATE FUNCTION "flow"."run_job_steps"("p_payload" "jsonb") RETURNS "void"
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_former constant text := core.source();
  v_run record;
  v_step jsonb;
  v_detail text;
  v_failed boolean;
  v_error text;
begin
  select r.*, j.compiled, coalesce(m.code || '.', '') || j.code as name into v_run
  from flow.job_run as r
  inner join flow.job as j on r.job_id = j.id
  left join meta.model as m on j.model_id = m.id
  where r.id = (p_payload ->> 'run')::bigint and r.state = 'running'
  for update of r;
  if not found then
    return;
  end if;
  perform core.set_source('script');
  v_error := v_run.error;
  while v_run.position < jsonb_array_length(v_run.compiled) loop
    v_run.position := v_run.position + 1;
    v_step := v_run.compiled -> (v_run.position - 1);
    v_failed := false;
    v_detail := null;
    if v_step -> 'enabled' = 'false' then
      insert into flow.job_log (run_id, position, step, outcome, at)
      values (v_run.id, v_run.position, v_step ->> 'kind', 'skipped', core.now());
      continue;
    end if;
    if v_step ->> 'kind' in ('command', 'action') then
      insert into flow.job_log (run_id, position, step, outcome, at)
      values (v_run.id, v_run.position, v_step ->> 'kind', 'begun', core.now());
      update flow.job_run as r set position = v_run.position, error = v_error where r.id = v_run.id;
      perform queue.enqueue('job.' || (v_step ->> 'kind'), v_step || jsonb_build_object('run', v_run.id, 'position', v_run.position));
      perform core.set_source(v_former);
      return;
    end if;
    begin
      case v_step ->> 'kind'
        when 'script' then
          v_detail := flow.execute_script((v_step ->> 'script_id')::bigint, jsonb_build_object(
            'job', v_run.name, 'run', v_run.id, 'slot', v_run.slot, 'parameters', coalesce(v_step -> 'parameters', '{}')
          ))::text;
        when 'workflow' then
          v_detail := 'instance ' || flow.start_instance((v_step ->> 'workflow_id')::bigint, null, null, v_step -> 'parameters');
        when 'task' then
          v_detail := 'task ' || queue.enqueue(v_step ->> 'task', coalesce(v_step -> 'parameters', '{}') || jsonb_build_object('run', v_run.id));
        when 'job' then
          v_detail := 'run ' || flow.run_job(v_step ->> 'job', 'job');
      end case;
    exception
      when others then
        if sqlstate like '40%' or sqlstate like '57%' then
          raise;
        end if;
        v_failed := true;
        v_detail := format('%s: %s', sqlstate, sqlerrm);
    end;
    insert into flow.job_log (run_id, position, step, outcome, at, detail)
    values (v_run.id, v_run.position, v_step ->> 'kind', case when v_failed then 'failed' else 'done' end, core.now(), v_detail);
    if v_failed then
      v_error := coalesce(v_error, format('step %s: %s', v_run.position, v_detail));
      exit when v_step ->> 'on_error' is distinct from 'continue';
    end if;
  end loop;
  update flow.job_run as r set position = v_run.position where r.id = v_run.id;
  perform flow.end_run(v_run.id, v_error);
  perform core.set_source(v_former);
end;
$$;
COMMENT ON FUNCTION "flow"."run_job_steps"("p_payload" "jsonb") IS 'Go on with the run of a job; does nothing when it is over. Errors of steps are kept in the log.';
CREATE FUNCTION "flow"."run_once"("p_code" "text", "p_steps" "jsonb", "p_at" timestamp with time zone DEFAULT NULL::timestamp with time zone) RETURNS bigint
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_id bigint;
begin
  perform meta.check_code(p_code, 'job');
  insert into flow.job (code, definition, compiled, next_slot, created)
  values (
    p_code, jsonb_build_object('steps', p_steps, 'missed', 'all'), flow.compile_job_steps(null, p_code, p_steps), coalesce(p_at, core.now()), core.now()
  )
  on conflict (model_id, code) do nothing
  returning id into v_id;
  if v_id is null then
    raise exception 'there is a one-time job "%" already', p_code
      using errcode = 'PG105', hint = 'Give each its own code, such as one with the id of a record.';
  end if;
  return v_id;
end;
$$;
COMMENT ON FUNCTION "flow"."run_once"("p_code" "text", "p_steps" "jsonb", "p_at" timestamp with time zone) IS 'Id of a job that runs once. Raises PG105, and what flow.set_job() raises for steps.';
CREATE FUNCTION "flow"."run_row_script"("p_rule" bigint, "p_event" "text", "p_class" bigint, "p_new" "jsonb", "p_old" "jsonb") RETURNS "jsonb"
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_rule record;
  v_result jsonb;
  v_unknown text;
  v_former constant text := coalesce(current_setting('pgears.rule_depth', true), '');
begin
  select r.script_id, m.code || '.' || r.code as name into strict v_rule
  from flow.rule as r
  inner join meta.model as m on r.model_id = m.id
  where r.id = p_rule;
  perform set_config('pgears.rule_depth', flow.next_depth(v_rule.name)::text, true);
  v_result := flow.execute_script(v_rule.script_id, jsonb_build_object(
    'event', p_event, 'rule', v_rule.name, 'class', meta.class_path(p_class),
    'record', flow.record_by_codes(p_class, p_new), 'old', flow.record_by_codes(p_class, p_old)
  ));
  perform set_config('pgears.rule_depth', v_former, true);
  if jsonb_typeof(v_result -> 'set') is distinct from 'object' then
    return null;
  end if;
  select min(s.key) into v_unknown
  from jsonb_object_keys(v_result -> 'set') as s (key)
  where not exists (
    select from meta.effective_column as e
    where e.class_id = p_class and e.code = s.key and e.stored and e.type <> 'calculated'
  );
  if v_unknown is not null then
    raise exception 'the script sets the column "%", which % does not have or store', v_unknown, meta.class_path(p_class)
      using errcode = 'PG106', hint = 'Set columns of the class by their codes.';
  end if;
  return (
    select jsonb_object_agg(e.physical, s.value)
    from jsonb_each(v_result -> 'set') as s
    inner join meta.effective_column as e on e.class_id = p_class and e.code = s.key
  );
end;
$$;
COMMENT ON FUNCTION "flow"."run_row_script"("p_rule" bigint, "p_event" "text", "p_class" bigint, "p_new" "jsonb", "p_old" "jsonb") IS 'Values by physical column that the script of a rule sets in a row; null for none. Raises PG106, PG501 to PG506, and what the script raises.';
CREATE FUNCTION "flow"."run_rule"("p_payload" "jsonb") RETURNS "void"
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_rule record;
  v_item jsonb;
  v_code text;
  v_record jsonb;
  v_former constant text := core.source();
begin
  select r.*, m.code || '.' || r.code as name into v_rule
  from flow.rule as r
  inner join meta.model as m on r.model_id = m.id
  where r.id = (p_payload ->> 'rule')::bigint;
  if not found then
    return;
  elsif v_rule.action = 'notify' then
    perform flow.send_notification(
      v_rule.notification_id, array(select i.id::bigint from jsonb_array_elements_text(p_payload -> 'ids') as i (id))
    );
    return;
  end if;
  perform set_config('pgears.rule_depth', p_payload ->> 'depth', true);
  perform core.set_source('script');
  for v_item in select i.item from jsonb_array_elements(p_payload -> 'records') as i (item) loop
    v_record := flow.record_by_codes(v_rule.class_id, v_item -> 'record');
    case v_rule.action
      when 'script' then
        perform flow.execute_script(v_rule.script_id, jsonb_build_object(
          'event', v_rule.event, 'rule', v_rule.name, 'class', meta.class_path(v_rule.class_id),
          'record', v_record, 'old', flow.record_by_codes(v_rule.class_id, v_item -> 'old')
        ));
      when 'raise' then
        execute format(
          'select %s from jsonb_populate_record(null::data.datarow_%s, $1) as r',
          meta.format_expression(v_rule.class_id, v_rule.definition ->> 'raise', false), v_rule.class_id
        )
        using v_item -> 'record' into v_code;
        perform flow.raise_event(v_code, 'global', 0, jsonb_build_object('class', meta.class_path(v_rule.class_id), 'record', v_record));
      when 'start' then
        perform flow.start_instance(
          flow.workflow_id(v_rule.definition ->> 'start', v_rule.model_id), v_rule.class_id, (v_item -> 'record' ->> 'id')::bigint, '{}'
        );
      when 'enqueue' then
        perform queue.enqueue(v_rule.definition ->> 'enqueue', jsonb_build_object(
          'class', meta.class_path(v_rule.class_id), 'record', v_record, 'old', flow.record_by_codes(v_rule.class_id, v_item -> 'old')
        ));
    end case;
  end loop;
  perform core.set_source(v_former);
  perform set_config('pgears.rule_depth', '0', true);
end;
$_$;
COMMENT ON FUNCTION "flow"."run_rule"("p_payload" "jsonb") IS 'Run a rule for the rows in "ids" or "records". Raises what its action raises.';
CREATE FUNCTION "flow"."run_step"("p_payload" "jsonb") RETURNS "void"
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_former constant text := core.source();
  v_branch flow.branch;
  v_instance flow.instance;
  v_steps jsonb;
  v_step jsonb;
  v_class bigint;
  v_outcome jsonb;
  v_next text;
begin
  select b.* into v_branch
  from flow.branch as b
  where b.id = (p_payload ->> 'branch')::bigint and b.turn = (p_payload ->> 'turn')::integer;
  if not found then
    return;
  end if;
  if v_branch.waits_for = 'event' then
    perform flow.lock_event(v_branch.scope, v_branch.scope_id, v_branch.event_code);
  end if;
  select i.* into v_instance from flow.instance as i where i.id = v_branch.instance_id for update;
  select b.* into v_branch
  from flow.branch as b
  where b.id = v_branch.id and b.turn = v_branch.turn
  for update;
  if not found then
    return;
  end if;
  if v_branch.waits_for is not null then
    -- A timer or deadline has come.
    update flow.branch as b
    set waits_for = null, woken = true, late = true, turn = b.turn + 1, timer_id = null
    where b.id = v_branch.id
    returning b.* into v_branch;
  end if;
  if v_instance.state <> 0 then
    return;
  end if;
  select v.compiled, coalesce(v_instance.class_id, w.class_id) into v_steps, v_class
  from flow.workflow_version as v
  inner join flow.workflow as w on v.workflow_id = w.id
  where v.workflow_id = v_instance.workflow_id and v.version = v_instance.version;
  perform core.set_source('workflow');
  perform set_config('pgears.rule_depth', v_instance.depth::text, true);
  for v_count in 1..100 loop
    v_step := v_steps -> v_branch.step;
    v_next := null;
    begin
      if v_instance.steps >= 100000 then
        raise exception 'instance % has done % steps', v_instance.id, v_instance.steps
          using errcode = 'PG517', hint = 'Its steps lead round in a circle.';
      end if;
      v_outcome := flow.do_step(v_instance, v_branch, v_step, v_class);
      v_next := v_outcome ->> 'next';
      insert into flow.step_log (instance_id, branch_id, step, outcome, next, at, detail)
      values (
        v_instance.id, v_branch.id, v_branch.step, case when v_outcome ? 'wait' then 'waits' else 'done' end,
        v_next, core.now(), coalesce(v_outcome ->> 'wait', v_outcome ->> 'detail')
      );
    exception
      when others then
        if sqlstate like '40%' or sqlstate like '57%' then
          raise;
        end if;
        v_outcome := null;
        v_next := flow.fail_step(v_branch, v_step, format('%s: %s', sqlstate, sqlerrm));
    end;
    if jsonb_typeof(v_outcome -> 'variables') = 'object' then
      v_instance.variables := v_instance.variables || (v_outcome -> 'variables');
    end if;
    v_instance.steps := v_instance.steps + 1;
    exit when v_next is null;
    v_branch.step := v_next;
    v_branch.attempts := 0;
    v_branch.woken := false;
    v_branch.late := false;
    v_branch.result := null;
  end loop;
  update flow.instance as i
  set variables = v_instance.variables, steps = v_instance.steps
  where i.id = v_instance.id;
  if v_next is not null then
    update flow.branch as b
    set step = v_branch.step, attempts = 0, woken = false, late = false, result = null, turn = b.turn + 1
    where b.id = v_branch.id;
    perform flow.enqueue_branch(v_branch.id, v_branch.turn + 1);
  elsif v_outcome ->> 'end' = 'all' then
    delete from flow.branch as b where b.id = v_branch.id;
    perform flow.cancel_branches(v_instance.id, 'the workflow was ended by ' || v_branch.step);
    perform flow.finish_instance(v_instance.id, 1::smallint);
  elsif v_outcome ->> 'end' = 'branch' then
    perform flow.end_branch(v_branch);
  else
    -- It waits, or failed: remember where, and what a step that is tried again was woken by.
    update flow.branch as b
    set step = v_branch.step, woken = v_branch.woken, late = v_branch.late, result = v_branch.result
    where b.id = v_branch.id;
  end if;
  perform set_config('pgears.rule_depth', '0', true);
  perform core.set_source(v_former);
end;
$$;
COMMENT ON FUNCTION "flow"."run_step"("p_payload" "jsonb") IS 'Go on with "branch" at its "turn"; does nothing when that is over. Errors of steps are kept in the log.';
CREATE FUNCTION "flow"."schedule_jobs"() RETURNS integer
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_now constant timestamptz := core.now();
  v_job flow.job;
  v_slots timestamptz[];
  v_next timestamptz;
  v_policy text;
  v_count integer := 0;
begin
  for v_job in
    select j.* from flow.job as j
    where j.enabled and j.next_slot <= v_now
    order by j.next_slot, j.id
    for update skip locked
  loop
    v_policy := coalesce(v_job.definition ->> 'missed', 'latest');
    v_slots := array[]::timestamptz[];
    v_next := v_job.next_slot;
    while v_next <= v_now and cardinality(v_slots) < 1000 loop
      v_slots := v_slots || v_next;
      v_next := flow.job_slot(v_job.definition, v_next);
    end loop;
    for v_at in 1..cardinality(v_slots) loop
      if v_slots[v_at] < v_now - interval '1 minute' and (v_policy = 'skip' or v_policy = 'latest' and v_at < cardinality(v_slots)) then
        insert into flow.job_run (job_id, slot, cause, state, created, ended, error)
        values (v_job.id, v_slots[v_at], 'schedule', 'missed', v_now, v_now, 'nobody was there at its time')
        on conflict (job_id, cause, slot) do nothing;
      else
        perform flow.begin_run(v_job, 'schedule', v_slots[v_at], v_policy = 'all' and cardinality(v_slots) > 1);
      end if;
    end loop;
    v_count := v_count + cardinality(v_slots);
    update flow.job as j set next_slot = v_next where j.id = v_job.id;
  end loop;
  return v_count;
end;
$$;
COMMENT ON FUNCTION "flow"."schedule_jobs"() IS 'Make rows for the slots of jobs that have come, and start what is to run.';
CREATE TABLE "flow"."script" (
    "id" bigint NOT NULL,
    "model_id" bigint NOT NULL,
    "code" "text" NOT NULL,
    "class_id" bigint,
    "enabled" boolean DEFAULT true NOT NULL,
    "integration" boolean DEFAULT false NOT NULL,
    "url" boolean DEFAULT false NOT NULL,
    "web_service" boolean DEFAULT false NOT NULL,
    "definition" "jsonb" NOT NULL
);
COMMENT ON TABLE "flow"."script" IS 'Scripts of models; the code of one is the function data.script_<id>, which belongs to the account that stored it.';
COMMENT ON COLUMN "flow"."script"."integration" IS 'Does not run while the integration switch is off.';
COMMENT ON COLUMN "flow"."script"."url" IS 'May be called by URL.';
COMMENT ON COLUMN "flow"."script"."web_service" IS 'May be called by web service.';
CREATE FUNCTION "flow"."script_definitions"("p_model" bigint) RETURNS TABLE("id" bigint, "code" "text", "definition" "jsonb")
    LANGUAGE "sql" STABLE
    BEGIN ATOMIC
 SELECT "s"."id",
     "s"."code",
     ("s"."definition" ||
         CASE
             WHEN ("s"."class_id" IS NULL) THEN '{}'::"jsonb"
             ELSE "jsonb_build_object"('class', "meta"."class_path"("s"."class_id"))
         END)
    FROM "flow"."script" "s"
   WHERE ("s"."model_id" = "script_definitions"."p_model");
END;
COMMENT ON FUNCTION "flow"."script_definitions"("p_model" bigint) IS 'Id, code and definition of each script of a model.';
CREATE FUNCTION "flow"."script_id"("p_code" "text", "p_model" bigint DEFAULT NULL::bigint) RETURNS bigint
    LANGUAGE "plpgsql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_ids bigint[];
begin
  v_ids := array(
    select s.id
    from flow.script as s
    inner join meta.model as m on s.model_id = m.id
    where case when p_code like '%.%' then m.code || '.' || s.code = p_code else s.code = p_code and (p_model is null or s.model_id = p_model) end
  );
  if cardinality(v_ids) <> 1 then
    raise exception 'there is % script "%"', case cardinality(v_ids) when 0 then 'no' else 'more than one' end, p_code
      using errcode = 'PG501', hint = 'Name it as model.code; "pgears script list" shows the scripts.';
  end if;
  return v_ids[1];
end;
$$;
COMMENT ON FUNCTION "flow"."script_id"("p_code" "text", "p_model" bigint) IS 'Id of a script by model.code or code. Raises PG501.';
CREATE FUNCTION "flow"."script_trouble"("p_script" bigint) RETURNS "text"
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_schema text;
  v_trouble text;
begin
  select e.extnamespace::regnamespace::text into v_schema from pg_extension as e where e.extname = 'plpgsql_check';
  if v_schema is not null then
    execute format(
      'select format(''line %%s: %%s'', greatest(c.lineno - 1, 1), c.message) from %s.plpgsql_check_function_tb($1::regprocedure) as c'
      ' where c.level = ''error'' and c.sqlstate not in (''42P01'', ''42703'') limit 1',
      v_schema
    )
    using format('data.script_%s(jsonb)', p_script)
    into v_trouble;
  end if;
  return v_trouble;
end;
$_$;
COMMENT ON FUNCTION "flow"."script_trouble"("p_script" bigint) IS 'First error that plpgsql_check finds in a script; null for none, or where it is not installed.';
CREATE FUNCTION "flow"."send_notification"("p_notification" bigint, "p_rows" bigint[] DEFAULT '{}'::bigint[], "p_variables" "jsonb" DEFAULT '{}'::"jsonb", "p_files" bigint[] DEFAULT '{}'::bigint[]) RETURNS bigint[]
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_notification flow.notification;
  v_row bigint;
  v_ids bigint[];
  v_mails bigint[] := array[]::bigint[];
begin
  select n.* into v_notification from flow.notification as n where n.id = p_notification;
  if not found then
    raise exception 'there is no notification %', p_notification
      using errcode = 'PG106', hint = 'flow.notification_id() finds one by its code.';
  end if;
  v_notification.send_sql := coalesce(v_notification.send_sql, flow.compile_notification(p_notification));
  begin
    execute format('select array(select unnest(s.send) from (%s) as s)', v_notification.send_sql)
    using p_rows, p_variables, p_files
    into v_ids;
    return v_ids;
  exception
    when others then
      if sqlstate ~ '^(08|40|53|55|57|58|XX|PG404)' then
        raise;
      end if;
  end;
  foreach v_row in array case when v_notification.class_id is null then array[null::bigint] else p_rows end loop
    begin
      execute format('select array(select unnest(s.send) from (%s) as s)', v_notification.send_sql)
      using array[v_row], p_variables, p_files
      into v_ids;
    exception
      when others then
        if sqlstate ~ '^(08|40|53|55|57|58|XX|PG404)' then
          raise;
        end if;
        v_ids := array[
          mail.store_failed(
            flow.default_text(v_notification.definition -> 'subject'),
            flow.default_text(coalesce(v_notification.definition -> 'body', v_notification.definition -> 'html')),
            v_notification.class_id, v_row, format('notification %s: %s', v_notification.code, sqlerrm)
          )
        ];
    end;
    v_mails := v_mails || v_ids;
  end loop;
  return v_mails;
end;
$$;
COMMENT ON FUNCTION "flow"."send_notification"("p_notification" bigint, "p_rows" bigint[], "p_variables" "jsonb", "p_files" bigint[]) IS 'Ids of the mails stored; a mail that cannot be made is among them in state failed. Raises PG106 without the notification, PG404 without an account.';
CREATE FUNCTION "flow"."set_frame"("p_model" bigint, "p_code" "text", "p_definition" "jsonb") RETURNS bigint
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_default constant text := (select l.code from meta.language as l where l.is_default);
  v_key text;
  v_id bigint;
begin
  perform meta.check_code(p_code, 'frame');
  perform meta.check_definition('frame', p_definition, '$');
  select k.key into v_key
  from jsonb_each(p_definition) as k
  cross join lateral jsonb_each_text(meta.localized(k.value)) as t
  where k.key in ('html', 'text')
    and (
      (select count(*) from regexp_matches(t.value, '\{\{\s*content\s*\}\}', 'g')) <> 1
      or not meta.localized(k.value) ? v_default
    )
  limit 1;
  if v_key is not null or not p_definition ?| array['html', 'text'] then
    raise exception 'the frame "%" has no place for the content', p_code
      using
        errcode = 'PG427',
        detail = '$' || coalesce('.' || v_key, ''),
        hint = format('Write {{content}} once into "html" and "text", in the default language %s at least.', v_default);
  end if;
  if p_definition::text ~ '\{\{\s*column\.' then
    raise exception 'the frame "%" names a column', p_code
      using errcode = 'PG427', detail = '$', hint = 'A frame surrounds mails about any class: columns belong into the notification.';
  end if;
  insert into flow.frame as f (model_id, code, definition)
  values (p_model, p_code, p_definition)
  on conflict (model_id, code) do update
  set definition = excluded.definition
  returning f.id into v_id;
  perform flow.compile_notification(n.id)
  from flow.notification as n
  where n.frame_id = v_id;
  return v_id;
end;
$_$;
COMMENT ON FUNCTION "flow"."set_frame"("p_model" bigint, "p_code" "text", "p_definition" "jsonb") IS 'Id of a frame, made or changed. Keys: html, text. Raises PG110 to PG112, PG425, PG427.';
CREATE FUNCTION "flow"."set_job"("p_model" bigint, "p_code" "text", "p_definition" "jsonb") RETURNS bigint
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_id bigint;
  v_ignored boolean;
begin
  perform meta.check_code(p_code, 'job');
  perform meta.check_definition('job', p_definition, '$');
  if p_definition ? 'cron' and p_definition ? 'at' then
    raise exception 'job "%" has both "cron" and "at"', p_code
      using errcode = 'PG113', detail = '$', hint = 'Give it one of them; or none, to be started by hand or at the start of the service.';
  end if;
  if p_definition ? 'when' then
    begin
      execute format('select (%s)::boolean', p_definition ->> 'when') into v_ignored;
    exception
      when syntax_error_or_access_rule_violation or datatype_mismatch then
        raise exception 'the condition of job "%" does not compile: %', p_code, sqlerrm
          using errcode = 'PG119', detail = '$.when', hint = 'Write an SQL condition; name tables with their schema.';
    end;
  end if;
  insert into flow.job as j (model_id, code, enabled, integration, definition, compiled, next_slot, created)
  values (
    p_model,
    p_code,
    coalesce((p_definition ->> 'enabled')::boolean, true),
    coalesce((p_definition ->> 'integration')::boolean, false),
    p_definition,
    flow.compile_job_steps(p_model, p_code, p_definition -> 'steps'),
    flow.job_slot(p_definition, core.now()),
    core.now()
  )
  on conflict (model_id, code) do update
  set
    enabled = excluded.enabled,
    integration = excluded.integration,
    definition = excluded.definition,
    compiled = excluded.compiled,
    next_slot = excluded.next_slot
  returning j.id into v_id;
  return v_id;
end;
$_$;
COMMENT ON FUNCTION "flow"."set_job"("p_model" bigint, "p_code" "text", "p_definition" "jsonb") IS 'Id of a job, made or changed. Keys: name, cron, at, at_start, time_zone, valid_from, valid_to, when, missed, overlap, integration, enabled, steps. Raises PG110 to PG113, PG119, PG120, PG301, PG501, PG510, PG521, PG522.';
CREATE FUNCTION "flow"."set_notification"("p_model" bigint, "p_code" "text", "p_definition" "jsonb") RETURNS bigint
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_class bigint;
  v_id bigint;
begin
  perform meta.check_code(p_code, 'notification');
  perform meta.check_definition('notification', p_definition, '$');
  if p_definition ? 'class' then
    v_class := meta.find_class(p_model, p_definition ->> 'class');
  end if;
  perform flow.check_notification(p_model, v_class, p_definition);
  insert into flow.notification as n (model_id, code, class_id, definition, frame_id, group_ids)
  values (
    p_model,
    p_code,
    v_class,
    p_definition,
    (select f.id from flow.frame as f where f.model_id = p_model and f.code = p_definition ->> 'frame'),
    array(
      select g.id
      from mail.recipient_group as g
      inner join jsonb_array_elements_text(p_definition -> 'groups') as c (code) on g.code = c.code
      where g.model_id = p_model
      order by g.id
    )
  )
  on conflict (model_id, code) do update
  set class_id = excluded.class_id, definition = excluded.definition, frame_id = excluded.frame_id, group_ids = excluded.group_ids
  returning n.id into v_id;
  perform flow.compile_notification(v_id);
  return v_id;
end;
$_$;
COMMENT ON FUNCTION "flow"."set_notification"("p_model" bigint, "p_code" "text", "p_definition" "jsonb") IS 'Id of a notification, made or changed. Keys: see meta.vocabulary. Raises PG106, PG110 to PG114, PG425, PG427.';
CREATE FUNCTION "flow"."set_rule"("p_model" bigint, "p_code" "text", "p_definition" "jsonb") RETURNS bigint
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_actions constant text[] := array(
    select a.action from unnest(array['notify', 'set', 'refuse', 'script', 'raise', 'start', 'enqueue']) as a (action)
    where p_definition ? a.action
  );
  v_action constant text := v_actions[1];
  v_event constant text := p_definition ->> 'event';
  v_definition jsonb := p_definition;
  v_class bigint;
  v_notification bigint;
  v_script bigint;
  v_id bigint;
begin
  perform meta.check_code(p_code, 'rule');
  perform meta.check_definition('rule', p_definition, '$');
  v_class := meta.find_class(p_model, p_definition ->> 'class');
  if cardinality(v_actions) <> 1 then
    raise exception 'rule "%" has % actions', p_code, cardinality(v_actions)
      using errcode = 'PG113', detail = '$', hint = 'Give it exactly one of notify, set, refuse, script, raise, start, enqueue.';
  elsif v_action <> all (
    case
      when v_event = 'before_delete' then array['refuse', 'script']
      when v_event like 'before%' then array['set', 'refuse', 'script']
      when v_event = 'on_date' then array['notify', 'script', 'raise', 'start', 'enqueue']
      when v_event = 'after_delete' then array['script', 'raise', 'start', 'enqueue']
      else array['notify', 'script', 'raise', 'start', 'enqueue']
    end
  ) then
    raise exception 'the action "%" of rule "%" cannot be done at "%"', v_action, p_code, v_event
      using
        errcode = 'PG113',
        detail = '$.' || v_action,
        hint = 'Before saving: set, refuse, script; before deleting: refuse, script; after it: script, raise, start, enqueue, and notify while the row is there.';
  end if;
  if v_event = 'on_date' then
    v_definition := flow.check_dates(v_class, p_definition, p_code);
  elsif p_definition ?| array['date', 'offsets'] then
    raise exception 'rule "%" has a date but is not asked on_date', p_code
      using errcode = 'PG113', detail = '$.event', hint = 'Leave date and offsets out, or take the event on_date.';
  end if;
  case v_action
    when 'notify' then
      select n.id into v_notification
      from flow.notification as n
      where n.model_id = p_model and n.code = p_definition ->> 'notify' and n.class_id = v_class;
      if v_notification is null then
        raise exception 'there is no notification "%" about the class of rule "%"', p_definition ->> 'notify', p_code
          using errcode = 'PG106', hint = 'Define the notification for the same class first.';
      end if;
    when 'script' then
      v_script := flow.script_id(p_definition ->> 'script', p_model);
    when 'set' then
      v_definition := jsonb_set(v_definition, '{set}', flow.stored_formulas(v_class, p_definition -> 'set', p_code));
    when 'raise' then
      perform meta.format_expression(v_class, p_definition ->> 'raise', false);
    when 'start' then
      perform flow.workflow_id(p_definition ->> 'start', p_model);
    when 'enqueue' then
      if not exists (select from queue.kinds() as k where k.kind = p_definition ->> 'enqueue') then
        raise exception 'there is no kind of task "%"', p_definition ->> 'enqueue'
          using errcode = 'PG301', detail = '$.enqueue', hint = 'Register it with queue.register_kind().';
      end if;
    else
      null;
  end case;
  perform flow.try_condition(v_class, p_definition ->> 'when', p_code);
  perform flow.unhook_rule(r.id) from flow.rule as r where r.model_id = p_model and r.code = p_code;
  insert into flow.rule as r (model_id, code, class_id, event, action, notification_id, script_id, enabled, position, definition, since)
  values (
    p_model,
    p_code,
    v_class,
    v_event,
    v_action,
    v_notification,
    v_script,
    coalesce((p_definition ->> 'enabled')::boolean, true),
    coalesce((p_definition ->> 'position')::integer, 0),
    v_definition,
    core.now()
  )
  on conflict (model_id, code) do update
  set
    class_id = excluded.class_id,
    event = excluded.event,
    action = excluded.action,
    notification_id = excluded.notification_id,
    script_id = excluded.script_id,
    enabled = excluded.enabled,
    position = excluded.position,
    definition = excluded.definition
  returning r.id into v_id;
  -- What refuses comes before what acts, whatever the positions.
  insert into meta.class_hook (class_id, code, event, position, statement, once)
  select
    r.class_id,
    'rule ' || r.id,
    flow.rule_hook(r.event, r.action),
    r.position - case when r.event like 'before%' then 1000000 else 0 end,
    flow.rule_statement(r.id),
    true
  from flow.rule as r
  where r.id = v_id and r.enabled and r.event <> 'on_date';
  perform meta.touch_class(v_class);
  return v_id;
end;
$_$;
COMMENT ON FUNCTION "flow"."set_rule"("p_model" bigint, "p_code" "text", "p_definition" "jsonb") IS 'Id of a rule, made or changed. Keys: class, event, when, date, offsets, one action (notify, set, refuse, script, raise, start, enqueue), enabled, position. Raises PG106, PG110 to PG114, PG119, PG301, PG501, PG510.';
CREATE FUNCTION "flow"."set_script"("p_model" bigint, "p_code" "text", "p_definition" "jsonb") RETURNS bigint
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_name constant text := (select m.code from meta.model as m where m.id = p_model) || '.' || p_code;
  v_body text;
  v_id bigint;
  v_trouble text;
begin
  perform meta.check_code(p_code, 'script');
  perform meta.check_definition('script', p_definition, '$');
  if (p_definition ? 'sql') = (p_definition ? 'function') then
    raise exception 'script "%" has either "sql" or "function"', p_code
      using errcode = 'PG113', detail = '$', hint = 'Write the statements under sql, or name a function of yours (jsonb) that returns jsonb.';
  end if;
  if p_definition ? 'function' then
    if to_regprocedure((p_definition ->> 'function') || '(jsonb)') is null then
      raise exception 'there is no function %(jsonb)', p_definition ->> 'function'
        using errcode = 'PG106', detail = '$.function', hint = 'Create it first, with its schema in the name.';
    end if;
    v_body := format('result := %s(context);', to_regprocedure((p_definition ->> 'function') || '(jsonb)')::regproc);
  else
    v_body := meta.query_text(split_part(v_name, '.', 1), p_definition ->> 'sql');
    v_body := rtrim(v_body, e' \n\t') || case when rtrim(v_body, e' \n\t') like '%;' then '' else e'\n;' end;
  end if;
  insert into flow.script as s (model_id, code, class_id, enabled, integration, url, web_service, definition)
  values (
    p_model,
    p_code,
    case when p_definition ? 'class' then meta.find_class(p_model, p_definition ->> 'class') end,
    coalesce((p_definition ->> 'enabled')::boolean, true),
    coalesce((p_definition ->> 'integration')::boolean, false),
    coalesce((p_definition ->> 'url')::boolean, false),
    coalesce((p_definition ->> 'web_service')::boolean, false),
    p_definition
  )
  on conflict (model_id, code) do update
  set
    class_id = excluded.class_id,
    enabled = excluded.enabled,
    integration = excluded.integration,
    url = excluded.url,
    web_service = excluded.web_service,
    definition = excluded.definition
  returning s.id into v_id;
  begin
    execute format(
      'create or replace function data.script_%s(context jsonb, out result jsonb) language plpgsql volatile security definer'
      ' set search_path = pg_catalog, pg_temp as %L',
      v_id, e'begin\n' || v_body || e'\nend;'
    );
  exception
    when syntax_error_or_access_rule_violation then
      raise exception 'script "%" does not compile: %', p_code, sqlerrm
        using errcode = 'PG119', detail = '$.sql', hint = 'Write statements of PL/pgSQL; set "result" to give something back.';
  end;
  execute format('revoke all on function data.script_%s(jsonb) from public', v_id);
  execute format('comment on function data.script_%s(jsonb) is %L', v_id, 'Script ' || v_name || '. Generated.');
  execute format('alter function data.script_%s(jsonb) owner to %I', v_id, access.current_account());
  v_trouble := flow.script_trouble(v_id);
  if v_trouble is not null then
    raise exception 'script "%" cannot work: %', p_code, v_trouble
      using errcode = 'PG119', detail = '$.sql', hint = 'plpgsql_check found it; correct the script.';
  end if;
  return v_id;
end;
$_$;
COMMENT ON FUNCTION "flow"."set_script"("p_model" bigint, "p_code" "text", "p_definition" "jsonb") IS 'Id of a script, made or changed. Keys: name, sql, function, class, enabled, integration, url, web_service. Raises PG106, PG110 to PG114, PG119.';
CREATE FUNCTION "flow"."set_workflow"("p_model" bigint, "p_code" "text", "p_definition" "jsonb") RETURNS bigint
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_steps constant jsonb := p_definition -> 'steps';
  v_class bigint;
  v_workflow flow.workflow;
  v_compiled jsonb;
begin
  perform meta.check_code(p_code, 'workflow');
  perform meta.check_definition('workflow', p_definition, '$');
  v_class := case when p_definition ? 'class' then meta.find_class(p_model, p_definition ->> 'class') end;
  perform flow.check_steps(v_steps);
  v_compiled := flow.compile_steps(p_model, v_class, v_steps);
  insert into flow.workflow as w (model_id, code, class_id, enabled, definition)
  values (p_model, p_code, v_class, coalesce((p_definition ->> 'enabled')::boolean, true), p_definition - 'steps')
  on conflict (model_id, code) do update
  set class_id = excluded.class_id, enabled = excluded.enabled, definition = excluded.definition
  returning w.* into v_workflow;
  if exists (
    select from flow.workflow_version as v
    where v.workflow_id = v_workflow.id and v.version = v_workflow.version
      and (v.steps <> v_steps or v.compiled <> v_compiled)
      and exists (select from flow.instance as i where i.workflow_id = v.workflow_id and i.version = v.version)
  ) then
    v_workflow.version := (select max(v.version) + 1 from flow.workflow_version as v where v.workflow_id = v_workflow.id);
    update flow.workflow as w set version = v_workflow.version where w.id = v_workflow.id;
  end if;
  insert into flow.workflow_version as v (workflow_id, version, steps, compiled)
  values (v_workflow.id, v_workflow.version, v_steps, v_compiled)
  on conflict (workflow_id, version) do update
  set steps = excluded.steps, compiled = excluded.compiled
  where v.steps <> excluded.steps or v.compiled <> excluded.compiled;
  return v_workflow.id;
end;
$_$;
COMMENT ON FUNCTION "flow"."set_workflow"("p_model" bigint, "p_code" "text", "p_definition" "jsonb") IS 'Id of a workflow, made or changed. Keys: name, class, enabled, variables, steps. Raises PG101, PG106, PG110 to PG114, PG119, PG301, PG501, PG511.';
CREATE FUNCTION "flow"."start_jobs"() RETURNS integer
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_begun constant timestamptz := (select min(r.started) from queue.runner as r where r.lease_until >= core.now());
  v_job flow.job;
  v_count integer := 0;
begin
  if v_begun is null then
    return 0;
  end if;
  for v_job in
    select j.* from flow.job as j
    where j.enabled and j.definition -> 'at_start' = 'true'
    order by j.id
    for update
  loop
    v_count := v_count + (flow.begin_run(v_job, 'service start', v_begun) is not null)::integer;
  end loop;
  return v_count;
end;
$$;
COMMENT ON FUNCTION "flow"."start_jobs"() IS 'Start the jobs that run at the start of the service; gives the number of runs.';
CREATE FUNCTION "flow"."step_kinds"() RETURNS TABLE("kind" "text", "required" "text"[], "optional" "text"[])
    LANGUAGE "sql" IMMUTABLE
    BEGIN ATOMIC
 VALUES ('start'::"text",ARRAY['next'::"text"],ARRAY[]::"text"[]), ('end'::"text",ARRAY[]::"text"[],ARRAY['all'::"text", 'message'::"text"]), ('join'::"text",ARRAY[]::"text"[],ARRAY[]::"text"[]), ('condition'::"text",ARRAY['when'::"text", 'yes'::"text", 'no'::"text"],ARRAY[]::"text"[]), ('set'::"text",ARRAY['set'::"text", 'next'::"text"],ARRAY[]::"text"[]), ('script'::"text",ARRAY['script'::"text", 'next'::"text"],ARRAY['parameters'::"text", 'attempts'::"text", 'on_error'::"text"]), ('mail'::"text",ARRAY['notify'::"text", 'next'::"text"],ARRAY['attempts'::"text", 'on_error'::"text"]), ('enqueue'::"text",ARRAY['task'::"text", 'next'::"text"],ARRAY['parameters'::"text"]), ('raise'::"text",ARRAY['event'::"text", 'next'::"text"],ARRAY['scope'::"text"]), ('timer'::"text",ARRAY['wait'::"text", 'next'::"text"],ARRAY[]::"text"[]), ('event'::"text",ARRAY['event'::"text", 'next'::"text"],ARRAY['scope'::"text", 'deadline'::"text", 'on_deadline'::"text", 'into'::"text"]), ('task'::"text",ARRAY['assignee'::"text"],ARRAY['subject'::"text", 'deputies'::"text", 'deadline'::"text", 'on_deadline'::"text", 'notify'::"text", 'next'::"text", 'outcomes'::"text", 'into'::"text"]), ('workflow'::"text",ARRAY['workflow'::"text", 'next'::"text"],ARRAY['wait'::"text", 'variables'::"text", 'into'::"text", 'on_error'::"text"]), ('parallel'::"text",ARRAY['branches'::"text", 'next'::"text"],ARRAY[]::"text"[]);
END;
COMMENT ON FUNCTION "flow"."step_kinds"() IS 'Kinds of workflow steps and their keys, beside kind and name.';
CREATE FUNCTION "flow"."stored_formulas"("p_class" bigint, "p_formulas" "jsonb", "p_rule" "text") RETURNS "jsonb"
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_formula record;
  v_type text;
begin
  -- A class made in the same bundle of changes may still lack them.
  perform meta.build_system_columns(p_class);
  for v_formula in select f.key, f.value from jsonb_each_text(p_formulas) as f loop
    select e.sql_type into v_type
    from meta.effective_column as e
    where e.class_id = p_class and e.code = v_formula.key and e.stored and e.type <> 'calculated';
    if v_type is null then
      raise exception 'rule "%" sets the column "%", which % does not have or store', p_rule, v_formula.key, meta.class_path(p_class)
        using errcode = 'PG106', detail = '$.set.' || v_formula.key, hint = 'Set columns of the class by their codes; calculated ones calculate themselves.';
    end if;
    begin
      execute format(
        'select (%2$s) from data.datarow_%1$s as r, data.datarow_%1$s as o limit 0',
        p_class, flow.rule_expression(p_class, v_formula.value, 'r.', 'o.')
      );
    exception
      when syntax_error_or_access_rule_violation then
        raise exception 'the formula of "%" in rule "%" does not compile: %', v_formula.key, p_rule, sqlerrm
          using errcode = 'PG119', detail = '$.set.' || v_formula.key, hint = 'Write an SQL expression over {{column.code}} and {{old.code}}.';
    end;
  end loop;
  return (select jsonb_object_agg(format('{{column.%s}}', f.key), f.value) from jsonb_each(p_formulas) as f);
end;
$_$;
COMMENT ON FUNCTION "flow"."stored_formulas"("p_class" bigint, "p_formulas" "jsonb", "p_rule" "text") IS 'Formulas with {{column.code}} as keys. Raises PG106, PG119.';
CREATE FUNCTION "flow"."try_condition"("p_class" bigint, "p_condition" "text", "p_rule" "text") RETURNS "void"
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
begin
  if p_condition is not null then
    -- A class made in the same bundle of changes may still lack them.
    perform meta.build_system_columns(p_class);
    execute format(
      'select from data.datarow_%1$s as r, data.datarow_%1$s as o where (%2$s) limit 0',
      p_class, flow.rule_expression(p_class, p_condition, 'r.', 'o.')
    );
  end if;
exception
  when syntax_error_or_access_rule_violation or datatype_mismatch then
    raise exception 'the condition of rule "%" does not compile: %', p_rule, sqlerrm
      using errcode = 'PG119', hint = 'Write an SQL condition over {{column.code}} and, of the former row, {{old.code}}.';
end;
$_$;
COMMENT ON FUNCTION "flow"."try_condition"("p_class" bigint, "p_condition" "text", "p_rule" "text") IS 'Raise PG106 or PG119 for a condition that the triggers of a class could not use.';
CREATE FUNCTION "flow"."variable_expression"("p_model" bigint, "p_class" bigint, "p_name" "text", "p_language" "text", "p_address" boolean, "p_variables" "text"[]) RETURNS "text"
    LANGUAGE "plpgsql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_path constant text[] := string_to_array(p_name, '.');
  v_parameter constant text := substring(p_name from '^(?:app|application)[.](?:par|parameter)[.](.+)$');
  v_name text;
begin
  if v_path[1] = 'column' and cardinality(v_path) between 2 and 4 then
    return case when p_class is not null then flow.path_expression(p_class, v_path[2:], p_address) end;
  elsif v_path[1] = 'var' and cardinality(v_path) = 2 then
    return case when v_path[2] = any (p_variables) then format('flow.needed(%L, $2 ->> %L)', p_name, v_path[2]) end;
  elsif v_parameter is not null then
    return case when core.parameter(v_parameter) is not null then format('flow.needed(%L, core.parameter(%L))', p_name, v_parameter) end;
  elsif p_name = 'record.url' then
    return case
      when p_class is not null and core.parameter('web.base_address') is not null
        then format(
          'rtrim(flow.needed(''app.par.web.base_address'', core.parameter(''web.base_address'')), ''/'') || %L || r.id::text',
          '/' || replace(meta.class_path(p_class), '.', '/') || '/'
        )
    end;
  elsif p_name in ('class.id', 'class.code', 'class.name') and p_class is not null then
    select case v_path[2] when 'id' then c.id::text when 'code' then c.code else coalesce(c.name ->> p_language, flow.default_text(c.name), c.code) end
    into v_name
    from meta.class as c
    where c.id = p_class;
    return quote_literal(v_name);
  elsif p_name in ('model.id', 'model.code', 'model.name') then
    select case v_path[2] when 'id' then m.id::text when 'code' then m.code else coalesce(m.name ->> p_language, flow.default_text(m.name), m.code) end
    into v_name
    from meta.model as m
    where m.id = p_model;
    return quote_literal(v_name);
  end if;
  return null;
end;
$_$;
COMMENT ON FUNCTION "flow"."variable_expression"("p_model" bigint, "p_class" bigint, "p_name" "text", "p_language" "text", "p_address" boolean, "p_variables" "text"[]) IS 'SQL expression of type text for a variable; null for one that does not exist there.';
CREATE FUNCTION "flow"."wait_branch"("p_branch" bigint, "p_for" "text", "p_until" timestamp with time zone DEFAULT NULL::timestamp with time zone, "p_scope" "text" DEFAULT NULL::"text", "p_scope_id" bigint DEFAULT NULL::bigint, "p_code" "text" DEFAULT NULL::"text") RETURNS "void"
    LANGUAGE "sql"
    BEGIN ATOMIC
 UPDATE "flow"."branch" "b" SET "waits_for" = "wait_branch"."p_for", "woken" = false, "late" = false, "result" = NULL::"jsonb", "turn" = ("b"."turn" + 1), "until" = "wait_branch"."p_until", "scope" = "wait_branch"."p_scope", "scope_id" = "wait_branch"."p_scope_id", "event_code" = "wait_branch"."p_code", "timer_id" =
         CASE
             WHEN ("wait_branch"."p_until" IS NOT NULL) THEN "flow"."enqueue_branch"("b"."id", ("b"."turn" + 1), "wait_branch"."p_until", true)
             ELSE NULL::bigint
         END
   WHERE ("b"."id" = "wait_branch"."p_branch");
END;
COMMENT ON FUNCTION "flow"."wait_branch"("p_branch" bigint, "p_for" "text", "p_until" timestamp with time zone, "p_scope" "text", "p_scope_id" bigint, "p_code" "text") IS 'Let a branch wait for something, and at most until a time.';
CREATE FUNCTION "flow"."wake_branch"("p_branch" bigint, "p_result" "jsonb") RETURNS "void"
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_branch flow.branch;
begin
  update flow.branch as b
  set waits_for = null, woken = true, result = p_result, turn = b.turn + 1
  where b.id = p_branch and b.waits_for is not null
  returning b.* into v_branch;
  if found then
    perform queue.withdraw(v_branch.timer_id);
    perform flow.enqueue_branch(v_branch.id, v_branch.turn)
    from flow.instance as i
    where i.id = v_branch.instance_id and i.state = 0;
  end if;
end;
$$;
COMMENT ON FUNCTION "flow"."wake_branch"("p_branch" bigint, "p_result" "jsonb") IS 'Let a waiting branch go on with a result.';
CREATE FUNCTION "flow"."workflow_definitions"("p_model" bigint) RETURNS TABLE("id" bigint, "code" "text", "definition" "jsonb")
    LANGUAGE "sql" STABLE
    BEGIN ATOMIC
 SELECT "w"."id",
     "w"."code",
     (("w"."definition" || "jsonb_build_object"('steps', "v"."steps")) ||
         CASE
             WHEN ("w"."class_id" IS NULL) THEN '{}'::"jsonb"
             ELSE "jsonb_build_object"('class', "meta"."class_path"("w"."class_id"))
         END)
    FROM ("flow"."workflow" "w"
      JOIN "flow"."workflow_version" "v" ON ((("w"."id" = "v"."workflow_id") AND ("w"."version" = "v"."version"))))
   WHERE ("w"."model_id" = "workflow_definitions"."p_model");
END;
COMMENT ON FUNCTION "flow"."workflow_definitions"("p_model" bigint) IS 'Id, code and definition of each workflow of a model.';
CREATE FUNCTION "flow"."workflow_expression"("p_class" bigint, "p_sql" "text") RETURNS "text"
    LANGUAGE "plpgsql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_sql text := regexp_replace(p_sql, '\{\{\s*variables\.([a-z][a-z0-9_-]*)\s*\}\}', '(x.variables ->> ''\1'')', 'g');
begin
  v_sql := regexp_replace(v_sql, '\{\{\s*instance\.id\s*\}\}', 'x.instance_id', 'g');
  v_sql := regexp_replace(v_sql, '\{\{\s*record\.id\s*\}\}', 'x.record_id', 'g');
  if v_sql ~ '\{\{' and p_class is null then
    raise exception 'there is no {{...}} of this name in "%"', p_sql
      using errcode = 'PG106', hint = 'Write {{variables.x}}, {{record.id}}, {{instance.id}}; {{column.x}} needs "class" in the workflow.';
  end if;
  return coalesce(meta.condition_expression(p_class, v_sql, 'r.'), v_sql);
end;
$$;
COMMENT ON FUNCTION "flow"."workflow_expression"("p_class" bigint, "p_sql" "text") IS 'SQL expression over x (instance) and r (record). Raises PG106.';
CREATE FUNCTION "flow"."workflow_format"("p_class" bigint, "p_format" "text") RETURNS "text"
    LANGUAGE "plpgsql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_piece text;
  v_parts text[] := array[]::text[];
begin
  for v_piece in
    select p.piece[1]
    from regexp_matches(p_format, '\{\{[^}]*\}\}|(?:(?!\{\{).)+', 'gs') as p (piece)
  loop
    v_parts := v_parts || case
      when v_piece not like '{{%' then quote_literal(v_piece)
      when v_piece ~ '^\{\{\s*(variables\.[a-z][a-z0-9_-]*|record\.id|instance\.id)\s*\}\}$'
        then format('coalesce(%s::text, '''')', flow.workflow_expression(p_class, v_piece))
      else format('(%s)', meta.format_expression(p_class, v_piece, false))
    end;
  end loop;
  return coalesce(array_to_string(nullif(v_parts, '{}'), ' || '), quote_literal(''));
end;
$_$;
COMMENT ON FUNCTION "flow"."workflow_format"("p_class" bigint, "p_format" "text") IS 'SQL expression for a format over x (instance) and r (record). Raises PG106, PG111.';
CREATE FUNCTION "mail"."accept"("p_received" bigint, "p_parts" "jsonb", "p_files" bigint[] DEFAULT '{}'::bigint[], "p_skip" "text" DEFAULT NULL::"text") RETURNS "text"
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_received record;
  v_skip text := p_skip;
  v_class bigint;
  v_row bigint;
  v_reply record;
begin
  select r.id, r.state, b.code, b.model_id, b.class_id, b.definition into v_received
  from mail.received as r
  inner join mail.mailbox as b on r.mailbox_id = b.id
  where r.id = p_received
  for update of r;
  if v_received.state is distinct from 'stored' then
    return v_received.state;
  end if;
  if v_received.definition ->> 'on_auto_reply' = 'accept' and v_skip in ('auto-reply', 'list mail') then
    v_skip := null;
  end if;
  if mail.confirm(p_parts ->> 'message_id', 'mailbox ' || v_received.code) then
    v_skip := 'loop';
  end if;
  if p_parts ? 'report' then
    perform mail.accept_report(p_parts -> 'report');
  end if;
  if v_skip is null then
    perform mail.check_rate(p_received, v_received.definition ->> 'rate_per_sender', p_parts ->> 'from_address');
  end if;
  select r.* into v_reply from mail.save_reply(p_received, p_parts, p_files, v_skip is null) as r;
  if v_reply.row_id is not null then
    v_class := v_reply.class_id;
    v_row := v_reply.row_id;
  elsif v_skip is null then
    perform core.set_source('mailbox');
    select m.class_id, m.row_id into v_class, v_row
    from mail.make_record(p_received, v_received.model_id, v_received.class_id, v_received.definition, p_parts, p_files) as m;
    v_skip := case when v_row is null then 'refused by the script' end;
  end if;
  update mail.received as r
  set
    state = case when v_skip is null then 'done' else 'skipped' end,
    reason = v_skip,
    error = null,
    message_id = p_parts ->> 'message_id',
    from_address = p_parts ->> 'from_address',
    subject = p_parts ->> 'subject',
    class_id = case when v_skip is null then v_class end,
    row_id = v_row,
    about_class_id = v_reply.about_class_id,
    about_row_id = v_reply.about_row_id,
    mail_id = v_reply.mail_id,
    settled = core.now()
  where r.id = p_received;
  return case when v_skip is null then 'done' else 'skipped' end;
end;
$$;
COMMENT ON FUNCTION "mail"."accept"("p_received" bigint, "p_parts" "jsonb", "p_files" bigint[], "p_skip" "text") IS 'Turn a stored message into a record: done or skipped, or its state when it is settled already. Raises PG411 to PG413, and what the script and the insert raise.';
CREATE FUNCTION "mail"."accept_report"("p_report" "jsonb") RETURNS bigint
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_id bigint;
begin
  select m.id into v_id
  from mail.message as m
  where m.message_id = p_report ->> 'message_id' and m.state not in ('queued', 'held', 'failed')
  for update;
  if v_id is null then
    return null;
  end if;
  with spoken as (
    select distinct on (r.position)
      r.position,
      s.action,
      concat_ws(' ', 'delivery report:', nullif(s.status, ''), nullif(s.diagnostic, '')) as answer
    from jsonb_to_recordset(p_report -> 'recipients') as s (address text, original text, action text, status text, diagnostic text)
    inner join mail.recipient as r
      on r.message_id = v_id
      and (
        lower(s.address) in (lower(r.delivered_to), lower(r.address))
        or lower(s.original) in (lower(r.delivered_to), lower(r.address))
        or (select count(*) = 1 from mail.recipient as o where o.message_id = v_id)
      )
    order by r.position, s.action = 'failed' desc
  )
  update mail.recipient as r
  set
    state = case when s.action = 'failed' then 'bounced' else r.state end,
    answer = left(s.answer, 1000),
    settled = case when s.action = 'failed' then core.now() else r.settled end
  from spoken as s
  where r.message_id = v_id and r.position = s.position and r.state in ('sent', 'unknown', 'bounced');
  update mail.message as m
  set
    state = case when m.state in ('sent', 'unknown', 'bounced', 'refused') then mail.overall_state(v_id) else m.state end,
    error = coalesce(mail.trouble(v_id), m.error)
  where m.id = v_id;
  return v_id;
end;
$$;
COMMENT ON FUNCTION "mail"."accept_report"("p_report" "jsonb") IS 'Id of the mail that a delivery report speaks of, its recipients marked as bounced where delivery failed; null when it is none of ours.';
CREATE FUNCTION "mail"."begin_many"("p_messages" bigint[], "p_tasks" bigint[], "p_tokens" "uuid"[]) RETURNS TABLE("task" bigint, "details" "jsonb")
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    SET "enable_seqscan" TO 'off'
    SET "enable_hashjoin" TO 'off'
    SET "enable_mergejoin" TO 'off'
    AS $$
declare
  v_delivers constant boolean := (select g.guard = 'deliver' from mail.guard() as g);
  v_production constant boolean := core.environment() = 'production';
  v_plain bigint[];
  v_claimed bigint[];
begin
  with held as (
    select g.message, g.task, g.token
    from unnest(p_messages, p_tasks, p_tokens) as g (message, task, token)
    inner join queue.task as t on t.id = g.task and t.token = g.token
    for update of t
  ),
  claimed as (
    update mail.message as m
    set state = 'sending', token = h.token, attempts = m.attempts + 1, attempted = core.now()
    from held as h
    inner join mail.account as a on true
    where m.id = h.message
      and m.task_id = h.task
      and m.state = 'queued'
      and a.id = m.account_id
      and a.enabled
      and a.per_minute is null
      and a.max_parallel is null
      and case when a.is_sink then not v_production else v_delivers end
    returning m.id, h.task
  )
  select coalesce(array_agg(c.id), '{}'), coalesce(array_agg(c.task), '{}') into v_plain, v_claimed from claimed as c;
  update mail.recipient as r
  set state = 'sending', delivered_to = r.address
  where r.message_id = any (v_plain) and r.state in ('queued', 'retrying', 'sending');
  return query
  select g.task, s.details
  from mail.sending_details(v_plain) as s
  inner join mail.message as m on s.id = m.id
  inner join unnest(p_tasks) as g (task) on m.task_id = g.task;
  for v_place in 1..cardinality(p_messages) loop
    continue when p_tasks[v_place] = any (v_claimed);
    begin
      task := p_tasks[v_place];
      details := mail.begin_sending(p_messages[v_place], p_tasks[v_place], p_tokens[v_place]);
    exception
      when sqlstate 'PG407' then
        details := jsonb_build_object('outcome', 'nothing');
    end;
    return next;
  end loop;
end;
$$;
COMMENT ON FUNCTION "mail"."begin_many"("p_messages" bigint[], "p_tasks" bigint[], "p_tokens" "uuid"[]) IS 'What mail.begin_sending() gives, for several messages; outcome nothing where the lease is lost.';
CREATE FUNCTION "mail"."begin_message"("p_mailbox" bigint, "p_after" bigint DEFAULT 0) RETURNS TABLE("id" bigint, "raw" "bytea", "received" timestamp with time zone)
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  update mail.received as r
  set state = 'quarantined', error = format('reading it was begun %s times and never ended', r.attempts), settled = core.now()
  where r.mailbox_id = p_mailbox and r.state = 'stored' and r.attempts >= 3;
  return query
  update mail.received as r
  set attempts = r.attempts + 1
  where r.id = (
    select s.id
    from mail.received as s
    where s.mailbox_id = p_mailbox and s.state = 'stored' and s.fetched and s.id > p_after
    order by s.id
    limit 1
    for update skip locked
  )
  returning r.id, r.raw, r.received;
end;
$$;
COMMENT ON FUNCTION "mail"."begin_message"("p_mailbox" bigint, "p_after" bigint) IS 'The oldest stored message of a mailbox above an id, its attempt counted; none when all are read.';
CREATE FUNCTION "mail"."begin_reading"("p_mailbox" bigint, "p_token" "uuid", "p_lease" interval DEFAULT '00:15:00'::interval) RETURNS "jsonb"
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_definition jsonb;
begin
  update mail.mailbox as b
  set lease_token = p_token, lease_until = core.now() + p_lease, rung = false
  where b.id = p_mailbox
    and b.enabled
    and (b.lease_until is null or b.lease_until < core.now() or b.lease_token = p_token)
  returning b.definition || jsonb_build_object('cursor', b.cursor) into v_definition;
  if v_definition is null then
    return null;
  end if;
  return mail.filled_definition(v_definition) || jsonb_build_object(
    'unfetched',
    array(
      select r.key
      from mail.received as r
      where r.mailbox_id = p_mailbox and r.state = 'stored' and not r.fetched
      order by r.id
    )
  );
end;
$$;
COMMENT ON FUNCTION "mail"."begin_reading"("p_mailbox" bigint, "p_token" "uuid", "p_lease" interval) IS 'Definition of a mailbox with parameters filled in, its lease taken; null when it is off or being read. Raises PG106 for a parameter not set.';
CREATE FUNCTION "mail"."begin_sending"("p_message" bigint, "p_task" bigint, "p_token" "uuid") RETURNS "jsonb"
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_message mail.message;
  v_account mail.account;
  v_guard record;
  v_redirect text;
  v_outcome text := 'send';
  v_wait interval;
begin
  select m.* into v_message from mail.message as m where m.id = p_message for update;
  if not mail.holds_lease(p_task, p_token) then
    raise exception 'the lease of task % is lost', p_task
      using errcode = 'PG407', hint = 'Another runner has taken the mail over; do nothing more with it.';
  end if;
  if v_message.id is null or v_message.state not in ('queued', 'retrying', 'sending') or v_message.task_id is distinct from p_task then
    perform queue.settle_one(p_task, p_token);
    return jsonb_build_object('outcome', 'nothing');
  end if;
  select a.* into v_account from mail.account as a where a.id = v_message.account_id;
  select g.guard, g.address into v_guard from mail.guard() as g;
  if v_message.state = 'sending' and v_message.token is distinct from p_token and v_account.on_unknown = 'ask' then
    v_outcome := 'unknown';
  elsif not v_account.enabled then
    v_outcome := 'held';
    v_message.error := format('the mail account "%s" is switched off', v_account.code);
  elsif v_account.is_sink and core.environment() = 'production' then
    v_outcome := 'held';
    v_message.error := format('the mail account "%s" delivers to the local sink, which production does not use', v_account.code);
  elsif v_account.is_sink or v_guard.guard = 'deliver' then
    v_redirect := null;
  elsif v_guard.guard = 'redirect' then
    v_redirect := v_guard.address;
  else
    v_outcome := 'held';
    v_message.error := format('held by the guard of the %s environment', core.environment());
  end if;
  if v_outcome = 'send' and (v_account.per_minute is not null or v_account.max_parallel is not null) then
    v_wait := mail.pace(v_message, v_account);
    if v_wait is not null then
      perform queue.settle_one(p_task, p_token, 'release', null, v_wait);
      return jsonb_build_object('outcome', 'later');
    end if;
  end if;
  if v_outcome <> 'send' then
    update mail.recipient as r
    set state = case v_outcome when 'held' then 'queued' else 'unknown' end
    where r.message_id = p_message and r.state in ('queued', 'retrying', 'sending');
    update mail.message as m
    set
      state = v_outcome,
      error = case v_outcome when 'held' then v_message.error else 'an attempt was lost: the server may have taken the mail' end
    where m.id = p_message;
    perform queue.settle_one(p_task, p_token);
    return jsonb_build_object('outcome', v_outcome);
  end if;
  update mail.recipient as r
  set state = 'sending', delivered_to = coalesce(v_redirect, r.address)
  where r.message_id = p_message and r.state in ('queued', 'retrying', 'sending');
  update mail.message as m
  set state = 'sending', token = p_token, attempts = m.attempts + 1, attempted = core.now()
  where m.id = p_message;
  return (select s.details from mail.sending_details(array[p_message]) as s);
end;
$$;
COMMENT ON FUNCTION "mail"."begin_sending"("p_message" bigint, "p_task" bigint, "p_token" "uuid") IS 'Claim a message for an attempt: outcome send with content, envelope and account; or unknown, held, later, nothing, and the task is settled. Raises PG407.';
CREATE FUNCTION "mail"."cancel"("p_message" bigint) RETURNS "void"
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_message mail.message;
begin
  v_message := mail.lock_message(p_message, array['queued', 'retrying', 'held', 'unknown'], 'cancelled');
  if v_message.state in ('queued', 'retrying') and exists (select from queue.task as t where t.id = v_message.task_id) then
    perform queue.cancel(v_message.task_id);
  end if;
  update mail.recipient as r
  set state = 'cancelled', settled = core.now()
  where r.message_id = p_message and r.state in ('queued', 'retrying', 'unknown');
  update mail.message as m
  set state = 'cancelled', error = null, settled = core.now()
  where m.id = p_message;
end;
$$;
COMMENT ON FUNCTION "mail"."cancel"("p_message" bigint) IS 'Cancel a message that waits. Raises PG405 when there is none, PG406 when its state forbids it, PG306 when an attempt is beginning.';
CREATE FUNCTION "mail"."character_of"("p_code" integer) RETURNS "text"
    LANGUAGE "sql" IMMUTABLE
    BEGIN ATOMIC
 SELECT
         CASE
             WHEN (("p_code" = ANY (ARRAY[9, 10, 13])) OR (("p_code" >= 32) AND ("p_code" <= 126)) OR (("p_code" >= 160) AND ("p_code" <= 55295)) OR (("p_code" >= 57344) AND ("p_code" <= 65533)) OR (("p_code" >= 65536) AND ("p_code" <= 1114109))) THEN "chr"("p_code")
             ELSE NULL::"text"
         END AS "case";
END;
COMMENT ON FUNCTION "mail"."character_of"("p_code" integer) IS 'Character of a code point; null for controls, surrogates and what is no character.';
CREATE FUNCTION "mail"."check_driver"("p_definition" "jsonb") RETURNS "void"
    LANGUAGE "plpgsql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_driver constant text := p_definition ->> 'driver';
  v_by_token constant boolean := v_driver = 'graph' or coalesce(p_definition ->> 'auth' = 'oauth2', false);
  v_key text;
begin
  select d.key into v_key
  from jsonb_object_keys(p_definition) as d (key)
  where d.key in (select k.key from mail.driver_key as k)
    and d.key not in (select k.key from mail.driver_key as k where k.driver = v_driver)
  order by d.key
  limit 1;
  if v_key is not null then
    raise exception 'the driver "%" has no key "%"', v_driver, v_key
      using
        errcode = 'PG110',
        detail = '$.' || v_key,
        hint = 'Its own keys: '
          || (select string_agg(k.key, ', ' order by k.position) from mail.driver_key as k where k.driver = v_driver) || '.';
  end if;
  select k.key into v_key
  from mail.driver_key as k
  where k.driver = v_driver
    and not p_definition ? k.key
    and (k.needed = 'always' or (k.needed = 'with tokens' and v_by_token) or (k.needed = 'with passwords' and not v_by_token))
  order by k.position
  limit 1;
  if v_key is not null then
    raise exception 'the key "%" is missing', v_key
      using errcode = 'PG112', detail = '$', hint = format('The driver "%s" needs it.', v_driver);
  end if;
  if v_by_token and not p_definition ?| array['client_secret', 'refresh_token'] then
    raise exception 'the key "client_secret" is missing'
      using errcode = 'PG112', detail = '$', hint = 'OAuth2 needs "client_secret", "refresh_token", or both.';
  end if;
  select d.key into v_key
  from jsonb_each_text(p_definition) as d
  where d.key in ('secret', 'client_secret', 'refresh_token')
    and d.value !~ case d.key when 'refresh_token' then '^file:.' else '^(env|file):.' end
  order by d.key
  limit 1;
  if v_key is not null then
    raise exception '"%" is a reference to a secret, never the secret', v_key
      using
        errcode = 'PG111',
        detail = '$.' || v_key,
        hint = case v_key
          when 'refresh_token' then 'Write file:PATH: servers renew this token, and the runner writes the new one there.'
          else 'Write env:NAME or file:PATH.'
        end;
  elsif p_definition ->> 'auth' <> all (case v_driver when 'imap' then array['password', 'oauth2'] else array['basic', 'ntlm', 'oauth2'] end) then
    raise exception 'the driver "%" has no "auth" of "%"', v_driver, p_definition ->> 'auth'
      using errcode = 'PG111', detail = '$.auth', hint = 'imap: password or oauth2; ews: basic, ntlm or oauth2.';
  elsif (p_definition ->> 'port')::integer not between 1 and 65535 then
    raise exception '"port" cannot be %', p_definition ->> 'port'
      using errcode = 'PG111', detail = '$.port', hint = 'Write a number from 1 to 65535.';
  elsif (p_definition ->> 'timeout_seconds')::integer not between 1 and 120 then
    raise exception '"timeout_seconds" cannot be %', p_definition ->> 'timeout_seconds'
      using errcode = 'PG111', detail = '$.timeout_seconds', hint = 'Write a number from 1 to 120.';
  elsif p_definition ? 'rate_per_sender' and mail.rate_limit(p_definition ->> 'rate_per_sender') is null then
    raise exception '"rate_per_sender" cannot be "%"', p_definition ->> 'rate_per_sender'
      using errcode = 'PG111', detail = '$.rate_per_sender', hint = 'Write a number and a time, such as 20 per hour or 5 per 10 minutes.';
  end if;
  begin
    perform (p_definition ->> 'secret_expires')::date;
  exception
    when invalid_datetime_format or datetime_field_overflow then
      raise exception '"secret_expires" cannot be "%"', p_definition ->> 'secret_expires'
        using errcode = 'PG111', detail = '$.secret_expires', hint = 'Write a day, such as 2027-01-31.';
  end;
end;
$_$;
COMMENT ON FUNCTION "mail"."check_driver"("p_definition" "jsonb") IS 'Check the keys of a mailbox that belong to its driver. Raises PG110, PG111, PG112.';
CREATE FUNCTION "mail"."check_header"("p_header" "text", "p_value" "text") RETURNS "void"
    LANGUAGE "plpgsql" IMMUTABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  if p_value ~ '[\u0001-\u0008\u000a-\u001f\u007f-\u009f\u2028\u2029]' then
    raise exception 'the % of a mail holds a line break or control character', p_header
      using
        errcode = 'PG403',
        detail = left(regexp_replace(p_value, '[\u0001-\u001f\u007f-\u009f\u2028\u2029]', '?', 'g'), 200),
        hint = 'Headers are single lines; take the line break out of the value.';
  end if;
end;
$$;
COMMENT ON FUNCTION "mail"."check_header"("p_header" "text", "p_value" "text") IS 'Do nothing for a value fit for a header, null included. Raises PG403 for line breaks and control characters.';
CREATE FUNCTION "mail"."check_mapping"("p_model" bigint, "p_class" bigint, "p_mapping" "jsonb") RETURNS "void"
    LANGUAGE "plpgsql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_parts constant text[] := array(select p.part from mail.message_part as p order by p.position);
  v_entry record;
  v_part record;
  v_column record;
  v_target record;
begin
  for v_entry in
    select m.key, m.value, l.path
    from jsonb_each_text(p_mapping) as m
    cross join lateral regexp_match(m.value, '^\s*([a-z_]+)\s*(?:->\s*([a-z0-9_.-]+)[.]([a-z][a-z0-9_-]*)\s*)?$') as l (path)
  loop
    select e.column_id, e.type, e.is_array, e.targets, e.target_user into v_column
    from meta.effective_column as e
    where e.class_id = p_class and e.code = v_entry.key and e.stored;
    if not found then
      raise exception 'the mapping names the column "%", which % has not', v_entry.key, meta.class_path(p_class)
        using errcode = 'PG106', detail = '$.mapping.' || v_entry.key, hint = 'Name stored columns of the class by their codes.';
    end if;
    select p.part, p.kind into v_part from mail.message_part as p where p.part = v_entry.path[1];
    if not found then
      raise exception 'a message has no part "%"', v_entry.value
        using
          errcode = 'PG111',
          detail = '$.mapping.' || v_entry.key,
          hint = meta.nearest(coalesce(v_entry.path[1], v_entry.value), v_parts) || 'Parts: ' || array_to_string(v_parts, ', ')
            || '; or "part -> class.column" for a reference.';
    end if;
    if v_entry.path[2] is not null then
      select c.id as class_id, e.column_id, e.is_array into v_target
      from (select meta.find_class(p_model, v_entry.path[2]) as id) as c
      left join meta.effective_column as e on e.class_id = c.id and e.code = v_entry.path[3] and e.stored;
      if v_target.column_id is null or v_target.is_array then
        raise exception 'the mapping looks a row up by the column "%", which % has not', v_entry.path[3], meta.class_path(v_target.class_id)
          using errcode = 'PG106', detail = '$.mapping.' || v_entry.key, hint = 'Name a stored column with a single value.';
      elsif v_column.type <> 'reference' or v_column.is_array or v_column.target_user or v_target.class_id <> all (v_column.targets) or cardinality(v_column.targets) > 1 then
        raise exception 'the column "%" does not refer to % alone', v_entry.key, meta.class_path(v_target.class_id)
          using errcode = 'PG113', detail = '$.mapping.' || v_entry.key, hint = 'Look rows up for single references to one class.';
      end if;
    end if;
    if v_entry.path[2] is null and v_column.type <> all (
      case v_part.kind
        when 'files' then array['file']
        when 'time' then array['timestamp', 'date', 'text', 'middle_text', 'long_text']
        else array['text', 'middle_text', 'long_text', 'html']
      end
    )
      or (v_part.part = 'attachments' and not v_column.is_array)
      or (v_part.kind = 'files' and v_entry.path[2] is not null)
    then
      raise exception 'the part "%" does not fit the column "%" of type %', v_part.part, v_entry.key, v_column.type
        using
          errcode = 'PG113',
          detail = '$.mapping.' || v_entry.key,
          hint = 'Texts go into texts, times into timestamps, attachments into a file column with multiple: true.';
    end if;
  end loop;
end;
$_$;
COMMENT ON FUNCTION "mail"."check_mapping"("p_model" bigint, "p_class" bigint, "p_mapping" "jsonb") IS 'Check the mapping of a mailbox against its class. Raises PG106, PG111, PG113, PG114.';
CREATE FUNCTION "mail"."check_rate"("p_received" bigint, "p_rate" "text", "p_sender" "text") RETURNS "void"
    LANGUAGE "plpgsql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_rate constant record := mail.rate_limit(p_rate);
  v_count bigint;
begin
  if p_rate is null or v_rate.number is null then
    return;
  end if;
  select count(*) into v_count
  from mail.received as r
  where r.mailbox_id = (select m.mailbox_id from mail.received as m where m.id = p_received)
    and r.from_address = p_sender
    and r.state = 'done'
    and r.received > core.now() - v_rate.span;
  if v_count >= v_rate.number then
    raise exception '% messages of % came within %: the limit of the mailbox', v_count, p_sender, p_rate
      using errcode = 'PG413', hint = 'Look whether programs answer each other; then "pgears mailbox retry" reads it.';
  end if;
end;
$$;
COMMENT ON FUNCTION "mail"."check_rate"("p_received" bigint, "p_rate" "text", "p_sender" "text") IS 'Raises PG413 when the sender of a message has filled the rate of the mailbox.';
CREATE FUNCTION "mail"."check_reply"("p_model" bigint, "p_class" bigint, "p_definition" "jsonb") RETURNS bigint
    LANGUAGE "plpgsql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_class bigint;
  v_column meta.effective_column;
  v_unknown text;
begin
  if not p_definition ? 'reply_class' then
    if p_definition ?| array['reply_column', 'reply_mapping', 'reply_sets'] then
      raise exception 'the mailbox says how answers are saved, but not as what'
        using errcode = 'PG428', detail = '$', hint = 'Give "reply_class", or leave the other keys of answers out.';
    end if;
    return null;
  end if;
  v_class := meta.find_class(p_model, p_definition ->> 'reply_class');
  select e.* into v_column
  from meta.effective_column as e
  where e.class_id = v_class and e.code = p_definition ->> 'reply_column';
  if v_column.type is distinct from 'reference' or v_column.is_array or v_column.targets <> array[p_class] then
    raise exception 'answers need a column of % that refers to %', meta.class_path(v_class), meta.class_path(p_class)
      using errcode = 'PG428', detail = '$.reply_column', hint = 'Name a single reference to the class of the mailbox alone.';
  end if;
  perform mail.check_mapping(p_model, v_class, coalesce(p_definition -> 'reply_mapping', '{}'));
  select s.code into v_unknown
  from jsonb_object_keys(coalesce(p_definition -> 'reply_sets', '{}')) as s (code)
  where not exists (select from meta.effective_column as e where e.class_id = p_class and e.code = s.code and e.stored and e.type <> 'calculated')
  limit 1;
  if v_unknown is not null then
    raise exception 'answers set the column "%", which % has not', v_unknown, meta.class_path(p_class)
      using errcode = 'PG428', detail = '$.reply_sets.' || v_unknown, hint = 'Name stored columns of the class of the mailbox.';
  end if;
  return v_class;
end;
$_$;
COMMENT ON FUNCTION "mail"."check_reply"("p_model" bigint, "p_class" bigint, "p_definition" "jsonb") IS 'Class of the answers of a mailbox, null for none. Raises PG428, and what mail.check_mapping() raises.';
CREATE FUNCTION "mail"."check_script"("p_name" "text", "p_key" "text", "p_account" "text" DEFAULT NULL::"text") RETURNS "regprocedure"
    LANGUAGE "plpgsql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_arguments constant text := case p_key when 'script' then '(jsonb, jsonb)' else '(bigint, jsonb, jsonb)' end;
  v_function regprocedure;
  v_problem text;
begin
  if p_name ~ '^[a-z_][a-z0-9_]*[.][a-z_][a-z0-9_]*$' then
    v_function := to_regprocedure(p_name || v_arguments);
  end if;
  select
    case
      when p.oid is null then 'does not exist'
      when p.prokind <> 'f' or p.proretset then 'is no function that gives one value'
      when p_key = 'script' and p.prorettype <> 'jsonb'::regtype then 'does not give jsonb'
      when not p.prosecdef then 'is not "security definer"'
      when p.prosqlbody is null and not coalesce(p.proconfig::text ~ '[{",]search_path=', false) then 'does not set its search_path'
      when p_account is not null and not has_function_privilege(p_account, p.oid, 'execute') then 'may not be called by ' || p_account
    end
  into v_problem
  from (select v_function as oid) as f
  left join pg_proc as p on f.oid = p.oid;
  if v_problem is not null then
    raise exception 'the function %', concat_ws(' ', p_name || v_arguments, v_problem)
      using
        errcode = 'PG411',
        detail = '$.' || p_key,
        hint = 'Write create function ' || case p_key
          when 'script' then 'schema.name(record jsonb, message jsonb) returns jsonb'
          else 'schema.name(row_id bigint, record jsonb, message jsonb) returns void'
        end || ' ... security definer set search_path = ...: it runs with the rights of its owner.';
  end if;
  return v_function;
end;
$_$;
COMMENT ON FUNCTION "mail"."check_script"("p_name" "text", "p_key" "text", "p_account" "text") IS 'The function that a mailbox names as a script. Raises PG411 when it is missing or of another kind.';
CREATE FUNCTION "mail"."class_of_row"("p_class" bigint, "p_row" bigint) RETURNS bigint
    LANGUAGE "plpgsql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_class bigint;
  v_found boolean;
begin
  for v_class in
    select a.class_id from meta.ancestry as a where a.ancestor_id = p_class order by a.depth
  loop
    execute format('select exists (select from data.datarow_%s as r where r.id = $1 and r.deleted is null)', v_class)
    using p_row
    into v_found;
    if v_found then
      return v_class;
    end if;
  end loop;
  return null;
end;
$_$;
COMMENT ON FUNCTION "mail"."class_of_row"("p_class" bigint, "p_row" bigint) IS 'Class of a row among a class and its children; null when there is no such row, or it is deleted.';
CREATE FUNCTION "mail"."confirm"("p_message_id" "text", "p_found" "text") RETURNS boolean
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_id bigint;
  v_state text;
begin
  select m.id, m.state into v_id, v_state
  from mail.message as m
  where m.message_id = p_message_id
  for update;
  if v_state = 'unknown' then
    update mail.recipient as r
    set state = 'sent', answer = 'found in ' || p_found, settled = core.now()
    where r.message_id = v_id and r.state = 'unknown';
    update mail.message as m
    set state = mail.overall_state(v_id), error = mail.trouble(v_id), settled = core.now()
    where m.id = v_id;
  end if;
  return v_id is not null;
end;
$$;
COMMENT ON FUNCTION "mail"."confirm"("p_message_id" "text", "p_found" "text") IS 'True for the Message-ID of an outgoing mail, which is settled as sent if it was unknown.';
CREATE FUNCTION "mail"."drop_group"("p_group" bigint) RETURNS "void"
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_user text;
begin
  v_user := (
    select min(s.code)
    from mail.recipient_group as g
    cross join lateral meta.section_definitions(g.model_id) as s
    where g.id = p_group and s.section = 'notifications' and s.definition -> 'groups' ? g.code
  );
  if v_user is not null then
    raise exception 'the group gets the notification "%"', v_user
      using errcode = 'PG118', hint = 'Take it out of the notification first.';
  end if;
  delete from mail.recipient_group as g where g.id = p_group;
end;
$$;
COMMENT ON FUNCTION "mail"."drop_group"("p_group" bigint) IS 'Drop a group of recipients. Raises PG118 while a notification names it.';
CREATE FUNCTION "mail"."drop_mailbox"("p_mailbox" bigint) RETURNS "void"
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  perform from mail.mailbox as b where b.id = p_mailbox for update;
  if exists (select from mail.received as r where r.mailbox_id = p_mailbox and r.state in ('stored', 'quarantined')) then
    raise exception 'mailbox % has messages that are stored or quarantined',
      (select b.code from mail.mailbox as b where b.id = p_mailbox)
      using errcode = 'PG118', hint = 'Retry or skip them first: "pgears mailbox quarantine" lists them. Or switch the mailbox off: enabled: false.';
  end if;
  delete from mail.mailbox as b where b.id = p_mailbox;
end;
$$;
COMMENT ON FUNCTION "mail"."drop_mailbox"("p_mailbox" bigint) IS 'Drop a mailbox and its received messages. Raises PG118 while one of them is not read or quarantined.';
CREATE TABLE "mail"."mailbox" (
    "id" bigint NOT NULL,
    "model_id" bigint NOT NULL,
    "code" "text" NOT NULL,
    "class_id" bigint NOT NULL,
    "enabled" boolean DEFAULT true NOT NULL,
    "definition" "jsonb" NOT NULL,
    "poll_every" interval DEFAULT '00:01:00'::interval NOT NULL,
    "due" timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
    "lease_token" "uuid",
    "lease_until" timestamp with time zone,
    "polled" timestamp with time zone,
    "error" "text",
    "cursor" "jsonb",
    "rung" boolean DEFAULT false NOT NULL,
    "listener" "uuid",
    "listener_until" timestamp with time zone,
    "token_expires" timestamp with time zone,
    "reply_class_id" bigint,
    CONSTRAINT "mailbox_poll_every_check" CHECK (("poll_every" >= '00:00:01'::interval))
);
COMMENT ON TABLE "mail"."mailbox" IS 'A mailbox that is read, and the class that its messages become rows of.';
COMMENT ON COLUMN "mail"."mailbox"."definition" IS 'Keys of the model file.';
COMMENT ON COLUMN "mail"."mailbox"."lease_token" IS 'Of the one reader at work; another one waits until lease_until.';
COMMENT ON COLUMN "mail"."mailbox"."error" IS 'What the last turn failed with.';
COMMENT ON COLUMN "mail"."mailbox"."cursor" IS 'Where the next listing begins, as the driver wrote it; null reads the folder from its beginning.';
COMMENT ON COLUMN "mail"."mailbox"."rung" IS 'A new message was announced during a turn: the next one is due at once.';
COMMENT ON COLUMN "mail"."mailbox"."listener" IS 'Of the one runner that waits for announcements of the server; another one may after listener_until.';
COMMENT ON COLUMN "mail"."mailbox"."token_expires" IS 'When the refresh token ends, as the server of tokens said last.';
COMMENT ON COLUMN "mail"."mailbox"."reply_class_id" IS 'Class whose rows answers become, each referring to the row that it belongs to.';
CREATE FUNCTION "mail"."end_reading"("p_mailbox" bigint, "p_token" "uuid", "p_more" boolean, "p_error" "text" DEFAULT NULL::"text", "p_wait" interval DEFAULT '00:00:00'::interval) RETURNS "void"
    LANGUAGE "sql" SECURITY DEFINER
    BEGIN ATOMIC
 UPDATE "mail"."mailbox" "b" SET "lease_token" = NULL::"uuid", "lease_until" = NULL::timestamp with time zone, "polled" = "core"."now"(), "error" = "end_reading"."p_error", "due" = ("core"."now"() + GREATEST("end_reading"."p_wait",
         CASE
             WHEN ("end_reading"."p_more" OR "b"."rung") THEN '00:00:00'::interval
             ELSE "b"."poll_every"
         END))
   WHERE (("b"."id" = "end_reading"."p_mailbox") AND ("b"."lease_token" = "end_reading"."p_token"));
END;
COMMENT ON FUNCTION "mail"."end_reading"("p_mailbox" bigint, "p_token" "uuid", "p_more" boolean, "p_error" "text", "p_wait" interval) IS 'End a turn of reading, with the error that ended it if any, and the time that the server wants to be left alone.';
CREATE FUNCTION "mail"."enqueue_polls"() RETURNS integer
    LANGUAGE "sql" SECURITY DEFINER
    BEGIN ATOMIC
 WITH "picked" AS (
          SELECT "b"."id"
            FROM "mail"."mailbox" "b"
           WHERE ("b"."enabled" AND ("b"."due" <= "core"."now"()) AND COALESCE(("b"."lease_until" < "core"."now"()), true))
          FOR UPDATE OF "b" SKIP LOCKED
         ), "moved" AS (
          UPDATE "mail"."mailbox" "b" SET "due" = ("core"."now"() + "b"."poll_every")
            FROM "picked" "p"
           WHERE ("b"."id" = "p"."id")
           RETURNING "b"."id"
         )
  SELECT ("count"("queue"."enqueue"('mailbox.poll'::"text", "jsonb_build_object"('mailbox', "m"."id"))))::integer AS "count"
    FROM "moved" "m";
END;
COMMENT ON FUNCTION "mail"."enqueue_polls"() IS 'Store a task for each mailbox that is due; gives their number.';
CREATE FUNCTION "mail"."fill_parameters"("p_key" "text", "p_value" "text") RETURNS "text"
    LANGUAGE "plpgsql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_value text := p_value;
  v_parameter text;
begin
  for v_parameter in
    select p.found[1] from regexp_matches(p_value, '\{\{\s*app[.]par[.]([a-z0-9_.-]+)\s*\}\}', 'g') as p (found)
  loop
    if core.parameter(v_parameter) is null then
      raise exception 'the % of the mailbox names the parameter "%", which is not set', p_key, v_parameter
        using errcode = 'PG106', hint = 'Set it with core.set_parameter().';
    end if;
    v_value := regexp_replace(
      v_value,
      '\{\{\s*app[.]par[.]' || replace(v_parameter, '.', '[.]') || '\s*\}\}',
      replace(core.parameter(v_parameter), '\', '\\')
    );
  end loop;
  return v_value;
end;
$$;
COMMENT ON FUNCTION "mail"."fill_parameters"("p_key" "text", "p_value" "text") IS 'The value with parameters filled in. Raises PG106 for one not set.';
CREATE FUNCTION "mail"."filled_definition"("p_definition" "jsonb") RETURNS "jsonb"
    LANGUAGE "plpgsql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  return
    coalesce((select jsonb_object_agg(v.key, v.preset) from meta.vocabulary as v where v.place = 'mailbox' and v.preset is not null), '{}')
    || p_definition
    || coalesce(
      (
        select jsonb_object_agg(d.key, mail.fill_parameters(d.key, d.value #>> '{}'))
        from jsonb_each(p_definition) as d
        where jsonb_typeof(d.value) = 'string' and d.value #>> '{}' like '%{{%'
      ),
      '{}'
    );
end;
$$;
COMMENT ON FUNCTION "mail"."filled_definition"("p_definition" "jsonb") IS 'The definition with presets and parameters. Raises PG106 for a parameter not set.';
CREATE FUNCTION "mail"."find_account"("p_code" "text") RETURNS bigint
    LANGUAGE "plpgsql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_account record;
begin
  select a.id, a.code, a.enabled, a.is_sink into v_account
  from mail.account as a
  where case when nullif(p_code, '') is null then a.is_default else a.code = p_code end;
  if v_account is null then
    raise exception 'there is no % mail account', coalesce('"' || nullif(p_code, '') || '"', 'default')
      using errcode = 'PG404', hint = 'mail.set_account() makes one; one is the default.';
  elsif not v_account.enabled then
    raise exception 'the mail account "%" is switched off', v_account.code
      using errcode = 'PG404', hint = 'Enable it with mail.set_account(), or name another.';
  elsif v_account.is_sink and core.environment() = 'production' then
    raise exception 'the mail account "%" delivers to the local sink, which production does not use', v_account.code
      using errcode = 'PG404', hint = 'Make an account of a real server the default with mail.set_account().';
  end if;
  return v_account.id;
end;
$$;
COMMENT ON FUNCTION "mail"."find_account"("p_code" "text") IS 'Id of the account of a code, for null of the default one. Raises PG404 when none can send.';
CREATE FUNCTION "mail"."find_rows"("p_class" bigint, "p_code" "text", "p_value" "text") RETURNS bigint[]
    LANGUAGE "plpgsql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_column record;
  v_ids bigint[];
begin
  select e.physical, e.sql_type into v_column
  from meta.effective_column as e
  where e.class_id = p_class and e.code = p_code and e.stored;
  if not found then
    raise exception 'class % has no column "%"', meta.class_path(p_class), p_code
      using errcode = 'PG106', hint = 'Correct the mapping of the mailbox.';
  end if;
  execute format(
    'select array(select t.id from data.datarow_%s as t where t.%I = $1::%s and t.deleted is null limit 2)',
    p_class, v_column.physical, v_column.sql_type
  )
  using p_value
  into v_ids;
  return v_ids;
end;
$_$;
COMMENT ON FUNCTION "mail"."find_rows"("p_class" bigint, "p_code" "text", "p_value" "text") IS 'Ids of up to two rows of a class that have a value in a column. Raises PG106 for an unknown column.';
CREATE TABLE "mail"."message" (
    "id" bigint NOT NULL,
    "message_id" "text" NOT NULL,
    "account_id" bigint NOT NULL,
    "from_address" "text" NOT NULL,
    "from_name" "text",
    "reply_to" "jsonb" DEFAULT '[]'::"jsonb" NOT NULL,
    "in_reply_to" "text",
    "priority" "text" DEFAULT 'normal'::"text" NOT NULL,
    "automatic" boolean DEFAULT true NOT NULL,
    "subject" "text" NOT NULL,
    "body" "text" NOT NULL,
    "html" "text",
    "class_id" bigint,
    "row_id" bigint,
    "correlation" "uuid",
    "creator" "text" NOT NULL,
    "created" timestamp with time zone NOT NULL,
    "state" "text" DEFAULT 'queued'::"text" NOT NULL,
    "task_id" bigint,
    "token" "uuid",
    "attempts" integer DEFAULT 0 NOT NULL,
    "attempted" timestamp with time zone,
    "settled" timestamp with time zone,
    "error" "text",
    "slot" timestamp with time zone,
    CONSTRAINT "message_priority_check" CHECK (("priority" = ANY (ARRAY['high'::"text", 'normal'::"text", 'low'::"text"]))),
    CONSTRAINT "message_state_check" CHECK (("state" = ANY (ARRAY['queued'::"text", 'sending'::"text", 'sent'::"text", 'refused'::"text", 'retrying'::"text", 'unknown'::"text", 'cancelled'::"text", 'held'::"text", 'failed'::"text", 'bounced'::"text"])))
);
COMMENT ON TABLE "mail"."message" IS 'Outgoing mail as it was stored: texts, Message-ID and state. Recipients are rows of mail.recipient.';
COMMENT ON COLUMN "mail"."message"."automatic" IS 'Says so in its headers, so that robots do not answer.';
COMMENT ON COLUMN "mail"."message"."token" IS 'Lease token of the last attempt.';
COMMENT ON COLUMN "mail"."message"."error" IS 'Why it was not sent, or is not yet.';
COMMENT ON COLUMN "mail"."message"."slot" IS 'When it may begin under the pace of its account.';
CREATE TABLE "mail"."received" (
    "id" bigint NOT NULL,
    "mailbox_id" bigint NOT NULL,
    "key" "text" NOT NULL,
    "sha256" "bytea" NOT NULL,
    "raw" "bytea" NOT NULL,
    "received" timestamp with time zone NOT NULL,
    "state" "text" DEFAULT 'stored'::"text" NOT NULL,
    "attempts" integer DEFAULT 0 NOT NULL,
    "reason" "text",
    "error" "text",
    "message_id" "text",
    "from_address" "text",
    "subject" "text",
    "class_id" bigint,
    "row_id" bigint,
    "settled" timestamp with time zone,
    "epoch" "text",
    "fetched" boolean DEFAULT true NOT NULL,
    "told" boolean DEFAULT false NOT NULL,
    "about_class_id" bigint,
    "about_row_id" bigint,
    "mail_id" bigint,
    CONSTRAINT "received_state_check" CHECK (
CASE "state"
    WHEN 'stored'::"text" THEN true
    WHEN 'done'::"text" THEN ("row_id" IS NOT NULL)
    WHEN 'skipped'::"text" THEN ("reason" IS NOT NULL)
    WHEN 'quarantined'::"text" THEN ("error" IS NOT NULL)
    ELSE false
END)
);
ALTER TABLE ONLY "mail"."received" ALTER COLUMN "raw" SET STORAGE EXTERNAL;
COMMENT ON TABLE "mail"."received" IS 'Messages as they came, each once, and what became of them.';
COMMENT ON COLUMN "mail"."received"."key" IS 'What the driver knows the message by; with the hash of the content it is unique in the mailbox.';
COMMENT ON COLUMN "mail"."received"."attempts" IS 'Times that its reading was begun: one that ends a process again and again is quarantined.';
COMMENT ON COLUMN "mail"."received"."reason" IS 'Of a skipped message: auto-reply, list mail, delivery report, loop, refused by the script, or given up.';
COMMENT ON COLUMN "mail"."received"."epoch" IS 'Folder and numbering of the server that the key belongs to; null for drivers whose keys last.';
COMMENT ON COLUMN "mail"."received"."fetched" IS 'False while the server has the message and could not give it.';
COMMENT ON COLUMN "mail"."received"."told" IS 'Whether the operation after reading was done on the server.';
COMMENT ON COLUMN "mail"."received"."about_row_id" IS 'The row that a reply belongs to; row_id is the row that it became.';
COMMENT ON COLUMN "mail"."received"."mail_id" IS 'The mail of ours that it answers or reports about.';
CREATE FUNCTION "mail"."find_thread"("p_parts" "jsonb", OUT "mail_id" bigint, OUT "class_id" bigint, OUT "row_id" bigint) RETURNS "record"
    LANGUAGE "sql" STABLE
    BEGIN ATOMIC
 SELECT "f"."mail_id",
     "f"."class_id",
     "f"."row_id"
    FROM (( SELECT "l"."rank",
             "m"."place",
             "m"."found"[1] AS "id"
            FROM (( VALUES (1,("find_thread"."p_parts" ->> 'in_reply_to'::"text"),1), (2,("find_thread"."p_parts" ->> 'references'::"text"),'-1'::integer)) "l"("rank", "list", "direction")
              CROSS JOIN LATERAL ( SELECT "x"."found",
                     ("x"."number" * "l"."direction") AS "place"
                    FROM "regexp_matches"("l"."list", '<[^<>[:space:]]+>'::"text", 'g'::"text") WITH ORDINALITY "x"("found", "number")) "m")) "i"
      CROSS JOIN LATERAL ( SELECT "o"."id" AS "mail_id",
             "o"."class_id",
             "o"."row_id",
             1 AS "rank"
            FROM "mail"."message" "o"
           WHERE ("o"."message_id" = "i"."id")
         UNION ALL
          SELECT NULL::bigint,
             COALESCE("r"."about_class_id", "r"."class_id") AS "coalesce",
             COALESCE("r"."about_row_id", "r"."row_id") AS "coalesce",
             2
            FROM "mail"."received" "r"
           WHERE (("r"."message_id" = "i"."id") AND ("r"."state" = 'done'::"text"))) "f")
   ORDER BY ("f"."row_id" IS NULL), "i"."rank", "i"."place", "f"."rank"
  LIMIT 1;
END;
COMMENT ON FUNCTION "mail"."find_thread"("p_parts" "jsonb", OUT "mail_id" bigint, OUT "class_id" bigint, OUT "row_id" bigint) IS 'Mail of ours that a message answers, and the class and row that it belongs to; nulls for none.';
CREATE FUNCTION "mail"."follow_column"() RETURNS "trigger"
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
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
$_$;
COMMENT ON FUNCTION "mail"."follow_column"() IS 'Trigger function: rewrite mappings of a renamed column; raise PG118 for a dropped one in use.';
CREATE FUNCTION "mail"."follow_reply_column"() RETURNS "trigger"
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
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
COMMENT ON FUNCTION "mail"."follow_reply_column"() IS 'Trigger function: rewrite what mailboxes say about answers after a rename; raise PG118 for a dropped column in use.';
CREATE FUNCTION "mail"."give_up_unfetched"("p_mailbox" bigint, "p_token" "uuid", "p_keys" "text"[]) RETURNS "void"
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  perform mail.hold_mailbox(p_mailbox, p_token);
  update mail.received as r
  set state = 'quarantined', error = 'the server has it no more', settled = core.now()
  where r.mailbox_id = p_mailbox and r.key = any (p_keys) and r.state = 'stored' and not r.fetched;
end;
$$;
COMMENT ON FUNCTION "mail"."give_up_unfetched"("p_mailbox" bigint, "p_token" "uuid", "p_keys" "text"[]) IS 'Quarantine messages that were to be fetched again and are gone. Raises PG407 when the lease of the mailbox is lost.';
CREATE TABLE "mail"."recipient_group" (
    "id" bigint NOT NULL,
    "model_id" bigint NOT NULL,
    "code" "text" NOT NULL,
    "definition" "jsonb" NOT NULL
);
COMMENT ON TABLE "mail"."recipient_group" IS 'Users and outside addresses that get mail together.';
COMMENT ON COLUMN "mail"."recipient_group"."definition" IS 'Keys of the model file: name, users (logins), addresses.';
CREATE FUNCTION "mail"."group_addresses"("p_group" bigint) RETURNS "text"
    LANGUAGE "sql" STABLE
    BEGIN ATOMIC
 SELECT "concat_ws"('; '::"text", ( SELECT "string_agg"("a"."email", '; '::"text" ORDER BY "a"."id") AS "string_agg"
            FROM "access"."account" "a"
           WHERE ("a"."enabled" AND ("a"."email" <> ''::"text") AND ("a"."login" IN ( SELECT "u"."login"
                    FROM "jsonb_array_elements_text"(("g"."definition" -> 'users'::"text")) "u"("login"))))), NULLIF(("g"."definition" ->> 'addresses'::"text"), ''::"text")) AS "concat_ws"
    FROM "mail"."recipient_group" "g"
   WHERE ("g"."id" = "group_addresses"."p_group");
END;
COMMENT ON FUNCTION "mail"."group_addresses"("p_group" bigint) IS 'Addresses of a group, separated by semicolons.';
CREATE FUNCTION "mail"."group_definitions"("p_model" bigint) RETURNS TABLE("id" bigint, "code" "text", "definition" "jsonb")
    LANGUAGE "sql" STABLE
    BEGIN ATOMIC
 SELECT "g"."id",
     "g"."code",
     "g"."definition"
    FROM "mail"."recipient_group" "g"
   WHERE ("g"."model_id" = "group_definitions"."p_model");
END;
COMMENT ON FUNCTION "mail"."group_definitions"("p_model" bigint) IS 'Id, code and definition of each group of a model.';
CREATE FUNCTION "mail"."guard"(OUT "guard" "text", OUT "address" "text") RETURNS "record"
    LANGUAGE "sql" STABLE SECURITY DEFINER
    BEGIN ATOMIC
 SELECT
         CASE
             WHEN "s"."decided" THEN "s"."guard"
             WHEN ("core"."environment"() = 'production'::"text") THEN 'deliver'::"text"
             ELSE 'hold'::"text"
         END AS "case",
         CASE
             WHEN ("s"."decided" AND ("s"."guard" = 'redirect'::"text")) THEN "s"."address"
             ELSE NULL::"text"
         END AS "case"
    FROM ( SELECT ( SELECT ("g"."value" #>> '{}'::"text"[])
                    FROM "core"."setting" "g"
                   WHERE ("g"."code" = 'mail.guard'::"text")) AS "guard",
             ( SELECT ("g"."value" #>> '{}'::"text"[])
                    FROM "core"."setting" "g"
                   WHERE ("g"."code" = 'mail.guard_address'::"text")) AS "address",
             COALESCE((( SELECT ("g"."value" #>> '{}'::"text"[])
                    FROM "core"."setting" "g"
                   WHERE ("g"."code" = 'mail.guard_environment'::"text")) = "core"."environment"()), false) AS "decided") "s";
END;
COMMENT ON FUNCTION "mail"."guard"(OUT "guard" "text", OUT "address" "text") IS 'deliver, redirect (with the address) or hold: what happens to mail of accounts that are not the sink.';
CREATE FUNCTION "mail"."hold_mailbox"("p_mailbox" bigint, "p_token" "uuid") RETURNS "void"
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  update mail.mailbox as b
  set lease_until = greatest(b.lease_until, core.now() + interval '1 minute')
  where b.id = p_mailbox and b.lease_token = p_token;
  if not found then
    raise exception 'mailbox % is read by somebody else now', p_mailbox
      using errcode = 'PG407', hint = 'The lease ran out; begin another turn with mail.begin_reading().';
  end if;
end;
$$;
COMMENT ON FUNCTION "mail"."hold_mailbox"("p_mailbox" bigint, "p_token" "uuid") IS 'Move the lease of a mailbox on. Raises PG407 when it is lost.';
CREATE SEQUENCE "queue"."turn"
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
COMMENT ON SEQUENCE "queue"."turn" IS 'Places in the lanes.';
CREATE TABLE "queue"."task" (
    "id" bigint NOT NULL,
    "kind" "text" NOT NULL,
    "payload" "jsonb" DEFAULT '{}'::"jsonb" NOT NULL,
    "lane" smallint DEFAULT 1 NOT NULL,
    "state" "text" DEFAULT 'ready'::"text" NOT NULL,
    "turn" bigint DEFAULT "nextval"('"queue"."turn"'::"regclass") NOT NULL,
    "due" timestamp with time zone,
    "attempts" integer DEFAULT 0 NOT NULL,
    "runner" "uuid",
    "token" "uuid",
    "error" "text",
    "created" timestamp with time zone DEFAULT "now"() NOT NULL,
    "correlation" "uuid",
    "key" "text",
    CONSTRAINT "task_lane_check" CHECK ((("lane" >= 0) AND ("lane" <= 2)))
)
WITH ("autovacuum_vacuum_threshold"='20000', "autovacuum_vacuum_scale_factor"='0.02', "autovacuum_vacuum_cost_delay"='0', "autovacuum_analyze_threshold"='20000');
ALTER TABLE ONLY "queue"."task" ALTER COLUMN "payload" SET STORAGE EXTERNAL;
COMMENT ON TABLE "queue"."task" IS 'Tasks that wait or run. A plain insert of kind and payload is a ready task; then queue.ring().';
COMMENT ON COLUMN "queue"."task"."lane" IS '0 urgent, 1 normal, 2 bulk: a lower one goes first.';
COMMENT ON COLUMN "queue"."task"."state" IS 'ready, delayed (has due), leased (has runner and token) or blocked (has key): written by functions of this schema alone, so no check that each writer would pay for.';
COMMENT ON COLUMN "queue"."task"."turn" IS 'Place in the lane; given anew when a task becomes ready again.';
COMMENT ON COLUMN "queue"."task"."due" IS 'Of a delayed task: when it becomes ready, by core.now().';
COMMENT ON COLUMN "queue"."task"."attempts" IS 'Attempts begun.';
COMMENT ON COLUMN "queue"."task"."token" IS 'Of a leased task: what proves the lease. Each claim has its own.';
COMMENT ON COLUMN "queue"."task"."error" IS 'What the last attempt failed with.';
COMMENT ON COLUMN "queue"."task"."correlation" IS 'What the task belongs to, for people who search.';
COMMENT ON COLUMN "queue"."task"."key" IS 'Tasks of one kind and key are done one after the other, in their order; a dead one blocks those behind it.';
CREATE FUNCTION "mail"."holds_lease"("p_task" bigint, "p_token" "uuid") RETURNS boolean
    LANGUAGE "sql"
    BEGIN ATOMIC
 SELECT COALESCE(( SELECT true
            FROM "queue"."task" "t"
           WHERE (("t"."id" = "holds_lease"."p_task") AND ("t"."token" = "holds_lease"."p_token"))
          FOR UPDATE OF "t"), false) AS "coalesce";
END;
COMMENT ON FUNCTION "mail"."holds_lease"("p_task" bigint, "p_token" "uuid") IS 'True while the token proves the lease of the task.';
CREATE FUNCTION "mail"."listed"("p_mailbox" bigint, "p_keys" "text"[]) RETURNS TABLE("key" "text", "stored" boolean)
    LANGUAGE "sql" STABLE SECURITY DEFINER
    BEGIN ATOMIC
 SELECT "k"."key",
     COALESCE("r"."stored", false) AS "coalesce"
    FROM ("unnest"("listed"."p_keys") WITH ORDINALITY "k"("key", "position")
      LEFT JOIN LATERAL ( SELECT true AS "stored",
             "bool_and"("e"."told") AS "told"
            FROM "mail"."received" "e"
           WHERE (("e"."mailbox_id" = "listed"."p_mailbox") AND ("e"."key" = "k"."key"))
          HAVING ("count"(*) > 0)) "r" ON (true))
   WHERE ("r"."told" IS NOT TRUE)
   ORDER BY "k"."position";
END;
COMMENT ON FUNCTION "mail"."listed"("p_mailbox" bigint, "p_keys" "text"[]) IS 'The keys that are new to a mailbox, and those that are stored and not told to the server yet.';
CREATE FUNCTION "mail"."listen_mailboxes"("p_listener" "uuid", "p_lease" interval DEFAULT '00:00:30'::interval) RETURNS TABLE("id" bigint, "definition" "jsonb")
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_mailbox record;
begin
  for v_mailbox in
    with picked as (
      select b.id
      from mail.mailbox as b
      where b.enabled
        and b.definition -> 'push' = 'true'
        and (b.listener = p_listener or b.listener_until is null or b.listener_until < core.now())
      for update skip locked
    )
    update mail.mailbox as b
    set listener = p_listener, listener_until = core.now() + p_lease
    from picked as p
    where b.id = p.id
    returning b.id, b.definition
  loop
    begin
      id := v_mailbox.id;
      definition := mail.filled_definition(v_mailbox.definition);
      return next;
    exception
      when sqlstate 'PG106' then
        continue;  -- the turns of reading say so
    end;
  end loop;
end;
$$;
COMMENT ON FUNCTION "mail"."listen_mailboxes"("p_listener" "uuid", "p_lease" interval) IS 'Mailboxes with push that the listener has or takes over.';
CREATE FUNCTION "mail"."lock_message"("p_message" bigint, "p_states" "text"[], "p_deed" "text") RETURNS "mail"."message"
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_message mail.message;
begin
  select m.* into v_message from mail.message as m where m.id = p_message for update;
  if not found then
    raise exception 'there is no mail %', p_message
      using errcode = 'PG405', hint = '"pgears mail list" shows what there is.';
  elsif v_message.state <> all (p_states) then
    raise exception 'mail % is % and cannot be %', p_message, v_message.state, p_deed
      using errcode = 'PG406', hint = 'This is for mails that are ' || array_to_string(p_states, ' or ') || '.';
  end if;
  return v_message;
end;
$$;
COMMENT ON FUNCTION "mail"."lock_message"("p_message" bigint, "p_states" "text"[], "p_deed" "text") IS 'A message, locked. Raises PG405 when there is none, PG406 when its state is none of p_states.';
CREATE FUNCTION "mail"."lock_quarantined"("p_received" bigint) RETURNS bigint
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_mailbox bigint;
begin
  select r.mailbox_id into v_mailbox
  from mail.received as r
  where r.id = p_received and r.state = 'quarantined'
  for update;
  if v_mailbox is null then
    raise exception 'no message % is quarantined', p_received
      using errcode = 'PG410', hint = '"pgears mailbox quarantine" lists those that are.';
  end if;
  return v_mailbox;
end;
$$;
COMMENT ON FUNCTION "mail"."lock_quarantined"("p_received" bigint) IS 'Mailbox of a quarantined message, which is locked. Raises PG410 when it is none.';
CREATE FUNCTION "mail"."mailbox_definitions"("p_model" bigint) RETURNS TABLE("id" bigint, "code" "text", "definition" "jsonb")
    LANGUAGE "sql" STABLE
    BEGIN ATOMIC
 SELECT "b"."id",
     "b"."code",
     (("b"."definition" || "jsonb_build_object"('class', "meta"."class_path"("b"."class_id"), 'enabled', "b"."enabled")) || "jsonb_strip_nulls"("jsonb_build_object"('reply_class', "meta"."class_path"("b"."reply_class_id"))))
    FROM "mail"."mailbox" "b"
   WHERE ("b"."model_id" = "mailbox_definitions"."p_model");
END;
COMMENT ON FUNCTION "mail"."mailbox_definitions"("p_model" bigint) IS 'Id, code and definition of each mailbox of a model.';
CREATE FUNCTION "mail"."mailbox_id"("p_name" "text") RETURNS bigint
    LANGUAGE "plpgsql" STABLE SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_ids bigint[];
begin
  v_ids := array(
    select b.id
    from mail.mailbox as b
    inner join meta.model as m on b.model_id = m.id
    where p_name in (b.code, m.code || '.' || b.code)
    order by b.id
  );
  if cardinality(v_ids) <> 1 then
    raise exception '% mailboxes are named "%"', case when v_ids = '{}' then 'no' else 'several' end, p_name
      using errcode = 'PG106', hint = '"pgears mailbox list" shows them; write model.mailbox.';
  end if;
  return v_ids[1];
end;
$$;
COMMENT ON FUNCTION "mail"."mailbox_id"("p_name" "text") IS 'Id of a mailbox by its name. Raises PG106 unless there is exactly one.';
CREATE FUNCTION "mail"."make_record"("p_received" bigint, "p_model" bigint, "p_class" bigint, "p_definition" "jsonb", "p_parts" "jsonb", "p_files" bigint[], OUT "class_id" bigint, OUT "row_id" bigint) RETURNS "record"
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_message constant jsonb := p_parts || jsonb_build_object('attachments', to_jsonb(p_files), 'received_id', p_received);
  v_record jsonb;
begin
  class_id := p_class;
  v_record := mail.record_values(p_received, p_model, p_class, p_definition -> 'mapping', p_parts, p_files);
  if p_definition ? 'script' then
    execute format('select %s($1, $2)', mail.check_script(p_definition ->> 'script', 'script')::oid::regproc)
    using v_record, v_message
    into v_record;
    if v_record is null or v_record = 'null' then
      return;
    elsif jsonb_typeof(v_record) <> 'object' or coalesce(jsonb_typeof(v_record -> '__class') <> 'string', false) then
      raise exception 'the script % gave no record', p_definition ->> 'script'
        using errcode = 'PG412', hint = 'It gives values by column code, "__class" for another class, or null to refuse the message.';
    end if;
    class_id := case when v_record ? '__class' then meta.find_class(p_model, v_record ->> '__class') else p_class end;
    v_record := v_record - '__class';
  end if;
  row_id := meta.insert_record(class_id, v_record);
  if p_definition ? 'script_after' then
    execute format('select %s($1, $2, $3)', mail.check_script(p_definition ->> 'script_after', 'script_after')::oid::regproc)
    using row_id, v_record, v_message;
  end if;
end;
$_$;
COMMENT ON FUNCTION "mail"."make_record"("p_received" bigint, "p_model" bigint, "p_class" bigint, "p_definition" "jsonb", "p_parts" "jsonb", "p_files" bigint[], OUT "class_id" bigint, OUT "row_id" bigint) IS 'Class and id of the row that a message became; no id when the script refused it. Raises PG411, PG412, and what scripts and the insert raise.';
CREATE FUNCTION "mail"."mapped_column"("p_class" bigint, "p_code" "text") RETURNS TABLE("mailbox_id" bigint, "key" "text", "value" "text", "fills" boolean, "looks_up" boolean)
    LANGUAGE "sql" STABLE
    BEGIN ATOMIC
 SELECT "b"."id",
     "m"."key",
     "m"."value",
     (("m"."key" = "mapped_column"."p_code") AND (EXISTS ( SELECT
            FROM "meta"."ancestry" "a"
           WHERE (("a"."class_id" = "b"."class_id") AND ("a"."ancestor_id" = "mapped_column"."p_class"))))),
     (COALESCE(("l"."path"[2] = "mapped_column"."p_code"), false) AND (EXISTS ( SELECT
            FROM (("meta"."class" "c"
              JOIN "meta"."model" "o" ON (("c"."model_id" = "o"."id")))
              JOIN "meta"."ancestry" "a" ON (("c"."id" = "a"."class_id")))
           WHERE (("a"."ancestor_id" = "mapped_column"."p_class") AND (("l"."path"[1] = (("o"."code" || '.'::"text") || "c"."code")) OR ("l"."path"[1] =
                 CASE
                     WHEN ("c"."model_id" = "b"."model_id") THEN "c"."code"
                     ELSE NULL::"text"
                 END))))))
    FROM (("mail"."mailbox" "b"
      CROSS JOIN LATERAL "jsonb_each_text"(("b"."definition" -> 'mapping'::"text")) "m"("key", "value"))
      LEFT JOIN LATERAL "regexp_match"("m"."value", '->\s*([a-z0-9_.-]+)[.]([a-z][a-z0-9_-]*)\s*$'::"text") "l"("path") ON (true));
END;
COMMENT ON FUNCTION "mail"."mapped_column"("p_class" bigint, "p_code" "text") IS 'Entries of mappings of all mailboxes, with whether each fills the column of the class or looks rows up by it.';
CREATE TABLE "mail"."recipient" (
    "message_id" bigint NOT NULL,
    "position" integer NOT NULL,
    "kind" "text" NOT NULL,
    "address" "text" NOT NULL,
    "name" "text",
    "state" "text" DEFAULT 'queued'::"text" NOT NULL,
    "delivered_to" "text",
    "code" integer,
    "answer" "text",
    "settled" timestamp with time zone,
    CONSTRAINT "recipient_kind_check" CHECK (("kind" = ANY (ARRAY['to'::"text", 'cc'::"text", 'bcc'::"text", 'audit'::"text"]))),
    CONSTRAINT "recipient_state_check" CHECK (("state" = ANY (ARRAY['queued'::"text", 'sending'::"text", 'sent'::"text", 'refused'::"text", 'retrying'::"text", 'unknown'::"text", 'cancelled'::"text", 'bounced'::"text"])))
);
COMMENT ON TABLE "mail"."recipient" IS 'Who a message goes to, and what the server answered for each.';
COMMENT ON COLUMN "mail"."recipient"."kind" IS 'to and cc are in the headers; bcc and audit are recipients of the envelope only.';
COMMENT ON COLUMN "mail"."recipient"."delivered_to" IS 'The address handed to the server, which the guard may have changed.';
CREATE FUNCTION "mail"."of_record"("p_class" "text", "p_row" bigint) RETURNS TABLE("direction" "text", "id" bigint, "at" timestamp with time zone, "state" "text", "address" "text", "subject" "text", "message_id" "text")
    LANGUAGE "sql" STABLE SECURITY DEFINER
    BEGIN ATOMIC
 SELECT "o"."direction",
     "o"."id",
     "o"."at",
     "o"."state",
     "o"."address",
     "o"."subject",
     "o"."message_id"
    FROM ( SELECT 'out'::"text" AS "direction",
             "m"."id",
             "m"."created" AS "at",
             "m"."state",
             ( SELECT "string_agg"("r"."address", '; '::"text" ORDER BY "r"."position") AS "string_agg"
                    FROM "mail"."recipient" "r"
                   WHERE (("r"."message_id" = "m"."id") AND ("r"."kind" <> 'audit'::"text"))) AS "address",
             "m"."subject",
             "m"."message_id"
            FROM "mail"."message" "m"
           WHERE (("meta"."class_path"("m"."class_id") = "of_record"."p_class") AND ("m"."row_id" = "of_record"."p_row"))
         UNION ALL
          SELECT 'in'::"text",
             "i"."id",
             "i"."received",
             "i"."state",
             "i"."from_address",
             "i"."subject",
             "i"."message_id"
            FROM "mail"."received" "i"
           WHERE ((("meta"."class_path"("i"."class_id") = "of_record"."p_class") AND ("i"."row_id" = "of_record"."p_row")) OR (("meta"."class_path"("i"."about_class_id") = "of_record"."p_class") AND ("i"."about_row_id" = "of_record"."p_row")))) "o"
   ORDER BY "o"."at", "o"."id";
END;
COMMENT ON FUNCTION "mail"."of_record"("p_class" "text", "p_row" bigint) IS 'Mails and messages of a row of model.class, oldest first.';
CREATE FUNCTION "mail"."overall_state"("p_message" bigint) RETURNS "text"
    LANGUAGE "sql" STABLE
    BEGIN ATOMIC
 SELECT
         CASE
             WHEN "bool_or"(("r"."state" = 'retrying'::"text")) THEN 'retrying'::"text"
             WHEN "bool_or"(("r"."state" = 'unknown'::"text")) THEN 'unknown'::"text"
             WHEN "bool_or"(("r"."state" = 'refused'::"text")) THEN 'refused'::"text"
             WHEN "bool_or"(("r"."state" = 'bounced'::"text")) THEN 'bounced'::"text"
             WHEN "bool_or"(("r"."state" = 'cancelled'::"text")) THEN 'cancelled'::"text"
             ELSE 'sent'::"text"
         END AS "case"
    FROM "mail"."recipient" "r"
   WHERE ("r"."message_id" = "overall_state"."p_message");
END;
COMMENT ON FUNCTION "mail"."overall_state"("p_message" bigint) IS 'retrying, unknown, refused, bounced, cancelled or sent, whichever comes first among the recipients.';
CREATE TABLE "mail"."account" (
    "id" bigint NOT NULL,
    "code" "text" NOT NULL,
    "host" "text",
    "port" integer DEFAULT 587 NOT NULL,
    "tls" "text" DEFAULT 'starttls'::"text" NOT NULL,
    "login" "text",
    "secret" "text",
    "from_address" "text" NOT NULL,
    "from_name" "text",
    "on_unknown" "text" DEFAULT 'ask'::"text" NOT NULL,
    "timeout_seconds" integer DEFAULT 60 NOT NULL,
    "is_default" boolean DEFAULT false NOT NULL,
    "is_sink" boolean DEFAULT false NOT NULL,
    "enabled" boolean DEFAULT true NOT NULL,
    "auth" "text" DEFAULT 'password'::"text" NOT NULL,
    "max_parallel" integer,
    "per_minute" integer,
    "free_at" timestamp with time zone,
    CONSTRAINT "account_auth_check" CHECK (("auth" = ANY (ARRAY['password'::"text", 'xoauth2'::"text"]))),
    CONSTRAINT "account_code_check" CHECK (("code" ~ '^[a-z][a-z0-9_-]*$'::"text")),
    CONSTRAINT "account_host_check" CHECK ((("host" IS NULL) = "is_sink")),
    CONSTRAINT "account_login_check" CHECK ((("login" IS NULL) = ("secret" IS NULL))),
    CONSTRAINT "account_max_parallel_check" CHECK ((("max_parallel" >= 1) AND ("max_parallel" <= 1000))),
    CONSTRAINT "account_on_unknown_check" CHECK (("on_unknown" = ANY (ARRAY['ask'::"text", 'resend'::"text"]))),
    CONSTRAINT "account_per_minute_check" CHECK ((("per_minute" >= 1) AND ("per_minute" <= 100000))),
    CONSTRAINT "account_port_check" CHECK ((("port" >= 1) AND ("port" <= 65535))),
    CONSTRAINT "account_secret_check" CHECK (("secret" ~ '^(env|file):.'::"text")),
    CONSTRAINT "account_timeout_seconds_check" CHECK ((("timeout_seconds" >= 1) AND ("timeout_seconds" <= 120))),
    CONSTRAINT "account_tls_check" CHECK (("tls" = ANY (ARRAY['none'::"text", 'starttls'::"text", 'tls'::"text"])))
);
COMMENT ON TABLE "mail"."account" IS 'How mail leaves: a server, a sender, and what to do when nobody knows whether it left.';
COMMENT ON COLUMN "mail"."account"."secret" IS 'Where the runner finds the password: env:NAME or file:PATH. Never the password.';
COMMENT ON COLUMN "mail"."account"."on_unknown" IS 'After a lost attempt: ask a person, or resend.';
COMMENT ON COLUMN "mail"."account"."is_sink" IS 'Delivers to the local sink of the runner only, so the guard lets it pass; never used in production.';
COMMENT ON COLUMN "mail"."account"."auth" IS 'What the secret is: a password (AUTH PLAIN or LOGIN) or the source of an access token (XOAUTH2).';
COMMENT ON COLUMN "mail"."account"."max_parallel" IS 'Mails under way at once, over all runners; null for no limit.';
COMMENT ON COLUMN "mail"."account"."per_minute" IS 'Mails a minute, over all runners; null for no limit.';
COMMENT ON COLUMN "mail"."account"."free_at" IS 'When the next mail may begin under per_minute.';
CREATE FUNCTION "mail"."pace"("p_message" "mail"."message", "p_account" "mail"."account") RETURNS interval
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_free timestamptz;
  v_now constant timestamptz := core.now();
begin
  select a.free_at into v_free from mail.account as a where a.id = p_account.id for update;
  if p_account.max_parallel is not null and (
    select count(*) from mail.message as m where m.account_id = p_account.id and m.state = 'sending' and m.id <> p_message.id
  ) >= p_account.max_parallel then
    return make_interval(secs => 0.2 + random() * 0.6);
  end if;
  if p_account.per_minute is null or p_message.slot <= v_now then
    return null;
  end if;
  if p_message.slot is null then
    p_message.slot := greatest(v_free, v_now);
    update mail.account as a
    set free_at = p_message.slot + interval '1 minute' / p_account.per_minute
    where a.id = p_account.id;
    update mail.message as m
    set slot = p_message.slot
    where m.id = p_message.id;
  end if;
  return case when p_message.slot > v_now then p_message.slot - v_now end;
end;
$$;
COMMENT ON FUNCTION "mail"."pace"("p_message" "mail"."message", "p_account" "mail"."account") IS 'Time until a mail may leave under max_parallel and per_minute of its account; null for now.';
CREATE FUNCTION "mail"."parse_addresses"("p_list" "text") RETURNS TABLE("place" integer, "name" "text", "address" "text")
    LANGUAGE "plpgsql" IMMUTABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_piece text;
begin
  perform mail.check_header('address', p_list);
  place := 0;
  for v_piece in
    select trim(both e' \t' from p.piece[1])
    from regexp_matches(p_list, '(?:"(?:[^"\\]|\\.)*"|[^;])+', 'g') as p (piece)
  loop
    continue when v_piece = '';
    place := place + 1;
    name := null;
    address := v_piece;
    if v_piece like '%>' then
      address := trim(substring(v_piece from '<([^<>]*)>$'));
      name := trim(both e' \t' from substring(v_piece from '^(.*)<[^<>]*>$'));
      if name like '"%"' and length(name) >= 2 then
        name := regexp_replace(substring(name from 2 for length(name) - 2), '\\(.)', '\1', 'g');
      elsif name ~ '[<>"@]' then
        address := null;
      end if;
      name := nullif(name, '');
    end if;
    if address is null
      or address !~ '^[^][:space:]@<>()",:;\\[\u0001-\u0020\u007f-\u00a0]+@[^][:space:]@<>()",:;\\[\u0001-\u0020\u007f-\u00a0.]+([.][^][:space:]@<>()",:;\\[\u0001-\u0020\u007f-\u00a0.]+)*$'
      or octet_length(split_part(address, '@', 1)) > 64
      or octet_length(address) > 254
    then
      raise exception '"%" is not a mail address', v_piece
        using errcode = 'PG401', hint = 'Write name@domain or Name <name@domain>, several separated by semicolons.';
    end if;
    return next;
  end loop;
end;
$_$;
COMMENT ON FUNCTION "mail"."parse_addresses"("p_list" "text") IS 'Names and addresses of a list separated by semicolons, no rows for null or empty. Raises PG401 for what is no address, PG403 for a line break.';
CREATE FUNCTION "mail"."plain_text"("p_html" "text") RETURNS "text"
    LANGUAGE "plpgsql" IMMUTABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_text text := p_html;
  v_entity record;
begin
  v_text := regexp_replace(v_text, '<!--.*?-->', '', 'gs');
  v_text := regexp_replace(v_text, '<(head|style|script|title|template)\y[^>]*>.*?</\1\s*>', '', 'gis');
  v_text := regexp_replace(v_text, '\s+', ' ', 'g');
  v_text := regexp_replace(v_text, '<a\y[^>]*?\yhref\s*=\s*["'']?(?:mailto:)?([^"''\s>]+)["'']?[^>]*>(.*?)</a\s*>', '\2 <\1>', 'gi');
  v_text := regexp_replace(v_text, '(\S+) <\1>', '\1', 'g');
  v_text := regexp_replace(v_text, '<([a-z][a-z0-9+.-]*:[^<>\s]*|[^<>\s@]+@[^<>\s@]+)>', '&lt;\1&gt;', 'gi');
  v_text := regexp_replace(v_text, '<img\y[^>]*?\yalt\s*=\s*"([^"]*)"[^>]*>', '\1', 'gi');
  v_text := regexp_replace(v_text, '<li\y[^>]*>', e'\n- ', 'gi');
  v_text := regexp_replace(v_text, '</t[dh]\s*>', e'\t', 'gi');
  v_text := regexp_replace(v_text, '</tr\s*>\s*(?=<tr)', '', 'gi');
  v_text := regexp_replace(v_text, '</?(p|h[1-6]|table|ul|ol|blockquote|pre|hr)\y[^>]*>', e'\n\n', 'gi');
  v_text := regexp_replace(v_text, '<br\y[^>]*>|</?(address|article|div|dl|dt|dd|footer|form|header|main|section|tr)\y[^>]*>', e'\n', 'gi');
  v_text := regexp_replace(v_text, '<[/!?a-z][^>]*>', '', 'gi');
  for v_entity in
    select distinct m.found[1] as digits, m.found[2] as hex
    from regexp_matches(v_text, '&#(?:(\d{1,7})|x([0-9a-f]{2,6}));', 'gi') as m (found)
  loop
    if v_entity.hex is not null then
      v_text := replace(
        v_text, '&#x' || v_entity.hex || ';',
        case when length(ltrim(v_entity.hex, '0')) <= 5 then coalesce(mail.character_of(('x' || lpad(v_entity.hex, 8, '0'))::bit(32)::integer), '') else '' end
      );
    else
      v_text := replace(v_text, '&#' || v_entity.digits || ';', coalesce(mail.character_of(v_entity.digits::integer), ''));
    end if;
  end loop;
  v_text := replace(replace(replace(replace(replace(replace(
    v_text, '&nbsp;', ' '), '&lt;', '<'), '&gt;', '>'), '&quot;', '"'), '&apos;', ''''), '&amp;', '&');
  v_text := regexp_replace(v_text, '[ \t]*\n[ \t]*', e'\n', 'g');
  v_text := regexp_replace(v_text, ' {2,}', ' ', 'g');
  v_text := regexp_replace(v_text, '\n{3,}', e'\n\n', 'g');
  return trim(both e' \n\t' from v_text);
end;
$$;
COMMENT ON FUNCTION "mail"."plain_text"("p_html" "text") IS 'Plain text made of HTML; null for null.';
CREATE FUNCTION "mail"."prune"("p_limit" integer DEFAULT 1000) RETURNS integer
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_count integer;
begin
  delete from mail.message as m
  where m.id in (
    select o.id
    from mail.message as o
    where o.settled is not null
      and (
        (o.state in ('sent', 'cancelled') and o.settled < core.now() - (select (s.value #>> '{}')::interval from core.setting as s where s.code = 'mail.keep_sent'))
        or (
          o.state in ('refused', 'bounced', 'failed')
          and o.settled < core.now() - (select (s.value #>> '{}')::interval from core.setting as s where s.code = 'mail.keep_failed')
        )
      )
    order by o.settled
    limit p_limit
    for update skip locked
  );
  get diagnostics v_count = row_count;
  return v_count;
end;
$$;
COMMENT ON FUNCTION "mail"."prune"("p_limit" integer) IS 'Delete up to p_limit mails kept long enough (mail.set_retention()); gives their number.';
CREATE FUNCTION "mail"."quarantine"("p_received" bigint, "p_error" "text", "p_parts" "jsonb" DEFAULT '{}'::"jsonb") RETURNS "void"
    LANGUAGE "sql" SECURITY DEFINER
    BEGIN ATOMIC
 UPDATE "mail"."received" "r" SET "state" = 'quarantined'::"text", "error" = COALESCE("quarantine"."p_error", ''::"text"), "message_id" = ("quarantine"."p_parts" ->> 'message_id'::"text"), "from_address" = ("quarantine"."p_parts" ->> 'from_address'::"text"), "subject" = ("quarantine"."p_parts" ->> 'subject'::"text"), "settled" = "core"."now"()
   WHERE (("r"."id" = "quarantine"."p_received") AND ("r"."state" = 'stored'::"text"));
END;
COMMENT ON FUNCTION "mail"."quarantine"("p_received" bigint, "p_error" "text", "p_parts" "jsonb") IS 'Quarantine a stored message with an error, and what is known of it.';
CREATE FUNCTION "mail"."rate_limit"("p_rate" "text", OUT "number" integer, OUT "span" interval) RETURNS "record"
    LANGUAGE "plpgsql" IMMUTABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_found constant text[] := regexp_match(p_rate, '^\s*(\d{1,6}) per (?:(\d{1,4}) )?(second|minute|hour|day|week)s?\s*$');
begin
  if v_found[1]::integer > 0 and coalesce(v_found[2], '1')::integer > 0 then
    number := v_found[1]::integer;
    span := (coalesce(v_found[2], '1') || ' ' || v_found[3])::interval;
  end if;
end;
$_$;
COMMENT ON FUNCTION "mail"."rate_limit"("p_rate" "text", OUT "number" integer, OUT "span" interval) IS 'Number and time of a rate such as 20 per hour; nulls when the text is none.';
CREATE FUNCTION "mail"."record_values"("p_received" bigint, "p_model" bigint, "p_class" bigint, "p_mapping" "jsonb", "p_parts" "jsonb", "p_files" bigint[]) RETURNS "jsonb"
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_entry record;
  v_value jsonb;
  v_values jsonb := jsonb_build_object();
  v_ids bigint[];
begin
  for v_entry in
    select m.key, l.path, e.is_array
    from jsonb_each_text(p_mapping) as m
    cross join lateral regexp_match(m.value, '^\s*([a-z_]+)\s*(?:->\s*([a-z0-9_.-]+)[.]([a-z][a-z0-9_-]*)\s*)?$') as l (path)
    left join meta.effective_column as e on e.class_id = p_class and m.key = e.code
  loop
    if v_entry.path[1] = 'attachments' then
      v_value := nullif(to_jsonb(p_files), '[]');
    elsif v_entry.path[1] = 'raw' then
      v_value := (
        select to_jsonb(core.store_file('message.eml', 'message/rfc822', r.raw)) from mail.received as r where r.id = p_received
      );
      v_value := case when v_entry.is_array then jsonb_build_array(v_value) else v_value end;
    else
      v_value := to_jsonb(nullif(p_parts ->> v_entry.path[1], ''));
    end if;
    if v_entry.path[2] is not null and v_value is not null then
      v_ids := mail.find_rows(meta.find_class(p_model, v_entry.path[2]), v_entry.path[3], v_value #>> '{}');
      v_value := case when cardinality(v_ids) = 1 then to_jsonb(v_ids[1]) end;
    end if;
    if v_value is not null then
      v_values := v_values || jsonb_build_object(v_entry.key, v_value);
    end if;
  end loop;
  return v_values;
end;
$_$;
COMMENT ON FUNCTION "mail"."record_values"("p_received" bigint, "p_model" bigint, "p_class" bigint, "p_mapping" "jsonb", "p_parts" "jsonb", "p_files" bigint[]) IS 'Values by column code of the record that a received message becomes.';
CREATE FUNCTION "mail"."release"("p_account" "text" DEFAULT NULL::"text", "p_limit" integer DEFAULT 10000) RETURNS integer
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_id bigint;
  v_count integer := 0;
begin
  for v_id in
    select m.id
    from mail.message as m
    inner join mail.account as a on m.account_id = a.id
    where m.state = 'held' and a.code = coalesce(p_account, a.code)
    order by m.id
    limit p_limit
    for update of m skip locked
  loop
    perform mail.resend(v_id);
    v_count := v_count + 1;
  end loop;
  return v_count;
end;
$$;
COMMENT ON FUNCTION "mail"."release"("p_account" "text", "p_limit" integer) IS 'Queue held mails again, of one account or all; gives their number. The guard is asked anew.';
CREATE FUNCTION "mail"."resend"("p_message" bigint) RETURNS "void"
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  perform mail.lock_message(p_message, array['refused', 'unknown', 'cancelled', 'held', 'bounced'], 'sent again');
  update mail.recipient as r
  set state = 'queued', code = null, answer = null, settled = null
  where r.message_id = p_message and r.state <> 'sent';
  update mail.message as m
  set
    state = 'queued',
    error = null,
    settled = null,
    token = null,
    slot = null,
    task_id = queue.enqueue('mail.send', jsonb_build_object('message', p_message))
  where m.id = p_message;
end;
$$;
COMMENT ON FUNCTION "mail"."resend"("p_message" bigint) IS 'Queue a message again for the recipients that did not get it. Raises PG405 when there is none, PG406 unless it is refused, unknown, cancelled, held or bounced.';
CREATE FUNCTION "mail"."resolve"("p_message" bigint, "p_outcome" "text") RETURNS "void"
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  perform mail.lock_message(p_message, array['unknown'], 'resolved');
  if p_outcome = 'resend' then
    perform mail.resend(p_message);
  elsif p_outcome = 'sent' then
    update mail.recipient as r
    set state = 'sent', answer = 'confirmed by ' || access.current_account(), settled = core.now()
    where r.message_id = p_message and r.state = 'unknown';
    update mail.message as m
    set state = mail.overall_state(p_message), error = mail.trouble(p_message), settled = core.now()
    where m.id = p_message;
  else
    raise exception 'a mail cannot be resolved as "%"', p_outcome
      using errcode = 'PG409', hint = 'Use sent or resend.';
  end if;
end;
$$;
COMMENT ON FUNCTION "mail"."resolve"("p_message" bigint, "p_outcome" "text") IS 'Settle an unknown message as sent, or resend it. Raises PG405, PG406 for other states, PG409 for another outcome.';
CREATE FUNCTION "mail"."retry_received"("p_received" bigint) RETURNS "void"
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_mailbox bigint;
begin
  v_mailbox := mail.lock_quarantined(p_received);
  update mail.received as r
  set state = 'stored', attempts = 0, error = null, settled = null
  where r.id = p_received;
  update mail.mailbox as b set due = '-infinity' where b.id = v_mailbox;
end;
$$;
COMMENT ON FUNCTION "mail"."retry_received"("p_received" bigint) IS 'Put a quarantined message back among the stored ones. Raises PG410 unless it is quarantined.';
CREATE FUNCTION "mail"."ring_mailbox"("p_mailbox" bigint) RETURNS "void"
    LANGUAGE "sql" SECURITY DEFINER
    BEGIN ATOMIC
 UPDATE "mail"."mailbox" "b" SET "rung" = true, "due" = '-infinity'::timestamp with time zone
   WHERE (("b"."id" = "ring_mailbox"."p_mailbox") AND "b"."enabled");
 SELECT "mail"."enqueue_polls"() AS "enqueue_polls";
END;
COMMENT ON FUNCTION "mail"."ring_mailbox"("p_mailbox" bigint) IS 'Make a mailbox due at once and store the task that reads it.';
CREATE FUNCTION "mail"."same_folder"("p_one" "jsonb", "p_other" "jsonb") RETURNS boolean
    LANGUAGE "sql" IMMUTABLE
    BEGIN ATOMIC
 SELECT "bool_and"((NOT (("same_folder"."p_one" -> "k"."key") IS DISTINCT FROM ("same_folder"."p_other" -> "k"."key")))) AS "bool_and"
    FROM "unnest"(ARRAY['driver'::"text", 'path'::"text", 'host'::"text", 'port'::"text", 'login'::"text", 'url'::"text", 'address'::"text", 'source_folder'::"text"]) "k"("key");
END;
COMMENT ON FUNCTION "mail"."same_folder"("p_one" "jsonb", "p_other" "jsonb") IS 'True when two definitions of a mailbox read the same folder.';
CREATE FUNCTION "mail"."save_reply"("p_received" bigint, "p_parts" "jsonb", "p_files" bigint[], "p_save" boolean, OUT "mail_id" bigint, OUT "about_class_id" bigint, OUT "about_row_id" bigint, OUT "class_id" bigint, OUT "row_id" bigint) RETURNS "record"
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
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
$_$;
COMMENT ON FUNCTION "mail"."save_reply"("p_received" bigint, "p_parts" "jsonb", "p_files" bigint[], "p_save" boolean, OUT "mail_id" bigint, OUT "about_class_id" bigint, OUT "about_row_id" bigint, OUT "class_id" bigint, OUT "row_id" bigint) IS 'Mail of ours that a message answers; with p_save, the record that it belongs to and the row that it became, nulls when it belongs to none.';
CREATE FUNCTION "mail"."send"("p_to" "text" DEFAULT NULL::"text", "p_cc" "text" DEFAULT NULL::"text", "p_bcc" "text" DEFAULT NULL::"text", "p_reply_to" "text" DEFAULT NULL::"text", "p_account" "text" DEFAULT NULL::"text", "p_subject" "text" DEFAULT NULL::"text", "p_body" "text" DEFAULT NULL::"text", "p_html" "text" DEFAULT NULL::"text", "p_class" bigint DEFAULT NULL::bigint, "p_row" bigint DEFAULT NULL::bigint, "p_as_one" boolean DEFAULT true, "p_files" bigint[] DEFAULT '{}'::bigint[], "p_in_reply_to" "text" DEFAULT NULL::"text", "p_priority" "text" DEFAULT 'normal'::"text", "p_automatic" boolean DEFAULT true, "p_correlation" "uuid" DEFAULT NULL::"uuid") RETURNS bigint[]
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_message mail.message;
  v_recipients jsonb;
  v_ids bigint[] := array[]::bigint[];
begin
  perform mail.check_header('subject', p_subject);
  perform mail.check_header('In-Reply-To', p_in_reply_to);
  if p_priority is null or p_priority not in ('high', 'normal', 'low') then
    raise exception 'the priority of a mail cannot be "%"', p_priority
      using errcode = 'PG409', hint = 'Use high, normal or low.';
  end if;
  -- An address named twice gets the mail once, by the most visible of its places.
  select jsonb_agg(jsonb_build_object('kind', r.kind, 'address', r.address, 'name', r.name) order by r.rank, r.position)
  into v_recipients
  from (
    select distinct on (lower(a.address)) l.kind, l.rank, a.place as position, a.address, a.name
    from (values ('to', 1, p_to), ('cc', 2, p_cc), ('bcc', 3, p_bcc)) as l (kind, rank, list)
    cross join lateral mail.parse_addresses(l.list) as a
    order by lower(a.address), l.rank, a.place
  ) as r;
  if v_recipients is null then
    raise exception 'a mail without recipients cannot be sent'
      using errcode = 'PG402', hint = 'Give p_to, p_cc or p_bcc at least one address.';
  end if;
  v_message.account_id := mail.find_account(p_account);
  v_message.subject := coalesce(p_subject, '');
  v_message.html := nullif(p_html, '');
  v_message.body := coalesce(nullif(p_body, ''), mail.plain_text(v_message.html), '');
  v_message.class_id := p_class;
  v_message.row_id := p_row;
  v_message.correlation := p_correlation;
  v_message.in_reply_to := nullif(p_in_reply_to, '');
  v_message.priority := p_priority;
  v_message.automatic := coalesce(p_automatic, true);
  v_message.reply_to := (
    select coalesce(jsonb_agg(jsonb_build_object('address', a.address, 'name', a.name) order by a.place), '[]')
    from mail.parse_addresses(p_reply_to) as a
  );
  if p_as_one then
    return array[mail.store(v_message, v_recipients, p_files)];
  end if;
  for v_recipients in
    select jsonb_build_array(e.value || '{"kind": "to"}') from jsonb_array_elements(v_recipients) with ordinality as e (value, position) order by e.position
  loop
    v_ids := v_ids || mail.store(v_message, v_recipients, p_files);
  end loop;
  return v_ids;
end;
$$;
COMMENT ON FUNCTION "mail"."send"("p_to" "text", "p_cc" "text", "p_bcc" "text", "p_reply_to" "text", "p_account" "text", "p_subject" "text", "p_body" "text", "p_html" "text", "p_class" bigint, "p_row" bigint, "p_as_one" boolean, "p_files" bigint[], "p_in_reply_to" "text", "p_priority" "text", "p_automatic" boolean, "p_correlation" "uuid") IS 'Store a mail to be sent after the commit and give its id, or with p_as_one false one id per recipient. Raises PG401 to PG404.';
CREATE TABLE "mail"."attachment" (
    "message_id" bigint NOT NULL,
    "position" integer NOT NULL,
    "file_id" bigint NOT NULL
);
COMMENT ON TABLE "mail"."attachment" IS 'Files that a message carries.';
CREATE FUNCTION "mail"."sending_details"("p_messages" bigint[]) RETURNS TABLE("id" bigint, "details" "jsonb")
    LANGUAGE "sql" STABLE
    BEGIN ATOMIC
 SELECT "m"."id",
     "jsonb_build_object"('outcome', 'send', 'id', "m"."id", 'message_id', "m"."message_id", 'date', "m"."created", 'from', "jsonb_build_object"('address', "m"."from_address", 'name', "m"."from_name"), 'reply_to', "m"."reply_to", 'to', "r"."recipients", 'cc', "r"."copies", 'in_reply_to', "m"."in_reply_to", 'priority', "m"."priority", 'automatic', "m"."automatic", 'subject', "m"."subject", 'body', "m"."body", 'html', "m"."html", 'envelope', "r"."envelope", 'attachments', ( SELECT COALESCE("jsonb_agg"("jsonb_build_object"('file', "f"."id", 'name', "f"."name", 'media_type', "f"."media_type", 'size', "f"."size") ORDER BY "t"."position"), '[]'::"jsonb") AS "coalesce"
            FROM ("mail"."attachment" "t"
              JOIN "core"."file" "f" ON (("t"."file_id" = "f"."id")))
           WHERE ("t"."message_id" = "m"."id")), 'account', "to_jsonb"("a".*)) AS "jsonb_build_object"
    FROM (("mail"."message" "m"
      JOIN "mail"."account" "a" ON (("m"."account_id" = "a"."id")))
      CROSS JOIN LATERAL ( SELECT COALESCE("jsonb_agg"("jsonb_build_object"('address', "r_1"."address", 'name', "r_1"."name") ORDER BY "r_1"."position") FILTER (WHERE ("r_1"."kind" = 'to'::"text")), '[]'::"jsonb") AS "recipients",
             COALESCE("jsonb_agg"("jsonb_build_object"('address', "r_1"."address", 'name', "r_1"."name") ORDER BY "r_1"."position") FILTER (WHERE ("r_1"."kind" = 'cc'::"text")), '[]'::"jsonb") AS "copies",
             "jsonb_agg"(DISTINCT "r_1"."delivered_to") FILTER (WHERE ("r_1"."state" = 'sending'::"text")) AS "envelope"
            FROM "mail"."recipient" "r_1"
           WHERE ("r_1"."message_id" = "m"."id")) "r")
   WHERE ("m"."id" = ANY ("sending_details"."p_messages"));
END;
COMMENT ON FUNCTION "mail"."sending_details"("p_messages" bigint[]) IS 'Content, envelope of the attempt, attachments and account of claimed messages.';
CREATE FUNCTION "mail"."set_account"("p_code" "text", "p_definition" "jsonb") RETURNS bigint
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_known constant text[] := array[
    'host', 'port', 'tls', 'login', 'secret', 'from_address', 'from_name',
    'on_unknown', 'timeout_seconds', 'is_default', 'is_sink', 'enabled', 'auth', 'max_parallel', 'per_minute'
  ];
  v_key text;
  v_old mail.account;
  v_new mail.account;
  v_from text;
begin
  perform meta.check_code(p_code, 'mail account');
  select k.key into v_key from jsonb_object_keys(p_definition) as k (key) where k.key <> all (v_known) order by k.key limit 1;
  if v_key is not null then
    raise exception 'a mail account has no "%"', v_key
      using errcode = 'PG110', hint = 'Known keys: ' || array_to_string(v_known, ', ') || '.';
  end if;
  select a.* into v_old from mail.account as a where a.code = p_code for update;
  if not found then
    v_old := jsonb_populate_record(
      null::mail.account,
      '{"port": 587, "tls": "starttls", "auth": "password", "on_unknown": "ask", "timeout_seconds": 60, "is_default": false, "is_sink": false, "enabled": true}'
    );
  end if;
  v_new := jsonb_populate_record(v_old, p_definition);
  select min(a.address) into v_from from mail.parse_addresses(v_new.from_address) as a having count(*) = 1;
  if v_from is distinct from v_new.from_address then
    raise exception 'the mail account "%" needs one plain sender address', p_code
      using errcode = 'PG401', hint = 'Set from_address to name@domain; the display name goes to from_name.';
  end if;
  perform mail.check_header('sender', v_new.from_name);
  if v_new.is_default then
    update mail.account as a set is_default = false where a.is_default and a.code <> p_code;
  end if;
  insert into mail.account as a (
    code, host, port, tls, login, secret, from_address, from_name, on_unknown, timeout_seconds, is_default, is_sink, enabled,
    auth, max_parallel, per_minute
  )
  values (
    p_code, v_new.host, v_new.port, v_new.tls, v_new.login, v_new.secret, v_new.from_address, v_new.from_name,
    v_new.on_unknown, v_new.timeout_seconds, v_new.is_default, v_new.is_sink, v_new.enabled,
    v_new.auth, v_new.max_parallel, v_new.per_minute
  )
  on conflict (code) do update
  set
    host = excluded.host, port = excluded.port, tls = excluded.tls, login = excluded.login, secret = excluded.secret,
    from_address = excluded.from_address, from_name = excluded.from_name, on_unknown = excluded.on_unknown,
    timeout_seconds = excluded.timeout_seconds, is_default = excluded.is_default, is_sink = excluded.is_sink, enabled = excluded.enabled,
    auth = excluded.auth, max_parallel = excluded.max_parallel, per_minute = excluded.per_minute
  returning a.id into v_new.id;
  return v_new.id;
end;
$$;
COMMENT ON FUNCTION "mail"."set_account"("p_code" "text", "p_definition" "jsonb") IS 'Id of a mail account, made or changed. Keys: host, port, tls, login, secret, from_address, from_name, on_unknown, timeout_seconds, is_default, is_sink, enabled, auth, max_parallel, per_minute.';
CREATE FUNCTION "mail"."set_aside"("p_mailbox" bigint, "p_token" "uuid", "p_key" "text", "p_error" "text") RETURNS "void"
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  perform mail.hold_mailbox(p_mailbox, p_token);
  insert into mail.received as r (mailbox_id, key, sha256, raw, received, state, error, fetched, told, settled)
  values (p_mailbox, p_key, sha256(''), '', core.now(), 'quarantined', p_error, false, true, core.now())
  on conflict (mailbox_id, key, sha256) do update
  set state = 'quarantined', error = excluded.error, settled = excluded.settled
  where not r.fetched;
end;
$$;
COMMENT ON FUNCTION "mail"."set_aside"("p_mailbox" bigint, "p_token" "uuid", "p_key" "text", "p_error" "text") IS 'Quarantine a message that could not be fetched. Raises PG407 when the lease of the mailbox is lost.';
CREATE FUNCTION "mail"."set_audit"("p_address" "text") RETURNS "void"
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  perform from mail.parse_addresses(p_address);
  delete from core.setting as s where s.code = 'mail.audit_bcc';
  insert into core.setting (code, value, note)
  select 'mail.audit_bcc', to_jsonb(p_address), 'Every outgoing mail goes to this address too, unseen.'
  where p_address is not null;
end;
$$;
COMMENT ON FUNCTION "mail"."set_audit"("p_address" "text") IS 'Set the address of the audit copies, or none for null. Raises PG401 for what is no address.';
CREATE FUNCTION "mail"."set_group"("p_model" bigint, "p_code" "text", "p_definition" "jsonb") RETURNS bigint
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_id bigint;
begin
  perform meta.check_code(p_code, 'group');
  perform meta.check_definition('recipient_group', p_definition, '$');
  perform from mail.parse_addresses(p_definition ->> 'addresses');
  insert into mail.recipient_group as g (model_id, code, definition)
  values (p_model, p_code, p_definition)
  on conflict (model_id, code) do update
  set definition = excluded.definition
  returning g.id into v_id;
  return v_id;
end;
$_$;
COMMENT ON FUNCTION "mail"."set_group"("p_model" bigint, "p_code" "text", "p_definition" "jsonb") IS 'Id of a group of recipients, made or changed. Keys: name, users, addresses. Raises PG110 to PG112, PG401.';
CREATE FUNCTION "mail"."set_guard"("p_guard" "text", "p_address" "text" DEFAULT NULL::"text") RETURNS "void"
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  if p_guard is null or p_guard not in ('deliver', 'redirect', 'hold') then
    raise exception 'the guard of outgoing mail cannot be "%"', p_guard
      using errcode = 'PG409', hint = 'Use deliver, redirect or hold.';
  elsif (p_guard = 'redirect') <> (p_address is not null) then
    raise exception 'redirect needs an address, and nothing else does'
      using errcode = 'PG409', hint = 'Call mail.set_guard(''redirect'', ''tests@example.org'').';
  elsif p_address is distinct from (select min(a.address) from mail.parse_addresses(p_address) as a having count(*) <= 1) then
    raise exception 'mail is redirected to one plain address'
      using errcode = 'PG401', hint = 'Write name@domain.';
  end if;
  insert into core.setting (code, value, note)
  values
  ('mail.guard', to_jsonb(p_guard), 'What happens to mail that would leave: deliver, redirect or hold.'),
  ('mail.guard_environment', to_jsonb(core.environment()), 'Environment that the guard was decided for.'),
  ('mail.guard_address', coalesce(to_jsonb(p_address), 'null'), 'Where mail is redirected to.')
  on conflict (code) do update set value = excluded.value;
end;
$$;
COMMENT ON FUNCTION "mail"."set_guard"("p_guard" "text", "p_address" "text") IS 'Set the guard of outgoing mail for this environment. Raises PG409 for what is no guard, PG401 for what is no address.';
CREATE FUNCTION "mail"."set_mailbox"("p_model" bigint, "p_code" "text", "p_definition" "jsonb") RETURNS bigint
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_class bigint;
  v_reply_class bigint;
  v_every interval;
  v_id bigint;
begin
  perform meta.check_code(p_code, 'mailbox');
  perform meta.check_definition('mailbox', p_definition, '$');
  v_class := meta.find_class(p_model, p_definition ->> 'class');
  perform mail.check_driver(p_definition);
  perform mail.check_mapping(p_model, v_class, p_definition -> 'mapping');
  v_reply_class := mail.check_reply(p_model, v_class, p_definition);
  begin
    v_every := coalesce(p_definition ->> 'poll_every', '1 minute')::interval;
  exception
    when invalid_datetime_format or datetime_field_overflow or interval_field_overflow then
      v_every := null;
  end;
  if v_every is null or v_every < interval '1 second' or v_every > interval '1 day' then
    raise exception '"poll_every" cannot be "%"', p_definition ->> 'poll_every'
      using errcode = 'PG111', detail = '$.poll_every', hint = 'Write a time from 1 second to 1 day, such as 30 seconds or 5 minutes.';
  elsif (p_definition ->> 'batch_size')::integer not between 1 and 1000 then
    raise exception '"batch_size" cannot be %', p_definition ->> 'batch_size'
      using errcode = 'PG111', detail = '$.batch_size', hint = 'Write a number from 1 to 1000.';
  end if;
  perform mail.check_script(p_definition ->> s.key, s.key, access.current_account())
  from unnest(array['script', 'script_after']) as s (key)
  where p_definition ? s.key;
  insert into mail.mailbox as b (model_id, code, class_id, reply_class_id, enabled, definition, poll_every)
  values (p_model, p_code, v_class, v_reply_class, coalesce((p_definition ->> 'enabled')::boolean, true), p_definition, v_every)
  on conflict (model_id, code) do update
  set
    class_id = excluded.class_id,
    reply_class_id = excluded.reply_class_id,
    enabled = excluded.enabled,
    definition = excluded.definition,
    poll_every = excluded.poll_every,
    -- Another folder is read from its beginning; keys tell apart what was read.
    cursor = case when mail.same_folder(b.definition, excluded.definition) then b.cursor end,
    token_expires = case when b.definition -> 'refresh_token' = excluded.definition -> 'refresh_token' then b.token_expires end,
    due = '-infinity'
  returning b.id into v_id;
  return v_id;
end;
$_$;
COMMENT ON FUNCTION "mail"."set_mailbox"("p_model" bigint, "p_code" "text", "p_definition" "jsonb") IS 'Id of a mailbox, made or changed. Keys: see meta.vocabulary. Raises PG106, PG110 to PG114, PG411, PG428.';
CREATE FUNCTION "mail"."set_retention"("p_sent" interval DEFAULT NULL::interval, "p_failed" interval DEFAULT NULL::interval) RETURNS "void"
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  if least(p_sent, p_failed) < interval '0' then
    raise exception 'mail cannot be kept for %', least(p_sent, p_failed)
      using errcode = 'PG409', hint = 'Give a time such as 90 days.';
  end if;
  update core.setting as s
  set value = to_jsonb(case s.code when 'mail.keep_sent' then p_sent else p_failed end::text)
  where (s.code = 'mail.keep_sent' and p_sent is not null) or (s.code = 'mail.keep_failed' and p_failed is not null);
end;
$$;
COMMENT ON FUNCTION "mail"."set_retention"("p_sent" interval, "p_failed" interval) IS 'Keep sent and cancelled mails, and refused, bounced and failed ones, so long; null leaves it as it is. Raises PG409.';
CREATE FUNCTION "mail"."settle_batch"("p_mailbox" bigint, "p_token" "uuid", "p_keys" "text"[], "p_cursor" "jsonb" DEFAULT NULL::"jsonb", "p_token_expires" timestamp with time zone DEFAULT NULL::timestamp with time zone) RETURNS "void"
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  perform mail.hold_mailbox(p_mailbox, p_token);
  update mail.received as r
  set told = true
  where r.mailbox_id = p_mailbox and r.key = any (p_keys) and not r.told;
  update mail.mailbox as b
  set cursor = coalesce(p_cursor, b.cursor), token_expires = coalesce(p_token_expires, b.token_expires)
  where b.id = p_mailbox and (p_cursor is not null or p_token_expires is not null);
end;
$$;
COMMENT ON FUNCTION "mail"."settle_batch"("p_mailbox" bigint, "p_token" "uuid", "p_keys" "text"[], "p_cursor" "jsonb", "p_token_expires" timestamp with time zone) IS 'Record that the server was told of messages, and the cursor. Raises PG407 when the lease of the mailbox is lost.';
CREATE FUNCTION "mail"."settle_many"("p_attempts" "jsonb") RETURNS bigint[]
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    SET "enable_seqscan" TO 'off'
    SET "enable_hashjoin" TO 'off'
    SET "enable_mergejoin" TO 'off'
    AS $_$
declare
  v_plain bigint[];
  v_attempt record;
  v_lost bigint[] := array[]::bigint[];
begin
  with held as (
    select a.message, a.task, a.token
    from jsonb_to_recordset(p_attempts) as a (message bigint, task bigint, token uuid, results jsonb)
    inner join queue.task as t on t.id = a.task and t.token = a.token
    where jsonb_array_length(a.results) > 0
      and not jsonb_path_exists(a.results, '$[*] ? (@.outcome <> "sent")')
      -- Nobody is left from this attempt or another who has not got it.
      and not exists (
        select
        from mail.recipient as r
        where r.message_id = a.message
          and r.state <> 'sent'
          and not (r.state = 'sending' and a.results @> jsonb_build_array(jsonb_build_object('address', r.delivered_to)))
      )
    for update of t
  )
  select coalesce(array_agg(h.message), '{}') into v_plain from held as h;
  update mail.recipient as r
  set state = 'sent', code = s.code, answer = s.answer, settled = core.now()
  from jsonb_to_recordset(p_attempts) as a (message bigint, results jsonb)
  cross join lateral jsonb_to_recordset(a.results) as s (address text, code integer, answer text)
  where a.message = any (v_plain) and r.message_id = a.message and r.state = 'sending' and r.delivered_to = s.address;
  update mail.message as m
  set state = 'sent', error = null, settled = core.now()
  where m.id = any (v_plain);
  perform queue.settle(a.token, array_agg(a.task))
  from jsonb_to_recordset(p_attempts) as a (message bigint, task bigint, token uuid)
  where a.message = any (v_plain)
  group by a.token;
  for v_attempt in
    select a.* from jsonb_to_recordset(p_attempts) as a (message bigint, task bigint, token uuid, results jsonb)
    where a.message <> all (v_plain)
  loop
    begin
      perform mail.settle_sending(v_attempt.message, v_attempt.task, v_attempt.token, v_attempt.results);
    exception
      when sqlstate 'PG407' then
        v_lost := v_lost || v_attempt.message;
    end;
  end loop;
  return v_lost;
end;
$_$;
COMMENT ON FUNCTION "mail"."settle_many"("p_attempts" "jsonb") IS 'Record the outcomes of several attempts and settle their tasks; gives the messages whose lease was lost. Raises PG408 for a recipient left out.';
CREATE FUNCTION "mail"."settle_sending"("p_message" bigint, "p_task" bigint, "p_token" "uuid", "p_results" "jsonb", "p_after" interval DEFAULT NULL::interval) RETURNS "text"
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_on_unknown text;
  v_error text;
  v_state text;
begin
  select a.on_unknown into v_on_unknown
  from mail.message as m
  inner join mail.account as a on m.account_id = a.id
  where m.id = p_message
  for update of m;
  update mail.recipient as r
  set
    state = case s.outcome
      when 'deferred' then 'retrying'
      when 'unknown' then case v_on_unknown when 'resend' then 'retrying' else 'unknown' end
      else s.outcome
    end,
    code = s.code,
    answer = s.answer,
    settled = case when s.outcome in ('sent', 'refused') then core.now() end
  from jsonb_to_recordset(p_results) as s (address text, outcome text, code integer, answer text)
  where r.message_id = p_message and r.state = 'sending' and r.delivered_to = s.address;
  if exists (select from mail.recipient as r where r.message_id = p_message and r.state = 'sending') then
    raise exception 'the results of message % do not name all recipients of the attempt', p_message
      using errcode = 'PG408', hint = 'Give an outcome for each address of the envelope.';
  end if;
  v_error := mail.trouble(p_message);
  if exists (select from mail.recipient as r where r.message_id = p_message and r.state = 'retrying') then
    if not queue.settle_one(p_task, p_token, 'retry', v_error, p_after) then
      raise exception 'the lease of task % is lost', p_task
        using errcode = 'PG407', hint = 'Another runner has taken the mail over; do nothing more with it.';
    end if;
    -- The last attempt of the kind: the queue has given up.
    if not exists (select from queue.task as t where t.id = p_task) then
      update mail.recipient as r
      set state = 'refused', settled = core.now(), answer = concat_ws(': ', 'gave up', r.answer)
      where r.message_id = p_message and r.state = 'retrying';
      v_error := mail.trouble(p_message);
    end if;
  elsif not queue.settle_one(p_task, p_token) then
    raise exception 'the lease of task % is lost', p_task
      using errcode = 'PG407', hint = 'Another runner has taken the mail over; do nothing more with it.';
  end if;
  v_state := mail.overall_state(p_message);
  update mail.message as m
  set
    state = v_state,
    error = v_error,
    settled = case when v_state <> 'retrying' then core.now() end
  where m.id = p_message;
  return v_state;
end;
$$;
COMMENT ON FUNCTION "mail"."settle_sending"("p_message" bigint, "p_task" bigint, "p_token" "uuid", "p_results" "jsonb", "p_after" interval) IS 'Record the outcome of an attempt per recipient, settle its task, give the state of the message. Raises PG407 without the lease, PG408 for a recipient left out.';
CREATE FUNCTION "mail"."skip_received"("p_received" bigint, "p_reason" "text" DEFAULT 'given up'::"text") RETURNS "void"
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  perform mail.lock_quarantined(p_received);
  update mail.received as r
  set state = 'skipped', reason = p_reason, settled = core.now()
  where r.id = p_received;
end;
$$;
COMMENT ON FUNCTION "mail"."skip_received"("p_received" bigint, "p_reason" "text") IS 'Give a quarantined message up. Raises PG410 unless it is quarantined.';
CREATE FUNCTION "mail"."store"("p_message" "mail"."message", "p_recipients" "jsonb", "p_files" bigint[]) RETURNS bigint
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_id bigint;
begin
  insert into mail.message (
    message_id, account_id, from_address, from_name, reply_to, in_reply_to, priority, automatic,
    subject, body, html, class_id, row_id, correlation, creator, created
  )
  select
    '<' || gen_random_uuid() || '@' || split_part(a.from_address, '@', 2) || '>',
    a.id, a.from_address, a.from_name, p_message.reply_to, p_message.in_reply_to, p_message.priority, p_message.automatic,
    p_message.subject, p_message.body, p_message.html, p_message.class_id, p_message.row_id, p_message.correlation,
    access.current_account(), core.now()
  from mail.account as a
  where a.id = p_message.account_id
  returning id into v_id;
  insert into mail.recipient (message_id, position, kind, address, name)
  select v_id, row_number() over (order by r.position), r.kind, r.address, r.name
  from (
    select e.value ->> 'kind' as kind, e.value ->> 'address' as address, e.value ->> 'name' as name, e.position
    from jsonb_array_elements(p_recipients) with ordinality as e (value, position)
    union all
    select 'audit', a.address, null, 1000000 + a.place
    from mail.parse_addresses((select s.value #>> '{}' from core.setting as s where s.code = 'mail.audit_bcc')) as a
  ) as r;
  insert into mail.attachment (message_id, position, file_id)
  select v_id, f.position, f.id
  from unnest(p_files) with ordinality as f (id, position);
  update mail.message as m
  set task_id = queue.enqueue('mail.send', jsonb_build_object('message', v_id))
  where m.id = v_id;
  return v_id;
end;
$$;
COMMENT ON FUNCTION "mail"."store"("p_message" "mail"."message", "p_recipients" "jsonb", "p_files" bigint[]) IS 'Id of a new message made of the record, its recipients [{kind, address, name}] and files.';
CREATE FUNCTION "mail"."store_failed"("p_subject" "text", "p_body" "text", "p_class" bigint, "p_row" bigint, "p_error" "text") RETURNS bigint
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_id bigint;
begin
  insert into mail.message (
    message_id, account_id, from_address, from_name, subject, body, class_id, row_id, creator, created, state, settled, error
  )
  select
    '<' || gen_random_uuid() || '@' || split_part(a.from_address, '@', 2) || '>',
    a.id, a.from_address, a.from_name, coalesce(p_subject, ''), coalesce(p_body, ''), p_class, p_row,
    access.current_account(), core.now(), 'failed', core.now(), p_error
  from mail.account as a
  order by a.is_default desc, a.id
  limit 1
  returning id into v_id;
  return v_id;
end;
$$;
COMMENT ON FUNCTION "mail"."store_failed"("p_subject" "text", "p_body" "text", "p_class" bigint, "p_row" bigint, "p_error" "text") IS 'Id of a new mail in state failed with the reason.';
CREATE FUNCTION "mail"."store_received"("p_mailbox" bigint, "p_token" "uuid", "p_keys" "text"[], "p_raws" "bytea"[], "p_epoch" "text" DEFAULT NULL::"text") RETURNS integer
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_stored integer;
begin
  perform mail.hold_mailbox(p_mailbox, p_token);
  if p_epoch is not null then
    update mail.received as r
    set key = n.key, epoch = p_epoch, told = false
    from (
      select g.key, sha256(g.raw) as sha256, row_number() over (partition by sha256(g.raw) order by g.position) as nth
      from unnest(p_keys, p_raws) with ordinality as g (key, raw, position)
      where not exists (select from mail.received as k where k.mailbox_id = p_mailbox and k.key = g.key)
    ) as n
    inner join lateral (
      select o.id
      from mail.received as o
      where o.mailbox_id = p_mailbox
        and o.sha256 = n.sha256
        and o.epoch <> p_epoch
        and regexp_replace(o.epoch, ';[^;]*$', '') = regexp_replace(p_epoch, ';[^;]*$', '')
      order by o.id
      offset n.nth - 1
      limit 1
    ) as p on true
    where r.id = p.id;
  end if;
  update mail.received as r
  set raw = g.raw, sha256 = sha256(g.raw), fetched = true, told = false
  from unnest(p_keys, p_raws) as g (key, raw)
  where r.mailbox_id = p_mailbox and r.key = g.key and not r.fetched;
  insert into mail.received (mailbox_id, key, sha256, raw, received, epoch)
  select p_mailbox, g.key, sha256(g.raw), g.raw, core.now(), p_epoch
  from unnest(p_keys, p_raws) with ordinality as g (key, raw, position)
  order by g.position
  on conflict (mailbox_id, key, sha256) do nothing;
  get diagnostics v_stored = row_count;
  return v_stored;
end;
$_$;
COMMENT ON FUNCTION "mail"."store_received"("p_mailbox" bigint, "p_token" "uuid", "p_keys" "text"[], "p_raws" "bytea"[], "p_epoch" "text") IS 'Store messages; gives the number of those that are new. Raises PG407 when the lease of the mailbox is lost.';
CREATE FUNCTION "mail"."sweep"() RETURNS integer
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_lost record;
  v_count integer := 0;
begin
  for v_lost in
    select
      m.id,
      case
        when m.state = 'sending' then 'unknown'
        when d.id is not null then 'refused'
        else 'cancelled'
      end as state,
      coalesce(d.error, 'its task was taken out of the queue') as error
    from mail.message as m
    left join queue.dead as d on m.task_id = d.id
    where m.state in ('queued', 'retrying', 'sending')
      and not exists (select from queue.task as t where t.id = m.task_id)
    for update of m skip locked
  loop
    update mail.recipient as r
    set state = v_lost.state, settled = core.now()
    where r.message_id = v_lost.id and r.state in ('queued', 'retrying', 'sending');
    update mail.message as m
    set state = v_lost.state, error = v_lost.error, settled = core.now()
    where m.id = v_lost.id;
    v_count := v_count + 1;
  end loop;
  return v_count;
end;
$$;
COMMENT ON FUNCTION "mail"."sweep"() IS 'Settle messages whose task is not in the queue any more; gives their number.';
CREATE FUNCTION "mail"."trouble"("p_message" bigint) RETURNS "text"
    LANGUAGE "sql" STABLE
    BEGIN ATOMIC
 SELECT "string_agg"("concat_ws"(' '::"text", ("r"."delivered_to" || ':'::"text"), ("r"."code")::"text", "r"."answer"), '; '::"text" ORDER BY "r"."position") AS "string_agg"
    FROM "mail"."recipient" "r"
   WHERE (("r"."message_id" = "trouble"."p_message") AND ("r"."state" = ANY (ARRAY['refused'::"text", 'retrying'::"text", 'unknown'::"text", 'bounced'::"text"])));
END;
COMMENT ON FUNCTION "mail"."trouble"("p_message" bigint) IS 'Answers of servers for recipients that are refused, retrying, unknown or bounced; null when there are none.';
CREATE FUNCTION "meta"."add_column"("p_class" bigint, "p_code" "text", "p_definition" "jsonb") RETURNS bigint
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    SET "jit" TO 'off'
    AS $_$
declare
  v_id bigint;
  v_class bigint;
begin
  perform meta.check_column_name(p_class, p_code);
  perform meta.check_definition('column', p_definition, '$');
  perform meta.check_column(p_code, p_definition, '$');
  insert into meta.class_column (class_id, code, type, definition, position)
  values (
    p_class,
    p_code,
    p_definition ->> 'type',
    p_definition - '{type,renamed_from,class,classes,position}'::text[],
    coalesce(
      (p_definition ->> 'position')::integer,
      (select coalesce(max(k.position), 0) + 1 from meta.class_column as k where k.class_id = p_class)
    )
  )
  returning id into v_id;
  perform meta.set_targets(v_id, p_definition);
  update meta.class_column as k
  set calculated_sql = meta.condition_expression(p_class, p_definition ->> 'sql', '')
  where k.id = v_id and k.type = 'calculated';
  perform meta.create_column_store(v_id);
  for v_class in
    select a.class_id from meta.ancestry as a where a.ancestor_id = p_class order by a.depth
  loop
    perform meta.lock_class(v_class);
    perform meta.add_physical_column(v_class, v_id);
  end loop;
  perform meta.touch_class(p_class);
  return v_id;
exception
  when invalid_object_definition or syntax_error or undefined_function or undefined_column or datatype_mismatch or feature_not_supported then
    if p_definition ->> 'type' <> 'calculated' then
      raise;
    end if;
    raise exception 'the calculation of column "%" does not compile: %', p_code, sqlerrm
      using errcode = 'PG119', hint = 'Use immutable SQL over {{column.code}} of the same row that gives the type in "result".';
end;
$_$;
COMMENT ON FUNCTION "meta"."add_column"("p_class" bigint, "p_code" "text", "p_definition" "jsonb") IS 'Id of a new column of a class; the definition has the keys of the model file. Raises PG101 to PG121.';
CREATE FUNCTION "meta"."add_physical_column"("p_class" bigint, "p_column" bigint) RETURNS "void"
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_column meta.effective_column;
  v_table constant text := 'datarow_' || p_class;
  v_archive constant regclass := to_regclass('data.archive_' || p_class);
  v_expression text;
  v_target text;
begin
  select e.* into strict v_column
  from meta.effective_column as e
  where e.class_id = p_class and e.column_id = p_column;
  if not v_column.stored then
    return;
  end if;
  if v_column.type = 'calculated' then
    v_expression := format('generated always as (%s) stored', v_column.calculated_sql);
  else
    v_expression := 'default ' || meta.default_expression(p_column, v_column.type, v_column.definition);
  end if;
  execute format('alter table data.%I add column %I %s %s', v_table, v_column.physical, v_column.sql_type, v_expression);
  if v_archive is not null then
    execute format('alter table %s add column %I %s', v_archive, v_column.physical, v_column.sql_type);
  end if;
  if cardinality(v_column.targets) > 1 then
    execute format('alter table data.%I add column %I text', v_table, v_column.physical || '_class');
    if v_archive is not null then
      execute format('alter table %s add column %I text', v_archive, v_column.physical || '_class');
    end if;
  end if;
  if v_column.definition ? 'sequence' then
    execute format(
      'create unique index %I on data.%I (%I)',
      format('%s_%s_key', v_table, v_column.physical), v_table, v_column.physical
    );
  end if;
  if v_column.type in ('reference', 'file', 'class') and not v_column.is_array then
    execute format(
      'create index %I on data.%I (%I)',
      format('%s_%s_idx', v_table, v_column.physical), v_table, v_column.physical
    );
    v_target := meta.column_target_table(p_column);
    if v_target is not null then
      execute format(
        'alter table data.%I add constraint %I foreign key (%I) references %s (id)',
        v_table, format('%s_%s_fkey', v_table, v_column.physical), v_column.physical, v_target
      );
    end if;
  end if;
end;
$$;
COMMENT ON FUNCTION "meta"."add_physical_column"("p_class" bigint, "p_column" bigint) IS 'Add the physical column of a defined column to the table (and archive) of a class.';
CREATE FUNCTION "meta"."alter_class"("p_class" bigint, "p_definition" "jsonb") RETURNS "void"
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    SET "jit" TO 'off'
    AS $_$
declare
  v_class meta.class;
  v_parent bigint;
begin
  perform meta.check_definition('class', p_definition, '$');
  select c.* into strict v_class from meta.class as c where c.id = p_class;
  if p_definition ? 'parent' then
    v_parent := meta.find_class(v_class.model_id, p_definition ->> 'parent');
  end if;
  if v_parent is distinct from v_class.parent_id then
    raise exception 'the parent of class % cannot change', meta.class_path(p_class)
      using errcode = 'PG116', hint = 'Make a new class with that parent and move the rows.';
  end if;
  perform meta.lock_class(p_class);
  update meta.class as c
  set
    name = meta.localized(p_definition -> 'name'),
    description = coalesce(p_definition ->> 'description', ''),
    archive = coalesce((p_definition ->> 'archive')::boolean, false),
    deletion = coalesce(p_definition ->> 'deletion', 'logical'),
    web_service = coalesce((p_definition ->> 'web_service')::boolean, false)
  where c.id = p_class;
  perform meta.touch_class(p_class);
end;
$_$;
COMMENT ON FUNCTION "meta"."alter_class"("p_class" bigint, "p_definition" "jsonb") IS 'Set name, description, archive, deletion and web_service of a class; what is left out takes its default. Raises PG106 to PG121.';
CREATE FUNCTION "meta"."alter_column"("p_column" bigint, "p_definition" "jsonb") RETURNS "void"
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    SET "jit" TO 'off'
    AS $_$
declare
  v_former meta.class_column;
  v_targets constant bigint[] := array(select t.class_id from meta.column_target as t where t.column_id = p_column order by t.class_id);
  v_changed boolean;
  v_class bigint;
begin
  select k.* into strict v_former from meta.class_column as k where k.id = p_column;
  perform meta.check_definition('column', p_definition, '$');
  perform meta.check_column(v_former.code, p_definition, '$');
  if (p_definition ->> 'type', meta.column_sql_type(p_definition ->> 'type', p_definition), p_definition ->> 'target', p_definition ? 'sequence',
      p_definition ? 'classes')
    is distinct from
    (v_former.type, meta.column_sql_type(v_former.type, v_former.definition), v_former.definition ->> 'target', v_former.definition ? 'sequence',
      cardinality(v_targets) > 1)
  then
    raise exception 'the type of column "%" cannot change', v_former.code
      using
        errcode = 'PG116',
        detail = format('It is %s, stored as %s.', v_former.type, meta.column_sql_type(v_former.type, v_former.definition)),
        hint = 'Add a column of the new type, copy the values, then drop this one.';
  end if;
  perform meta.set_targets(p_column, p_definition);
  v_changed := v_targets <> array(select t.class_id from meta.column_target as t where t.column_id = p_column order by t.class_id);
  update meta.class_column as k
  set definition = p_definition - '{type,renamed_from,class,classes,position}'::text[]
  where k.id = p_column;
  for v_class in
    select a.class_id from meta.ancestry as a where a.ancestor_id = v_former.class_id order by a.depth
  loop
    perform meta.lock_class(v_class);
    if v_changed then
      perform meta.point_reference(v_class, p_column);
    end if;
    if v_former.type = 'calculated' then
      perform meta.recalculate_column(v_class, p_column);
    elsif v_former.type <> 'reverse' then
      execute format(
        'alter table data.datarow_%s alter column c%s set default %s',
        v_class, p_column, meta.default_expression(p_column, v_former.type, p_definition)
      );
    end if;
  end loop;
  if v_former.type = 'calculated' then
    update meta.class_column as k
    set calculated_sql = meta.condition_expression(k.class_id, p_definition ->> 'sql', '')
    where k.id = p_column;
  end if;
  perform meta.touch_class(v_former.class_id);
end;
$_$;
COMMENT ON FUNCTION "meta"."alter_column"("p_column" bigint, "p_definition" "jsonb") IS 'Set the whole definition of a column. Raises PG110 to PG114, PG116 (type), PG119 (calculation), PG121.';
CREATE FUNCTION "meta"."alter_model"("p_model" bigint, "p_definition" "jsonb") RETURNS "void"
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
begin
  perform meta.check_definition('model', p_definition, '$');
  update meta.model as m
  set
    name = meta.localized(p_definition -> 'name'),
    languages = array(select l.code from jsonb_array_elements_text(coalesce(p_definition -> 'languages', '[]')) as l (code))
  where m.id = p_model;
  insert into meta.language (code, name)
  select l.code, l.code
  from jsonb_array_elements_text(coalesce(p_definition -> 'languages', '[]')) as l (code)
  on conflict (code) do nothing;
end;
$_$;
COMMENT ON FUNCTION "meta"."alter_model"("p_model" bigint, "p_definition" "jsonb") IS 'Set name and languages of a model. Raises PG110, PG111.';
CREATE FUNCTION "meta"."api_view_states"("p_filter" "text" DEFAULT NULL::"text", "p_difference" boolean DEFAULT true) RETURNS TABLE("name" "text", "kind" "text", "object" "text", "object_id" bigint, "state" "text", "difference" "text", "stamp" "text", "context" "jsonb")
    LANGUAGE "sql" STABLE SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    SET "jit" TO 'off'
    AS $$
  -- Materialized: the hash of a view is computed once.
  with compared as materialized (
    select
      coalesce(d.name, v.name) as name,
      coalesce(d.kind, v.kind) as kind,
      d.path as object,
      coalesce(d.object_id, v.object_id) as object_id,
      c.oid as live,
      v.columns as recorded,
      v.name as former,
      d.stamp,
      d.context,
      case
        when d.name is null then 'orphaned'
        when c.oid is null then 'missing'
        -- A renewal takes both alike, and comparing stamps is cheap.
        when not p_difference and (d.stamp <> v.stamp or d.name <> v.name) then 'stale'
        when meta.view_hash(c.oid) is distinct from v.definition then 'altered'
        when d.stamp <> v.stamp or d.name <> v.name then 'stale'
        else 'current'
      end as state
    from meta.view_definitions(p_filter) as d
    full join meta.api_view as v on d.kind = v.kind and d.object_id = v.object_id
    left join pg_class as c on v.name = c.relname and c.relnamespace = 'api'::regnamespace
    where
      d.name is not null
      or p_filter is null
      or v.name in (replace(p_filter, '.', '_'), replace(p_filter, '.', '_') || '_all')
  )
  select
    c.name,
    c.kind,
    c.object,
    c.object_id,
    c.state,
    case
      when p_difference and c.state in ('stale', 'altered') then concat_ws(
        ', ',
        case when c.former <> c.name then format('view %s -> %s', c.former, c.name) end,
        coalesce(
          nullif(case when c.kind <> 'query' then meta.column_difference(c.live, c.recorded, c.context -> 'columns') end, ''),
          'what it shows'
        )
      )
      else ''
    end,
    c.stamp,
    c.context
  from compared as c
  order by c.name;
$$;
COMMENT ON FUNCTION "meta"."api_view_states"("p_filter" "text", "p_difference" boolean) IS 'State of every API view, of those of a model, or of one class or query (model.code); stamp and context are those of its definition.';
CREATE FUNCTION "meta"."apply_model"("p_file" "jsonb", "p_allow_destructive" boolean DEFAULT false, "p_keep_classes" boolean DEFAULT false) RETURNS TABLE("step" integer, "action" "text", "kind" "text", "object" "text", "path" "text", "detail" "text", "lock" "text", "destructive" boolean)
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_steps jsonb[];
  v_step jsonb;
  v_queries jsonb[] := array[]::jsonb[];
  v_losses text;
  v_count bigint;
begin
  perform pg_advisory_xact_lock(hashtext('pgears.apply_model'));
  perform meta.check_model(p_file);
  v_steps := array(select p.step from meta.plan_steps(p_file) as p (step) order by (p.step -> 'step')::integer);
  select string_agg(format('drop %s %s: %s', s ->> 'kind', s ->> 'object', s ->> 'detail'), e'\n' order by s -> 'step'), count(*)
  into v_losses, v_count
  from unnest(v_steps) as s
  where (s -> 'destructive')::boolean;
  if v_count > 0 and not p_allow_destructive then
    raise exception 'applying the file would lose something in % %', v_count, case v_count when 1 then 'step' else 'steps' end
      using errcode = 'PG117', detail = v_losses, hint = 'Look at the plan; if the data may go, repeat with --allow-destructive.';
  end if;
  perform meta.begin_changes();
  foreach v_step in array v_steps loop
    continue when v_step ->> 'kind' = 'view' or (v_step ->> 'action' = 'drop' and v_step ->> 'kind' = 'class');
    if v_step ->> 'action' = 'drop' and v_step ->> 'kind' = 'query' then
      v_queries := v_queries || v_step;
      continue;
    end if;
    -- Columns go after the queries that show them.
    if v_step ->> 'action' = 'drop' and cardinality(v_queries) > 0 then
      perform meta.drop_queries(p_file ->> 'model', v_queries, p_keep_classes);
      v_queries := array[]::jsonb[];
    end if;
    perform meta.apply_step(p_file ->> 'model', v_step);
  end loop;
  perform meta.drop_queries(p_file ->> 'model', v_queries, p_keep_classes);
  perform meta.check_descriptions(p_file);
  perform meta.finish_changes();
  if not p_keep_classes then
    perform meta.begin_changes();
    foreach v_step in array v_steps loop
      continue when v_step ->> 'action' <> 'drop' or v_step ->> 'kind' <> 'class';
      perform meta.apply_step(p_file ->> 'model', v_step);
    end loop;
    perform meta.finish_changes();
  end if;
  return query
  select r.step, r.action, r.kind, r.object, r.path, r.detail, r.lock, r.destructive
  from unnest(v_steps) as s
  cross join jsonb_to_record(s) as r (
    step integer, action text, kind text, object text, path text, detail text, lock text, destructive boolean
  )
  order by r.step;
end;
$$;
COMMENT ON FUNCTION "meta"."apply_model"("p_file" "jsonb", "p_allow_destructive" boolean, "p_keep_classes" boolean) IS 'The steps by which a model file was applied. p_keep_classes: leave the drops of classes to a second call. Raises PG101 to PG121, PG123.';
CREATE FUNCTION "meta"."apply_step"("p_model" "text", "p_step" "jsonb") RETURNS "void"
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_what constant text := (p_step ->> 'action') || ' ' || (p_step ->> 'kind');
  v_code constant text := p_step ->> 'code';
  v_id constant bigint := (p_step ->> 'object_id')::bigint;
  v_definition constant jsonb := p_step -> 'definition';
  v_model bigint;
  v_class bigint;
  v_section meta.model_section;
  v_detail text;
  v_hint text;
begin
  select m.id into v_model from meta.model as m where m.code = p_model;
  select c.id into v_class from meta.class as c where c.model_id = v_model and c.code = p_step ->> 'class_code';
  case v_what
    when 'create model' then perform meta.create_model(p_model, v_definition);
    when 'alter model' then perform meta.alter_model(v_model, v_definition);
    when 'create parameter' then perform core.set_parameter(v_code, v_definition #>> '{}');
    when 'create class' then perform meta.create_class(v_model, v_code, v_definition);
    when 'rename class' then perform meta.rename_class(v_id, v_code);
    when 'alter class' then perform meta.alter_class(v_id, v_definition);
    when 'drop class' then perform meta.drop_class(v_id);
    when 'create column' then perform meta.add_column(v_class, v_code, v_definition);
    when 'rename column' then perform meta.rename_column(v_id, v_code);
    when 'alter column' then perform meta.alter_column(v_id, v_definition);
    when 'drop column' then perform meta.drop_column(v_id);
    when 'create keys', 'alter keys' then perform meta.set_keys(v_class, v_definition);
    when 'alter order' then perform meta.order_columns(v_class, array(select c.code from jsonb_array_elements_text(v_definition) as c (code)));
    else
      select s.* into strict v_section from meta.model_sections() as s where s.place = p_step ->> 'kind';
      if p_step ->> 'action' = 'drop' then
        execute format('select %s($1)', v_section.drop_function) using v_id;
      else
        execute format('select %s($1, $2, $3)', v_section.set_function) using v_model, v_code, v_definition;
      end if;
  end case;
exception
  when others then
    get stacked diagnostics v_detail = pg_exception_detail, v_hint = pg_exception_hint;
    -- Only the runner has the templates; SQL alone cannot renew what stands in the way.
    if sqlstate = 'PG118' and v_what in ('drop class', 'drop query') and exists (
      select from meta.api_view_states(p_model) as a where a.state = 'stale'
    ) then
      v_hint := 'API views still show it: "pgears model apply" renews them on the way. Other objects must be dropped or changed first.';
    end if;
    raise exception '%', sqlerrm
      using
        errcode = sqlstate,
        detail = case
          when v_detail like '$%' then (p_step ->> 'path') || substr(v_detail, 2)
          else concat_ws(e'\n', p_step ->> 'path', nullif(v_detail, ''))
        end,
        hint = v_hint;
end;
$_$;
COMMENT ON FUNCTION "meta"."apply_step"("p_model" "text", "p_step" "jsonb") IS 'Part of meta.apply_model: do one step. Raises what the functions of the step raise.';
CREATE FUNCTION "meta"."row_columns"("p_class" bigint, "p_prefix" "text", "p_written" boolean) RETURNS "text"
    LANGUAGE "sql" STABLE
    BEGIN ATOMIC
 SELECT "string_agg"(("row_columns"."p_prefix" || "quote_ident"("l"."name")), ', '::"text" ORDER BY "l"."position", "l"."name") AS "string_agg"
    FROM ( SELECT 0 AS "position",
             "s"."name"
            FROM "unnest"(ARRAY['creator'::"text", 'created'::"text", 'modifier'::"text", 'modified'::"text", 'created_source'::"text", 'modified_source'::"text"]) "s"("name")
         UNION ALL
          SELECT 1,
             'shortdescription'::"text"
           WHERE (NOT "row_columns"."p_written")
         UNION ALL
          SELECT (1 + "e"."position"),
             "e"."physical"
            FROM "meta"."effective_column" "e"
           WHERE (("e"."class_id" = "row_columns"."p_class") AND "e"."stored" AND (NOT ("row_columns"."p_written" AND ("e"."type" = 'calculated'::"text"))))
         UNION ALL
          SELECT (1 + "e"."position"),
             ("e"."physical" || '_class'::"text")
            FROM "meta"."effective_column" "e"
           WHERE (("e"."class_id" = "row_columns"."p_class") AND ("cardinality"("e"."targets") > 1))) "l";
END;
COMMENT ON FUNCTION "meta"."row_columns"("p_class" bigint, "p_prefix" "text", "p_written" boolean) IS 'Columns of a class table except id, uid, version and those of deletion, as a comma-separated list.';
CREATE FUNCTION "meta"."archive_statement"("p_class" bigint, "p_operation" "char") RETURNS "text"
    LANGUAGE "sql" STABLE
    BEGIN ATOMIC
 SELECT
         CASE
             WHEN "c"."archive" THEN "format"('  insert into data.archive_%1$s (archiver, operation, id, uid, version, deleter, deleted, deleted_source, %2$s) select v_account, %3$L, o.id, o.uid, o.version, o.deleter, o.deleted, o.deleted_source, %4$s from old_rows as o%5$s;'::"text", "c"."id", "meta"."row_columns"("c"."id", ''::"text", false), "archive_statement"."p_operation", "meta"."row_columns"("c"."id", 'o.'::"text", false),
             CASE "archive_statement"."p_operation"
                 WHEN 'D'::"char" THEN ' where o.deleted is null'::"text"
                 ELSE ''::"text"
             END)
             ELSE ''::"text"
         END AS "case"
    FROM "meta"."class" "c"
   WHERE ("c"."id" = "archive_statement"."p_class");
END;
COMMENT ON FUNCTION "meta"."archive_statement"("p_class" bigint, "p_operation" "char") IS 'Part of a generated trigger function: copy old rows to the archive.';
CREATE FUNCTION "meta"."begin_changes"() RETURNS "void"
    LANGUAGE "sql"
    BEGIN ATOMIC
 SELECT "set_config"('pgears.changed_classes'::"text", '{}'::"text", true) AS "set_config";
END;
COMMENT ON FUNCTION "meta"."begin_changes"() IS 'Put off the rebuilding of changed classes until meta.finish_changes() in the same transaction.';
CREATE FUNCTION "meta"."build_archive"("p_class" bigint) RETURNS "void"
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_columns text;
begin
  if to_regclass('data.archive_' || p_class) is not null
    or not (select c.archive from meta.class as c where c.id = p_class)
  then
    return;
  end if;
  select string_agg(
    format(', %I %s', e.physical, e.sql_type)
    || case when cardinality(e.targets) > 1 then format(', %I text', e.physical || '_class') else '' end,
    '' order by e.position
  )
  into v_columns
  from meta.effective_column as e
  where e.class_id = p_class and e.stored;
  execute format(
    $sql$
    create table data.archive_%1$s (
      archived timestamptz not null default now(),
      id bigint not null,
      version bigint not null,
      uid uuid not null,
      created timestamptz not null,
      operation "char" not null,
      archiver text not null default access.current_account(),
      creator text not null,
      created_source text not null,
      modified timestamptz,
      modifier text,
      modified_source text,
      deleted timestamptz,
      deleter text,
      deleted_source text,
      shortdescription text
      %2$s
    )
    $sql$,
    p_class, v_columns
  );
  execute format('create index archive_%1$s_id_idx on data.archive_%1$s (id)', p_class);
  execute format(
    'comment on table data.archive_%s is %L',
    p_class, format('Former rows of class %s with the account and time of the change that ended them.', meta.class_path(p_class))
  );
end;
$_$;
COMMENT ON FUNCTION "meta"."build_archive"("p_class" bigint) IS 'Make data.archive_<id> for a class that keeps an archive.';
CREATE FUNCTION "meta"."build_description"("p_class" bigint) RETURNS "void"
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_expression text;
  v_former text;
begin
  -- A child without a format of its own is described as its parent is.
  select meta.format_expression(p_class, coalesce(min(c.description), ''), true) into v_expression
  from (
    select c.description
    from meta.ancestry as a
    inner join meta.class as c on a.ancestor_id = c.id
    where a.class_id = p_class and c.description <> ''
    order by a.depth
    limit 1
  ) as c;
  if v_expression = (select c.description_sql from meta.class as c where c.id = p_class) then
    return;
  end if;
  select a.attname || '_' || c.description_column into v_former
  from meta.class as c
  inner join pg_attribute as a on a.attrelid = to_regclass('data.datarow_' || c.id) and a.attname = 'shortdescription'
  where c.id = p_class;
  if v_former is not null then
    execute format('alter table data.datarow_%s rename column shortdescription to %I', p_class, v_former);
    insert into meta.dropped_column (class_id, physical) values (p_class, v_former);
  end if;
  execute format(
    'alter table data.datarow_%s add column shortdescription text generated always as (%s) stored',
    p_class, v_expression
  );
  update meta.class as c
  set description_sql = v_expression, description_column = c.description_column + (v_former is not null)::integer
  where c.id = p_class;
end;
$$;
COMMENT ON FUNCTION "meta"."build_description"("p_class" bigint) IS 'Make the generated column shortdescription follow the description format.';
CREATE FUNCTION "meta"."build_functions"("p_class" bigint) RETURNS "void"
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_frame constant text := $sql$
    create or replace function data.%1$s_%2$s()
    returns trigger
    language plpgsql
    volatile
    security definer
    set search_path = pg_catalog, pg_temp
    as $body$
%3$s
    $body$
  $sql$;
  v_class meta.class;
  v_sequence text;
begin
  select c.* into strict v_class from meta.class as c where c.id = p_class;
  select format('data.datarow_%s_id_seq', a.ancestor_id) into v_sequence
  from meta.ancestry as a
  where a.class_id = p_class
  order by a.depth desc
  limit 1;
  execute format(v_frame, 'inserted', p_class, format(
    $sql$
declare
  v_account constant text := access.current_account();
  v_source constant text := core.source();
  v_ids bigint[];
  v_first bigint;
  v_last bigint;
  v_forged boolean;
  v_ring boolean := false;
begin
  if v_source <> 'sql' then perform core.check_source(); end if;
  -- Rows put back by a logical deletion carry "deleted" and are not news: t80 judges them.
  select
    array_agg(n.id),
    min(n.id),
    max(n.id),
    bool_or(
      n.version <> 1 or n.creator <> v_account or n.created <> now() or n.created_source <> v_source
      or n.modifier is not null or n.modified is not null or n.modified_source is not null
    )
  into v_ids, v_first, v_last, v_forged
  from new_rows as n
  where n.deleted is null;
  if v_ids is null then return null; end if;
  if v_forged and v_source <> 'replica' then perform meta.refuse_rows(%1$s); end if;
  if v_last > coalesce(pg_sequence_last_value(%2$L), 0) then perform meta.refuse_id(%1$s, v_last); end if;
  if v_first < 1 then perform meta.refuse_id(%1$s, v_first); end if;
  insert into feed.change (class_id, operation, row_ids, source) values (%1$s, 'I', v_ids, v_source);
%3$s
  if v_ring then perform queue.ring(); end if;
  return null;
end;
    $sql$,
    p_class, v_sequence,
    concat_ws(e'\n', meta.link_statements(p_class, 'inserted'), meta.reference_checks(p_class, 'inserted'), meta.file_checks(p_class, 'inserted'), meta.hook_statements(p_class, 'inserted'))
  ));
  execute format(v_frame, 'updated', p_class, format(
    $sql$
declare
  v_account constant text := access.current_account();
  v_source constant text := core.source();
  v_ids bigint[];
  v_ring boolean := false;
begin
  select array_agg(o.id) into v_ids from old_rows as o;
  if v_ids is null then return null; end if;
  if v_source <> 'sql' then perform core.check_source(); end if;
  if cardinality(v_ids) > 1 then perform access.check_mass(%1$s, 'mass_change', cardinality(v_ids)); end if;
%2$s
  insert into feed.change (class_id, operation, row_ids, source) values (%1$s, 'U', v_ids, v_source);
%3$s
  if v_ring then perform queue.ring(); end if;
  return null;
end;
    $sql$,
    p_class, meta.archive_statement(p_class, 'U'),
    concat_ws(e'\n', meta.link_statements(p_class, 'updated'), meta.reference_checks(p_class, 'updated'), meta.file_checks(p_class, 'updated'), meta.hook_statements(p_class, 'updated'))
  ));
  execute format(v_frame, 'deleted', p_class, format(
    $sql$
declare
  v_account constant text := access.current_account();
  v_source constant text := core.source();
  v_ids bigint[];
  v_uids uuid[];
  v_ring boolean := false;
begin
  select array_agg(o.id), array_agg(o.uid) into v_ids, v_uids from old_rows as o where o.deleted is null;
  if v_ids is null then return null; end if;
  if v_source <> 'sql' then perform core.check_source(); end if;
  if cardinality(v_ids) > 1 then perform access.check_mass(%1$s, 'mass_delete', cardinality(v_ids)); end if;
%2$s
  insert into feed.change (class_id, operation, row_ids, uids, source) values (%1$s, 'D', v_ids, v_uids, v_source);
%3$s
  if v_ring then perform queue.ring(); end if;
  return null;
end;
    $sql$,
    p_class, meta.archive_statement(p_class, 'D'),
    concat_ws(
      e'\n',
      case when v_class.deletion = 'physical' then meta.link_statements(p_class, 'deleted') end,
      case when v_class.deletion = 'physical' then meta.reference_checks(p_class, 'deleted') end,
      case when v_class.deletion = 'physical' then meta.file_checks(p_class, 'deleted') end,
      meta.hook_statements(p_class, 'deleted')
    )
  ));
  execute format(v_frame, 'keep_deleted', p_class, format(
    $sql$
declare
  v_verify boolean;
begin
  -- The first row that fires puts all rows of the statement back, marked as deleted.
  if exists (select from data.datarow_%1$s as r where r.id = old.id) then return null; end if;
  v_verify := meta.check_triggers(tg_relid);
  insert into data.datarow_%1$s (id, uid, version, deleter, deleted, deleted_source, %2$s)
  overriding system value
  select
    o.id,
    o.uid,
    case when o.deleted is null then o.version + 1 else o.version end,
    case when o.deleted is null then access.current_account() else o.deleter end,
    coalesce(o.deleted, now()),
    case when o.deleted is null then core.source() else o.deleted_source end,
    %3$s
  from old_rows as o;
  if v_verify and exists (
    select
    from old_rows as o
    left join data.datarow_%1$s as r on o.id = r.id
    where (r.uid, r.version, r.creator, r.created, r.created_source, r.modifier, r.modified, r.modified_source, r.deleter, r.deleted, r.deleted_source)
      is distinct from (
        o.uid, case when o.deleted is null then o.version + 1 else o.version end, o.creator, o.created, o.created_source,
        o.modifier, o.modified, o.modified_source,
        case when o.deleted is null then access.current_account() else o.deleter end, coalesce(o.deleted, now()),
        case when o.deleted is null then core.source() else o.deleted_source end
      )
  ) then
    perform meta.refuse_loss(%1$s);
  end if;
  return null;
end;
    $sql$,
    p_class, meta.row_columns(p_class, '', true), meta.row_columns(p_class, 'o.', true)
  ));
  execute (
    select string_agg(
      format('revoke all on function data.%1$s_%2$s() from public;', f.name, p_class)
      || format('comment on function data.%1$s_%2$s() is %3$L;', f.name, p_class, f.duty || ' class ' || meta.class_path(p_class) || '. Generated.'),
      ' '
    )
    from (
      values
      ('inserted', 'Trigger function: feed, links and rules of rows inserted into'),
      ('updated', 'Trigger function: archive, feed, links and rules of rows updated in'),
      ('deleted', 'Trigger function: archive, feed and rules of rows deleted from'),
      ('keep_deleted', 'Trigger function: put logically deleted rows back into')
    ) as f (name, duty)
  );
end;
$_$;
COMMENT ON FUNCTION "meta"."build_functions"("p_class" bigint) IS 'Write the generated trigger functions data.*_<id> of a class.';
CREATE FUNCTION "meta"."build_limits"("p_class" bigint) RETURNS "void"
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_expression constant text := meta.limits_expression(p_class);
begin
  if v_expression is not distinct from (select c.limits_sql from meta.class as c where c.id = p_class)
    and (v_expression is not null) = exists (
      select from pg_constraint as k
      where k.conrelid = to_regclass('data.datarow_' || p_class) and k.conname = format('datarow_%s_limits_check', p_class)
    )
  then
    return;
  end if;
  execute format('alter table data.datarow_%1$s drop constraint if exists datarow_%1$s_limits_check', p_class);
  if v_expression is not null then
    execute format(
      'alter table data.datarow_%1$s add constraint datarow_%1$s_limits_check check (%2$s) not valid',
      p_class, v_expression
    );
  end if;
  update meta.class as c
  set limits_sql = v_expression
  where c.id = p_class;
end;
$_$;
COMMENT ON FUNCTION "meta"."build_limits"("p_class" bigint) IS 'Make the check constraint of a class table follow the limits of its columns.';
CREATE FUNCTION "meta"."build_readers"("p_class" bigint) RETURNS "void"
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_view record;
begin
  for v_view in
    select
      'described_' || p_class as name,
      format(
        'select r.id, r.shortdescription from data.datarow_%1$s as r',
        p_class
      ) as query,
      format('grant select (id, shortdescription) on data.datarow_%s to public', p_class) as grants,
      'Short descriptions of class ' || meta.class_path(p_class) || ' for API views of other classes. Generated.' as comment,
      -- After a change of the format the view must leave the former column.
      exists (
        select from pg_depend as d
        inner join pg_rewrite as w on d.objid = w.oid and w.ev_class = to_regclass('data.described_' || p_class)
        inner join pg_attribute as a on d.refobjid = a.attrelid and d.refobjsubid = a.attnum
        where d.classid = 'pg_rewrite'::regclass and d.refclassid = 'pg_class'::regclass
          and d.refobjid = to_regclass('data.datarow_' || p_class) and a.attname = 'shortdescription'
      ) as current
    union all
    select
      format('referring_%s_%s', p_class, e.column_id),
      case
        when e.is_array then format(
          'select l.row_id as id, l.target_id, null::text as target_class from data.link_%2$s as l'
          ' inner join data.datarow_%1$s as r on l.row_id = r.id where r.deleted is null',
          p_class, e.column_id
        )
        else format(
          'select r.id, r.%2$I as target_id, %3$s as target_class from data.datarow_%1$s as r'
          ' where r.deleted is null',
          p_class,
          e.physical,
          case when cardinality(e.targets) > 1 then format('r.%I', e.physical || '_class') else 'null::text' end
        )
      end,
      format('grant select (id, deleted%2$s) on data.datarow_%1$s to public', p_class, case
        when e.is_array then ''
        when cardinality(e.targets) > 1 then format(', %1$I, %2$I', e.physical, e.physical || '_class')
        else format(', %I', e.physical)
      end)
      || case when e.is_array then format('; grant select (row_id, target_id) on data.link_%s to public', e.column_id) else '' end,
      format('Rows of class %s and what their column %s refers to, for API views of other classes. Generated.', meta.class_path(p_class), e.physical),
      to_regclass(format('data.referring_%s_%s', p_class, e.column_id)) is not null
    from meta.effective_column as e
    where e.class_id = p_class and e.type = 'reference' and not e.target_user
  loop
    continue when v_view.current and exists (
      select from pg_class as c
      where c.oid = to_regclass(format('data.%I', v_view.name)) and c.reloptions @> array['security_invoker=true']
    );
    execute format('create or replace view data.%I with (security_invoker = true) as %s', v_view.name, v_view.query);
    execute format('comment on view data.%I is %L', v_view.name, v_view.comment);
    execute format('grant select on data.%I to public', v_view.name);
    execute v_view.grants;
  end loop;
end;
$_$;
COMMENT ON FUNCTION "meta"."build_readers"("p_class" bigint) IS 'Make data.described_<id> and data.referring_<id>_<column> of a class where they are missing or outdated.';
CREATE FUNCTION "meta"."build_row_trigger"("p_class" bigint) RETURNS "void"
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_table constant text := 'data.datarow_' || p_class;
  v_inserted constant text := meta.hook_statements(p_class, 'before_insert');
  v_updated constant text := meta.hook_statements(p_class, 'before_update');
begin
  if v_inserted = '' and v_updated = '' then
    execute format('drop trigger if exists t20_rules on %s', v_table);
    execute format('drop function if exists data.write_%s()', p_class);
    return;
  end if;
  execute format(
    $sql$
    create or replace function data.write_%1$s()
    returns trigger
    language plpgsql
    volatile
    security definer
    set search_path = pg_catalog, pg_temp
    as $body$
begin
  if tg_op = 'INSERT' then
%2$s
    null;
  else
%3$s
    null;
  end if;
  return new;
end;
    $body$
    $sql$,
    p_class, v_inserted, v_updated
  );
  execute format('revoke all on function data.write_%s() from public', p_class);
  execute format(
    'comment on function data.write_%s() is %L',
    p_class, 'Trigger function: rules before writing rows of class ' || meta.class_path(p_class) || '. Generated.'
  );
  execute format('drop trigger if exists t20_rules on %s', v_table);
  execute format(
    'create trigger t20_rules before %s on %s for each row when (new.deleted is null) execute function data.write_%s()',
    concat_ws(' or ', case when v_inserted <> '' then 'insert' end, case when v_updated <> '' then 'update' end), v_table, p_class
  );
end;
$_$;
COMMENT ON FUNCTION "meta"."build_row_trigger"("p_class" bigint) IS 'Make or drop the row trigger t20_rules of a class, as its hooks need it.';
CREATE FUNCTION "meta"."build_system_columns"("p_class" bigint) RETURNS "void"
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
begin
  if exists (
    select from pg_attribute as a
    where a.attrelid = to_regclass('data.datarow_' || p_class) and a.attname = 'uid'
  )
  then
    return;
  end if;
  execute format(
    $sql$
    alter table data.datarow_%1$s
      add column uid uuid not null default %2$s(),
      add column version bigint not null default 1,
      add column created timestamptz not null default now(),
      add column modified timestamptz,
      add column creator text not null default access.current_account(),
      add column created_source text not null default core.source(),
      add column modifier text,
      add column modified_source text,
      add column deleter text,
      add column deleted_source text,
      add constraint datarow_%1$s_uid_key unique (uid)
    $sql$,
    p_class,
    case when to_regprocedure('pg_catalog.uuidv7()') is null then 'core.uuidv7' else 'pg_catalog.uuidv7' end
  );
  perform meta.build_description(p_class);
end;
$_$;
COMMENT ON FUNCTION "meta"."build_system_columns"("p_class" bigint) IS 'Complete the table of a new class with its system columns.';
CREATE FUNCTION "meta"."build_triggers"("p_class" bigint) RETURNS "void"
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_path constant text := meta.class_path(p_class);
  v_table constant text := 'data.datarow_' || p_class;
  v_closed record;
  v_reads_new constant boolean := concat(
    meta.link_statements(p_class, 'updated'), meta.reference_checks(p_class, 'updated'), meta.file_checks(p_class, 'updated'),
    meta.hook_statements(p_class, 'updated')
  ) like '%new_rows%';
  v_event record;
  v_files record;
begin
  -- editable_on_insert: false compares with the default, which the row then must have.
  select
    coalesce(string_agg(format(' or new.%I is distinct from %s', e.physical, meta.default_expression(e.column_id, e.type, e.definition)), '')
      filter (where e.definition ->> 'editable_on_insert' = 'false' and not e.definition ? 'sequence'), '') as insert_test,
    coalesce(jsonb_object_agg(e.physical, e.code) filter (where e.definition ->> 'editable_on_insert' = 'false'), '{}') as insert_codes,
    coalesce(string_agg(format(' or new.%1$I is distinct from old.%1$I', e.physical), '')
      filter (where e.definition ->> 'editable_on_update' = 'false'), '') as update_test,
    coalesce(jsonb_object_agg(e.physical, e.code) filter (where e.definition ->> 'editable_on_update' = 'false'), '{}') as update_codes
  into v_closed
  from meta.effective_column as e
  where e.class_id = p_class and e.stored;
  execute format('create or replace trigger t00_truncate before truncate on %s for each statement execute function meta.refuse_truncate(%L)', v_table, v_path);
  execute format('create or replace trigger t10_stamp before update on %s for each row execute function meta.stamp_row()', v_table);
  execute format(
    $sql$
    create or replace trigger t80_forged_insert after insert on %s for each row
    when (core.source() <> 'replica' and (new.deleted is not null or new.deleter is not null or new.deleted_source is not null %s))
    execute function meta.refuse_forgery(%L, %L)
    $sql$,
    v_table, v_closed.insert_test, v_path, v_closed.insert_codes
  );
  execute format(
    $sql$
    create or replace trigger t80_forged_update after update on %s for each row
    when (core.source() <> 'replica' and (
      new.id <> old.id or new.uid <> old.uid or new.version <> old.version + 1 or new.creator <> old.creator
      or new.created <> old.created or new.created_source <> old.created_source
      or new.modifier is distinct from access.current_account() or new.modified is distinct from now()
      or new.modified_source is distinct from core.source() or new.deleter is distinct from old.deleter
      or new.deleted is distinct from old.deleted or new.deleted_source is distinct from old.deleted_source %s
    ))
    execute function meta.refuse_forgery(%L, %L)
    $sql$,
    v_table, v_closed.update_test, v_path, v_closed.update_codes
  );
  -- Files that a row names must be the writer's to read; a column that is gone lets its triggers go.
  for v_event in
    select t.tgname
    from pg_trigger as t
    where t.tgrelid = v_table::regclass and t.tgname ~ '^t20_file_' and not exists (
      select from meta.effective_column as e
      where e.class_id = p_class and e.type = 'file' and t.tgname like '%\_' || e.physical
    )
  loop
    execute format('drop trigger %I on %s', v_event.tgname, v_table);
  end loop;
  for v_event in
    select
      e.physical,
      format('not access.sees_files(%s)', case when e.is_array then 'new.' || e.physical else format('array[new.%s]', e.physical) end) as test
    from meta.effective_column as e
    where e.class_id = p_class and e.type = 'file'
  loop
    execute format(
      'create or replace trigger t20_file_insert_%1$s before insert on %2$s for each row'
      ' when (new.%1$s is not null and %3$s) execute function access.refuse_file(%4$L)',
      v_event.physical, v_table, v_event.test, v_path
    );
    execute format(
      'create or replace trigger t20_file_update_%1$s before update on %2$s for each row'
      ' when (new.%1$s is distinct from old.%1$s and %3$s) execute function access.refuse_file(%4$L)',
      v_event.physical, v_table, v_event.test, v_path
    );
  end loop;
  for v_event in
    select *
    from (
      values
      ('inserted', 'insert', 'new table as new_rows'),
      -- Keeping the new rows costs an update 5 %: only where something reads them.
      ('updated', 'update', 'old table as old_rows' || case when v_reads_new then ' new table as new_rows' else '' end),
      ('deleted', 'delete', 'old table as old_rows')
    ) as e (name, operation, tables)
  loop
    execute format(
      'create or replace trigger t90_%1$s after %2$s on %3$s referencing %4$s for each statement execute function data.%1$s_%5$s()',
      v_event.name, v_event.operation, v_table, v_event.tables, p_class
    );
  end loop;
  for v_files in
    select e.physical, e.definition ->> 'max_files' as most, e.definition ->> 'over_limit' = 'drop_oldest' as drops
    from meta.effective_column as e
    where e.class_id = p_class and e.type = 'file' and e.is_array
  loop
    if v_files.drops then
      execute format(
        'create or replace trigger t20_newest_%1$s before insert or update on %2$s for each row'
        ' when (cardinality(new.%1$I) > %3$s) execute function meta.keep_newest(%1$L, %3$L)',
        v_files.physical, v_table, v_files.most
      );
    else
      execute format('drop trigger if exists t20_newest_%s on %s', v_files.physical, v_table);
    end if;
  end loop;
  if (select c.deletion from meta.class as c where c.id = p_class) = 'logical' then
    execute format(
      'create or replace trigger "10_keep_deleted" after delete on %s referencing old table as old_rows'
      ' for each row execute function data.keep_deleted_%s()',
      v_table, p_class
    );
  else
    execute format('drop trigger if exists "10_keep_deleted" on %s', v_table);
  end if;
end;
$_$;
COMMENT ON FUNCTION "meta"."build_triggers"("p_class" bigint) IS 'Put the generated triggers on the table of a class.';
CREATE FUNCTION "meta"."check_class_names"("p_file" "jsonb") RETURNS "void"
    LANGUAGE "plpgsql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_model constant text := p_file ->> 'model';
  v_classes constant jsonb := meta.section_of(p_file, 'classes');
  v_known constant text[] := array(select c.code from jsonb_object_keys(v_classes) as c (code) order by c.code);
  v_wrong record;
begin
  with named as (
    select '$.classes.' || c.key || '.parent' as path, c.value ->> 'parent' as name
    from jsonb_each(v_classes) as c
    where c.value ? 'parent'
    union all
    select format('$.classes.%s.columns.%s.class', c.key, k.key), k.value ->> 'class'
    from jsonb_each(v_classes) as c
    cross join jsonb_each(meta.section_of(c.value, 'columns')) as k
    where k.value ? 'class'
    union all
    select format('$.classes.%s.columns.%s.classes', c.key, k.key), n.name
    from jsonb_each(v_classes) as c
    cross join jsonb_each(meta.section_of(c.value, 'columns')) as k
    cross join jsonb_array_elements_text(coalesce(k.value -> 'classes', '[]')) as n (name)
    union all
    select format('$.%s.%s.%s', s.code, d.key, v.key), d.value ->> v.key
    from meta.model_sections() as s
    inner join meta.vocabulary as v on s.place = v.place and v.kind = 'class'
    cross join jsonb_each(meta.section_of(p_file, s.code)) as d
    where d.value ? v.key
  )
  select n.path, n.name into v_wrong
  from named as n
  where
    case
      when n.name not like '%.%' then not v_classes ? n.name
      when starts_with(n.name, v_model || '.') then not v_classes ? substr(n.name, length(v_model) + 2)
      else not exists (select from meta.class_name as c where c.path = n.name)
    end
  order by n.path
  limit 1;
  if found then
    raise exception 'there is no class "%"', v_wrong.name
      using
        errcode = 'PG114',
        detail = v_wrong.path,
        hint = meta.nearest(v_wrong.name, v_known) || 'Name a class of this file by its code, one of another model of the instance by model.class.';
  end if;
  select format('$.classes.%s.columns.%s.column', c.key, k.key) as path, k.value ->> 'class' as class, k.value ->> 'column' as code
  into v_wrong
  from jsonb_each(v_classes) as c
  cross join jsonb_each(meta.section_of(c.value, 'columns')) as k
  cross join lateral (
    select
      case
        when starts_with(k.value ->> 'class', v_model || '.') then substr(k.value ->> 'class', length(v_model) + 2)
        else k.value ->> 'class'
      end as code
  ) as o
  where
    k.value ->> 'type' = 'reverse'
    and v_classes ? o.code
    and coalesce(meta.section_of(v_classes -> o.code, 'columns') -> (k.value ->> 'column') ->> 'type', '') <> 'reference'
  limit 1;
  if found then
    raise exception 'class "%" has no reference "%" of its own', v_wrong.class, v_wrong.code
      using errcode = 'PG106', detail = v_wrong.path, hint = 'Name the column of type reference by which that class refers to this one.';
  end if;
end;
$_$;
COMMENT ON FUNCTION "meta"."check_class_names"("p_file" "jsonb") IS 'Check the classes that a model file names. Raises PG106, PG114.';
CREATE FUNCTION "meta"."check_code"("p_code" "text", "p_what" "text") RETURNS "void"
    LANGUAGE "plpgsql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
begin
  if p_code is null or p_code !~ '^[a-z][a-z0-9_-]*$' then
    raise exception '% code "%" is not valid', p_what, p_code
      using errcode = 'PG101', hint = 'A code begins with a letter a-z and goes on with a-z, 0-9, "_" or "-".';
  end if;
  if octet_length(p_code) > 63 then
    raise exception '% code "%" has % bytes, 63 are possible', p_what, p_code, octet_length(p_code)
      using errcode = 'PG103', hint = 'Names of PostgreSQL end at 63 bytes: choose a shorter code.';
  end if;
  if p_what = 'column' and p_code in (
    'id', 'uid', 'version', 'creator', 'created', 'modifier', 'modified', 'deleter', 'deleted',
    'created_source', 'modified_source', 'deleted_source', 'shortdescription'
  ) then
    raise exception 'column code "%" is reserved for a system column', p_code
      using errcode = 'PG102', hint = 'Every class has this column already; choose another code.';
  end if;
end;
$_$;
COMMENT ON FUNCTION "meta"."check_code"("p_code" "text", "p_what" "text") IS 'Check the code of a model, class, column or query (p_what). Raises PG101 (form), PG102 (reserved), PG103 (too long).';
CREATE FUNCTION "meta"."check_code_at"("p_code" "text", "p_what" "text", "p_path" "text") RETURNS "void"
    LANGUAGE "plpgsql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_hint text;
begin
  perform meta.check_code(p_code, p_what);
exception
  when sqlstate 'PG101' or sqlstate 'PG102' or sqlstate 'PG103' then
    get stacked diagnostics v_hint = pg_exception_hint;
    raise exception '%', sqlerrm
      using errcode = sqlstate, detail = p_path, hint = v_hint;
end;
$$;
COMMENT ON FUNCTION "meta"."check_code_at"("p_code" "text", "p_what" "text", "p_path" "text") IS 'Check a code; p_path goes into the errors. Raises PG101, PG102, PG103.';
CREATE FUNCTION "meta"."check_column"("p_code" "text", "p_definition" "jsonb", "p_path" "text") RETURNS "void"
    LANGUAGE "plpgsql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_type constant text := p_definition ->> 'type';
  v_wrong record;
begin
  perform meta.check_code(p_code, 'column');
  perform meta.check_literal(p_definition, l.key, p_path) from (values ('default'), ('min'), ('max')) as l (key) where p_definition ? l.key;
  perform meta.check_pattern(p_definition ->> 'pattern', p_path || '.pattern');
  select c.* into v_wrong
  from (
    values
    (
      v_type in ('integer', 'decimal', 'date', 'timestamp') and meta.is_above(v_type, p_definition ->> 'min', p_definition ->> 'max'),
      'min', '"min" is above "max"', 'No value could be both.'
    ),
    ((p_definition ->> 'min_length')::numeric < 0, 'min_length', '"min_length" is below 0', 'Leave it out, or give a number from 0.'),
    ((p_definition ->> 'max_length')::numeric < 1, 'max_length', '"max_length" is below 1', 'Leave it out, or give a number from 1.'),
    (
      (p_definition ->> 'min_length')::numeric > coalesce((p_definition ->> 'max_length')::numeric, case when v_type = 'text' then 255 end),
      'min_length', '"min_length" is above "max_length"', 'A text has at most 255 characters unless "max_length" says otherwise.'
    ),
    (
      p_definition ? 'pattern_message' and not p_definition ? 'pattern',
      'pattern_message', '"pattern_message" has no "pattern"', 'Add the pattern that it speaks about, or leave it out.'
    ),
    (
      p_definition ? 'sequence' and p_definition ? 'default',
      'default', '"default" and "sequence" exclude each other', 'New rows take their number from the sequence.'
    ),
    (
      v_type <> 'integer' and p_definition ->> 'sequence' !~ '^[^{}]*\{#(:0{1,18})?\}[^{}]*$',
      'sequence', '"sequence" has no place for the number', 'Write {#} or {#:000000} once, such as "T{#:000000}".'
    ),
    (
      v_type = 'integer' and p_definition ->> 'sequence' <> '{#}',
      'sequence', 'the sequence of an integer is "{#}"', 'For a number with letters or leading zeros take a column of type text.'
    ),
    (
      (p_definition ->> 'localized')::boolean and p_definition ?| array['default', 'sequence', 'pattern', 'min_length', 'max_length'],
      'localized', 'a localised text has no default, sequence, pattern or length', 'Leave these out, or leave "localized" out.'
    ),
    (
      v_type = 'reference' and (select count(*) from unnest(array['class', 'classes', 'target']) as k (key) where p_definition ? k.key) <> 1,
      'type', 'a reference has one of "class", "classes" and "target"', 'Say what it refers to: class: code, classes: [code, code] or target: user.'
    ),
    (
      jsonb_array_length(p_definition -> 'classes') < 2,
      'classes', '"classes" has less than two classes', 'Write class: code for a reference to one class.'
    ),
    (
      p_definition ? 'classes' and (p_definition ->> 'multiple')::boolean,
      'multiple', 'a reference to several classes has a single value', 'Take a reference of each class, or leave "multiple" out.'
    ),
    (
      v_type = 'reverse' and not p_definition ?& array['class', 'column'],
      'type', 'a reverse reference has "class" and "column"', 'Name the class and its column that refers to this class.'
    ),
    (
      p_definition ?| array['max_files', 'over_limit'] and not coalesce((p_definition ->> 'multiple')::boolean, false),
      'max_files', 'a number of files belongs to a column with several', 'Add "multiple: true", or leave it out.'
    ),
    ((p_definition ->> 'max_files')::numeric < 1, 'max_files', '"max_files" is below 1', 'Leave it out, or give a number from 1.'),
    (
      p_definition ->> 'over_limit' = 'drop_oldest' and not p_definition ? 'max_files',
      'over_limit', '"over_limit" has no "max_files"', 'Say how many files are kept.'
    ),
    (
      p_definition ->> 'max_size' !~* '^\s*[0-9]+(\.[0-9]+)?\s*(bytes|b|kb|mb|gb)?\s*$',
      'max_size', '"max_size" is no size', 'Write a number with a unit, such as 10 MB.'
    ),
    (
      v_type = 'calculated' and not p_definition ?& array['sql', 'result'],
      'type', 'a calculated column has "sql" and "result"', 'Give the SQL, and the type of what it gives.'
    )
  ) as c (wrong, key, message, hint)
  where c.wrong
  limit 1;
  if found then
    raise exception 'column "%": %', p_code, v_wrong.message
      using errcode = 'PG113', detail = p_path || '.' || v_wrong.key, hint = v_wrong.hint;
  end if;
  perform meta.check_default(p_definition, p_path);
end;
$_$;
COMMENT ON FUNCTION "meta"."check_column"("p_code" "text", "p_definition" "jsonb", "p_path" "text") IS 'Check that the keys of a column go together; p_path goes into the errors. Raises PG101 to PG103, PG111, PG113.';
CREATE FUNCTION "meta"."check_column_name"("p_class" bigint, "p_code" "text") RETURNS "void"
    LANGUAGE "plpgsql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_other text;
begin
  perform meta.check_code(p_code, 'column');
  with owner as materialized (
    select distinct unnest(array_prepend(c.id, c.ancestors)) as id
    from meta.class as c
    where c.id = p_class or p_class = any (c.ancestors)
  )
  select meta.class_path(k.class_id) || '.' || k.code into v_other
  from owner as o
  inner join meta.class_column as k on o.id = k.class_id
  where k.code = p_code
    or p_code in (k.code || '__text', k.code || '__class')
    or k.code in (p_code || '__text', p_code || '__class')
  limit 1;
  if v_other is not null then
    raise exception 'column code "%" collides with column %', p_code, v_other
      using errcode = 'PG105', hint = 'Choose another code; <code>__text and <code>__class belong to references.';
  end if;
  if octet_length(p_code) > 56 then
    raise exception 'column code "%" has % bytes; with "__class" it would pass 63', p_code, octet_length(p_code)
      using errcode = 'PG103', hint = 'Choose a code of at most 56 bytes.';
  end if;
end;
$$;
COMMENT ON FUNCTION "meta"."check_column_name"("p_class" bigint, "p_code" "text") IS 'Check a new column code of a class. Raises PG101, PG102, PG103, PG105.';
CREATE FUNCTION "meta"."check_column_names"("p_file" "jsonb") RETURNS "void"
    LANGUAGE "plpgsql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_wrong record;
begin
  select f.code, f.path into v_wrong
  from meta.file_columns(p_file) as f
  where octet_length(f.code) > 56 and f.path is not null
  limit 1;
  if found then
    raise exception 'column code "%" has % bytes; with "__class" it would pass 63', v_wrong.code, octet_length(v_wrong.code)
      using errcode = 'PG103', detail = v_wrong.path, hint = 'Choose a code of at most 56 bytes.';
  end if;
  with column_name as (
    select f.class_code, f.owner_code, f.code, f.path, f.code || s.suffix as name
    from meta.file_columns(p_file) as f
    cross join (values (''), ('__text'), ('__class')) as s (suffix)
  )
  select a.code, a.path, b.owner_code || '.' || b.code as other into v_wrong
  from column_name as a
  inner join column_name as b on a.class_code = b.class_code and a.name = b.name and (a.owner_code, a.code) <> (b.owner_code, b.code)
  where a.path is not null and a.name = a.code and a.class_code = a.owner_code
  order by a.path
  limit 1;
  if found then
    raise exception 'column code "%" collides with column %', v_wrong.code, v_wrong.other
      using errcode = 'PG105', detail = v_wrong.path, hint = 'Choose another code; <code>__text and <code>__class belong to references.';
  end if;
end;
$$;
COMMENT ON FUNCTION "meta"."check_column_names"("p_file" "jsonb") IS 'Check the column codes of a model file against one another. Raises PG103, PG105.';
CREATE FUNCTION "meta"."check_default"("p_definition" "jsonb", "p_path" "text") RETURNS "void"
    LANGUAGE "plpgsql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_type constant text := p_definition ->> 'type';
  v_default constant text := p_definition ->> 'default';
  v_limit text;
begin
  if v_default is null or v_default in ('today', 'now') then
    return;
  end if;
  v_limit := case
    when meta.is_above(v_type, p_definition ->> 'min', v_default) then 'min'
    when meta.is_above(v_type, v_default, p_definition ->> 'max') then 'max'
    when char_length(v_default) < (p_definition ->> 'min_length')::numeric then 'min_length'
    when char_length(v_default) > coalesce((p_definition ->> 'max_length')::numeric, case when v_type = 'text' then 255 end) then 'max_length'
    when v_default !~ (p_definition ->> 'pattern') then 'pattern'
    when v_type = 'colour' and v_default !~ '^#[0-9a-fA-F]{6}$' then 'type'
  end;
  if v_limit is not null then
    raise exception 'the default "%" breaks "%" of its own column', left(v_default, 60), v_limit
      using errcode = 'PG113', detail = p_path || '.default', hint = 'Choose a default within the limits; a colour is written #1a2b3c.';
  end if;
end;
$_$;
COMMENT ON FUNCTION "meta"."check_default"("p_definition" "jsonb", "p_path" "text") IS 'Check the default of a column against its limits. Raises PG113.';
CREATE FUNCTION "meta"."check_definition"("p_place" "text", "p_definition" "jsonb", "p_path" "text") RETURNS "void"
    LANGUAGE "plpgsql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_known constant text[] := array(select v.key from meta.vocabulary as v where v.place = p_place order by v.position);
  v_key text;
  v_word record;
begin
  if jsonb_typeof(p_definition) is distinct from 'object' then
    raise exception 'the definition of a % is a list of keys and values', p_place
      using errcode = 'PG111', detail = p_path, hint = 'Known keys: ' || array_to_string(v_known, ', ') || '.';
  end if;
  select d.key into v_key from jsonb_object_keys(p_definition) as d (key) where d.key <> all (v_known) order by d.key limit 1;
  if v_key is not null then
    raise exception 'unknown key "%" of a %', v_key, p_place
      using
        errcode = 'PG110',
        detail = p_path || '.' || v_key,
        hint = meta.nearest(v_key, v_known) || 'Known keys: ' || array_to_string(v_known, ', ') || '.';
  end if;
  for v_word in
    select v.*, k.phrase, k.test, p_definition -> v.key as value
    from meta.vocabulary as v
    inner join meta.value_kind as k on v.kind = k.kind
    where v.place = p_place and (v.required or p_definition ? v.key)
    order by v.position
  loop
    if v_word.value is null then
      raise exception 'the key "%" is missing', v_word.key
        using errcode = 'PG112', detail = p_path, hint = v_word.note || ' It takes ' || v_word.phrase || '.';
    elsif not coalesce(jsonb_path_match(v_word.value, v_word.test, silent => true), false) then
      if v_word.kind = 'later' then
        raise exception 'the section "%" is not supported by this version', v_word.key
          using errcode = 'PG120', detail = p_path || '.' || v_word.key, hint = 'Leave the section out or empty, or upgrade pgears.';
      end if;
      raise exception '"%" is %, not %', v_word.key, v_word.phrase, left(v_word.value::text, 60)
        using errcode = 'PG111', detail = p_path || '.' || v_word.key, hint = v_word.note;
    elsif v_word.value #>> '{}' <> all (v_word.choices) then
      raise exception '"%" cannot be "%"', v_word.key, v_word.value #>> '{}'
        using
          errcode = 'PG111',
          detail = p_path || '.' || v_word.key,
          hint = meta.nearest(v_word.value #>> '{}', v_word.choices) || 'Choose one of ' || array_to_string(v_word.choices, ', ') || '.';
    elsif p_definition ->> 'type' <> all (v_word.column_types) then
      raise exception 'a column of type % has no "%"', p_definition ->> 'type', v_word.key
        using
          errcode = 'PG113',
          detail = p_path || '.' || v_word.key,
          hint = 'Leave it out; columns of these types have it: ' || array_to_string(v_word.column_types, ', ') || '.';
    end if;
  end loop;
end;
$$;
COMMENT ON FUNCTION "meta"."check_definition"("p_place" "text", "p_definition" "jsonb", "p_path" "text") IS 'Check a definition at a place of meta.vocabulary; p_path goes into the errors. Raises PG110 to PG113, PG120.';
CREATE FUNCTION "meta"."check_descriptions"("p_file" "jsonb") RETURNS "void"
    LANGUAGE "plpgsql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_class record;
  v_hint text;
begin
  for v_class in
    select m.class_id, m.code, m.definition ->> 'description' as description
    from meta.class_matches(p_file) as m
    where m.definition ->> 'description' <> ''
  loop
    begin
      perform meta.format_expression(v_class.class_id, v_class.description, true);
    exception
      when sqlstate 'PG106' or sqlstate 'PG111' then
        get stacked diagnostics v_hint = pg_exception_hint;
        raise exception '%', sqlerrm
          using errcode = sqlstate, detail = format('$.classes.%s.description', v_class.code), hint = v_hint;
    end;
  end loop;
end;
$_$;
COMMENT ON FUNCTION "meta"."check_descriptions"("p_file" "jsonb") IS 'Check the description formats of a model file whose columns are there. Raises PG106, PG111.';
CREATE FUNCTION "meta"."check_files"("p_class" bigint, "p_column" bigint, "p_files" bigint[]) RETURNS "void"
    LANGUAGE "plpgsql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_column meta.class_column;
  v_path text;
  v_wrong record;
begin
  if coalesce(cardinality(p_files), 0) = 0 then
    return;
  end if;
  select k.* into strict v_column from meta.class_column as k where k.id = p_column;
  v_path := meta.class_path(p_class) || '.' || v_column.code;
  select
    f.name,
    case
      when v_column.definition ? 'suffixes' and not coalesce(x.allowed, false) then 'has none of the suffixes that the column takes'
      when x.blocked then 'has a suffix that is blocked here'
      else format('is larger than %s', v_column.definition ->> 'max_size')
    end as reason
  into v_wrong
  from core.file as f
  cross join lateral (select lower(substring(f.name from '[.]([^.]+)$')) as suffix) as s
  cross join lateral (
    select
      (select bool_or(lower(ltrim(a.suffix, '.')) = s.suffix) from jsonb_array_elements_text(v_column.definition -> 'suffixes') as a (suffix)) as allowed
  ) as a
  cross join lateral (
    select
      a.allowed,
      exists (
        select
        from core.setting as g
        cross join lateral jsonb_array_elements_text(g.value) as b (entry)
        cross join lateral (select split_part(b.entry, ':', 1) as suffix, split_part(b.entry, ':', 2) as place) as e
        where g.code = 'files.blocked'
          and e.suffix = s.suffix
          and case e.place
            when '' then true
            when '*' then not coalesce(a.allowed, false)
            else v_path = e.place or starts_with(v_path, e.place || '.')
          end
      ) as blocked
  ) as x
  where f.id = any (p_files)
    and (
      (v_column.definition ? 'suffixes' and not coalesce(x.allowed, false))
      or x.blocked
      or f.size > pg_size_bytes(v_column.definition ->> 'max_size')
    )
  order by f.id
  limit 1;
  if found then
    raise exception '%: the file "%" %', v_path, v_wrong.name, v_wrong.reason
      using errcode = 'PG431', hint = 'The column''s suffixes and max_size, and core.set_blocked_suffixes(), say what is taken.';
  end if;
end;
$_$;
COMMENT ON FUNCTION "meta"."check_files"("p_class" bigint, "p_column" bigint, "p_files" bigint[]) IS 'Check files for a column of a class. Raises PG431.';
CREATE FUNCTION "meta"."check_fixed"("p_file" "jsonb") RETURNS "void"
    LANGUAGE "plpgsql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_model constant text := p_file ->> 'model';
  v_renames jsonb;
  v_wrong record;
begin
  select coalesce(jsonb_object_agg(m.former, m.code), '{}') into v_renames
  from meta.class_matches(p_file) as m
  where m.former is not null;
  select m.code, o.definition ->> 'parent' as parent into v_wrong
  from meta.class_matches(p_file) as m
  cross join meta.normal_definition('class', meta.class_definition(m.class_id), v_model, v_renames) as o (definition)
  where
    m.class_id is not null
    and o.definition ->> 'parent' is distinct from meta.normal_definition('class', m.definition, v_model) ->> 'parent'
  limit 1;
  if found then
    raise exception 'the parent of class "%" cannot change; it is %', v_wrong.code, coalesce('"' || v_wrong.parent || '"', 'none')
      using
        errcode = 'PG116',
        detail = format('$.classes.%s', v_wrong.code) || case when p_file #> array['classes', v_wrong.code] ? 'parent' then '.parent' else '' end,
        hint = 'Make a new class with that parent and move the rows.';
  end if;
  select m.class_code, m.code, k.type, meta.column_sql_type(k.type, k.definition) as stored into v_wrong
  from meta.column_matches(p_file) as m
  inner join meta.class_column as k on m.column_id = k.id
  where
    (
      m.definition ->> 'type', meta.column_sql_type(m.definition ->> 'type', m.definition), m.definition ->> 'target',
      m.definition ? 'sequence', m.definition ? 'classes'
    )
    is distinct from
    (
      k.type, meta.column_sql_type(k.type, k.definition), k.definition ->> 'target',
      k.definition ? 'sequence', (select count(*) > 1 from meta.column_target as t where t.column_id = k.id)
    )
  limit 1;
  if found then
    raise exception 'the type of column "%" cannot change; it is %, stored as %', v_wrong.code, v_wrong.type, coalesce(v_wrong.stored, 'nothing')
      using
        errcode = 'PG116',
        detail = format('$.classes.%s.columns.%s.type', v_wrong.class_code, v_wrong.code),
        hint = 'Add a column of the new type, copy the values, then drop this one.';
  end if;
end;
$_$;
COMMENT ON FUNCTION "meta"."check_fixed"("p_file" "jsonb") IS 'Check that a model file leaves parents and types as they are. Raises PG116.';
CREATE FUNCTION "meta"."check_inheritance"("p_file" "jsonb") RETURNS "void"
    LANGUAGE "plpgsql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_circle text[];
begin
  with recursive named as (
    select
      c.key as code,
      case
        when starts_with(c.value ->> 'parent', (p_file ->> 'model') || '.') then split_part(c.value ->> 'parent', '.', 2)
        else c.value ->> 'parent'
      end as parent
    from jsonb_each(meta.section_of(p_file, 'classes')) as c
  ),
  walked (start, code, way, closed) as (
    select n.code, n.parent, array[n.code], n.code = n.parent
    from named as n
    where n.parent is not null
    union all
    select w.start, n.parent, w.way || n.code, w.start = n.parent
    from walked as w
    inner join named as n on w.code = n.code
    where not w.closed and n.code <> all (w.way) and n.parent is not null
  )
  select w.way || w.code into v_circle
  from walked as w
  where w.closed
  order by w.start
  limit 1;
  if v_circle is not null then
    raise exception 'class "%" inherits from itself: %', v_circle[1], array_to_string(v_circle, ' -> ')
      using
        errcode = 'PG115',
        detail = format('$.classes.%s.parent', v_circle[1]),
        hint = 'Take the parent off one of these classes.';
  end if;
end;
$_$;
COMMENT ON FUNCTION "meta"."check_inheritance"("p_file" "jsonb") IS 'Check that the classes of a model file inherit without a circle. Raises PG115.';
CREATE FUNCTION "meta"."check_joined_names"("p_file" "jsonb") RETURNS "void"
    LANGUAGE "plpgsql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_model constant text := p_file ->> 'model';
  v_wrong record;
begin
  with named as (
    select v_model || '_' || c.key || s.suffix as name, format('class %s.%s', v_model, c.key) as owner, '$.classes.' || c.key as path
    from jsonb_each(meta.section_of(p_file, 'classes')) as c
    cross join (values (''), ('_all')) as s (suffix)
    union all
    select v_model || '_' || q.key, format('query %s.%s', v_model, q.key), '$.queries.' || q.key
    from jsonb_each(meta.section_of(p_file, 'queries')) as q
    union all
    select m.code || '_' || c.code || s.suffix, format('class %s.%s', m.code, c.code), null
    from meta.class as c
    inner join meta.model as m on c.model_id = m.id
    cross join (values (''), ('_all')) as s (suffix)
    where m.code <> v_model
    union all
    select m.code || '_' || q.code, format('query %s.%s', m.code, q.code), null
    from meta.query as q
    inner join meta.model as m on q.model_id = m.id
    where m.code <> v_model
  )
  select n.name, string_agg(n.owner, ' and ' order by n.owner) as owners, max(n.path) as path into v_wrong
  from named as n
  group by n.name
  having (count(*) > 1 or octet_length(n.name) > 63) and max(n.path) is not null
  order by n.name
  limit 1;
  if not found then
    return;
  end if;
  if octet_length(v_wrong.name) > 63 then
    raise exception 'the API view "%" of % would have % bytes, 63 are possible', v_wrong.name, v_wrong.owners, octet_length(v_wrong.name)
      using errcode = 'PG103', detail = v_wrong.path, hint = 'Model, "_", class and "_all" make the name: choose shorter codes.';
  end if;
  raise exception '% would both be shown as API view "%"', v_wrong.owners, v_wrong.name
    using errcode = 'PG104', detail = v_wrong.path, hint = 'Change the code of one of them.';
end;
$_$;
COMMENT ON FUNCTION "meta"."check_joined_names"("p_file" "jsonb") IS 'Check the names of API views that a model file leads to. Raises PG103, PG104.';
CREATE FUNCTION "meta"."check_keys"("p_file" "jsonb") RETURNS "void"
    LANGUAGE "plpgsql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_wrong record;
begin
  with file_column as materialized (
    select f.class_code, f.code
    from meta.file_columns(p_file) as f
    where f.definition ->> 'type' <> 'reverse' and not coalesce((f.definition ->> 'multiple')::boolean, false)
  )
  select c.key as class, n.code into v_wrong
  from jsonb_each(meta.section_of(p_file, 'classes')) as c
  cross join jsonb_array_elements(coalesce(c.value -> 'keys', '[]')) as k (codes)
  cross join jsonb_array_elements_text(k.codes) as n (code)
  where not exists (select from file_column as f where f.class_code = c.key and f.code = n.code)
  limit 1;
  if found then
    raise exception 'a natural key of "%" names the column "%"', v_wrong.class, v_wrong.code
      using
        errcode = 'PG106',
        detail = format('$.classes.%s.keys', v_wrong.class),
        hint = 'Keys are lists of codes of stored columns of the class with single values.';
  end if;
end;
$_$;
COMMENT ON FUNCTION "meta"."check_keys"("p_file" "jsonb") IS 'Check the natural keys of a model file. Raises PG106.';
CREATE FUNCTION "meta"."check_languages"("p_file" "jsonb") RETURNS "void"
    LANGUAGE "plpgsql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_code text;
begin
  select l.code into v_code
  from jsonb_array_elements_text(coalesce(p_file -> 'languages', '[]')) as l (code)
  where l.code !~ '^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$'
  limit 1;
  if v_code is not null then
    raise exception '"%" is no code of a language', v_code
      using errcode = 'PG111', detail = '$.languages', hint = 'Write en, de, cs or such; with a region pt-BR.';
  end if;
end;
$_$;
COMMENT ON FUNCTION "meta"."check_languages"("p_file" "jsonb") IS 'Check the languages of a model file. Raises PG111.';
CREATE FUNCTION "meta"."check_literal"("p_definition" "jsonb", "p_key" "text", "p_path" "text") RETURNS "void"
    LANGUAGE "plpgsql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_type constant text := p_definition ->> 'type';
  v_sql_type constant text := meta.column_sql_type(v_type, p_definition);
  v_value constant text := p_definition ->> p_key;
  v_kind constant text := jsonb_typeof(p_definition -> p_key);
  v_wanted constant text := case v_type when 'integer' then 'number' when 'decimal' then 'number' when 'boolean' then 'boolean' else 'string' end;
begin
  if v_kind <> v_wanted then
    raise exception '"%" of a column of type % is %', p_key, v_type,
      case v_wanted when 'number' then 'a number' when 'boolean' then 'true or false' else 'a text' end
      using
        errcode = 'PG111',
        detail = p_path || '.' || p_key,
        hint = case v_wanted when 'string' then 'Put it in quotes.' else 'Write it without quotes.' end;
  end if;
  if v_sql_type = 'jsonb' or (v_value = 'today' and v_type = 'date') or (v_value = 'now' and v_type = 'timestamp') then
    return;
  end if;
  begin
    execute format('select %L::%s', v_value, v_sql_type);
  exception
    when data_exception then
      raise exception '"%" is no value of type %: %', p_key, v_type, v_value
        using errcode = 'PG111', detail = p_path || '.' || p_key, hint = 'Dates are written 2026-01-31, timestamps with zone 2026-01-31 12:00+00.';
  end;
  if v_type in ('date', 'timestamp') and v_value !~ '^\d{4}-\d\d-\d\d' then
    raise exception '"%" is no fixed %: %', p_key, v_type, v_value
      using errcode = 'PG111', detail = p_path || '.' || p_key, hint = 'Dates are written 2026-01-31, timestamps with zone 2026-01-31 12:00+00.';
  end if;
end;
$$;
COMMENT ON FUNCTION "meta"."check_literal"("p_definition" "jsonb", "p_key" "text", "p_path" "text") IS 'Check default, min or max of a column against its type. Raises PG111.';
CREATE FUNCTION "meta"."check_model"("p_file" "jsonb") RETURNS "void"
    LANGUAGE "plpgsql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_item record;
begin
  perform meta.check_definition('file', p_file, '$');
  perform meta.check_code_at(p_file ->> 'model', 'model', '$.model');
  perform meta.check_languages(p_file);
  perform meta.check_parameters(p_file);
  for v_item in
    select c.key as code, c.value as definition, '$.classes.' || c.key as path
    from jsonb_each(meta.section_of(p_file, 'classes')) as c
  loop
    perform meta.check_code_at(v_item.code, 'class', v_item.path);
    perform meta.check_definition('class', v_item.definition, v_item.path);
  end loop;
  for v_item in
    select k.key as code, k.value as definition, format('$.classes.%s.columns.%s', c.key, k.key) as path
    from jsonb_each(meta.section_of(p_file, 'classes')) as c
    cross join jsonb_each(meta.section_of(c.value, 'columns')) as k
  loop
    perform meta.check_code_at(v_item.code, 'column', v_item.path);
    perform meta.check_definition('column', v_item.definition, v_item.path);
    perform meta.check_column(v_item.code, v_item.definition, v_item.path);
  end loop;
  perform meta.check_sections(p_file);
  perform meta.check_inheritance(p_file);
  perform meta.check_class_names(p_file);
  perform meta.check_column_names(p_file);
  perform meta.check_keys(p_file);
  perform meta.check_joined_names(p_file);
  perform meta.check_renames(p_file);
  perform meta.check_fixed(p_file);
end;
$_$;
COMMENT ON FUNCTION "meta"."check_model"("p_file" "jsonb") IS 'Check a model file. Raises PG101 to PG106, PG110 to PG116, PG120, PG123.';
CREATE FUNCTION "meta"."check_parameters"("p_file" "jsonb") RETURNS "void"
    LANGUAGE "plpgsql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_code text;
begin
  select p.code into v_code
  from jsonb_object_keys(meta.section_of(p_file, 'parameters')) as p (code)
  where p.code !~ '^[a-z0-9_.-]+$'
  limit 1;
  if v_code is not null then
    raise exception 'parameter code "%" is not valid', v_code
      using errcode = 'PG101', detail = '$.parameters.' || v_code, hint = 'A parameter code has a-z, 0-9, "_", "-" and ".".';
  end if;
end;
$_$;
COMMENT ON FUNCTION "meta"."check_parameters"("p_file" "jsonb") IS 'Check the parameters of a model file. Raises PG101.';
CREATE FUNCTION "meta"."check_pattern"("p_pattern" "text", "p_path" "text") RETURNS "void"
    LANGUAGE "plpgsql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  perform '' ~ p_pattern;
exception
  when invalid_regular_expression then
    raise exception 'the pattern "%" is not valid: %', p_pattern, sqlerrm
      using errcode = 'PG111', detail = p_path, hint = 'Write a regular expression of PostgreSQL; "\" goes before a sign that stands for itself.';
end;
$$;
COMMENT ON FUNCTION "meta"."check_pattern"("p_pattern" "text", "p_path" "text") IS 'Check a regular expression. Raises PG111.';
CREATE FUNCTION "meta"."check_query"("p_name" "text", "p_select" "text") RETURNS "void"
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_cursor refcursor;
begin
  open v_cursor for execute p_select;
  close v_cursor;
exception
  when undefined_table or undefined_column then
    raise;
  when others then
    raise exception 'query "%" does not compile: %', p_name, sqlerrm
      using errcode = 'PG119', hint = 'Write one SELECT; name classes as {{class.code}} and their columns by code.';
end;
$$;
COMMENT ON FUNCTION "meta"."check_query"("p_name" "text", "p_select" "text") IS 'Check the SQL of a query. Raises PG119, or undefined_table and undefined_column.';
CREATE FUNCTION "meta"."check_renames"("p_file" "jsonb") RETURNS "void"
    LANGUAGE "plpgsql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_wrong record;
begin
  with recursive definition as (
    select '' as place, c.key as code, c.value ->> 'renamed_from' as former, '$.classes.' || c.key as path
    from jsonb_each(meta.section_of(p_file, 'classes')) as c
    union all
    select c.key, k.key, k.value ->> 'renamed_from', format('$.classes.%s.columns.%s', c.key, k.key)
    from jsonb_each(meta.section_of(p_file, 'classes')) as c
    cross join jsonb_each(meta.section_of(c.value, 'columns')) as k
  ),
  walked (place, start, code, path, way) as (
    select d.place, d.code, d.former, d.path, array[d.code]
    from definition as d
    where d.former is not null
    union all
    select w.place, w.start, d.former, w.path, w.way || d.code
    from walked as w
    inner join definition as d on w.place = d.place and w.code = d.code
    where w.code <> all (w.way) and d.former is not null
  )
  select w.start as code, w.path || '.renamed_from' as path, array_to_string(w.way || w.code, ' from ') as way into v_wrong
  from walked as w
  where w.code = w.start
  order by w.path
  limit 1;
  if found then
    raise exception 'codes are renamed in a circle: %, which would look the same before and after', v_wrong.way
      using
        errcode = 'PG123', detail = v_wrong.path,
        hint = format('Apply a file in which "%s" has a third code, then one in which the other has its new code, then one that gives "%s" its own.', v_wrong.code, v_wrong.code);
  end if;
  with renamed as (
    select '' as place, m.code, m.former, format('$.classes.%s.renamed_from', m.code) as path,
      meta.section_of(p_file, 'classes') ? m.former as kept
    from meta.class_matches(p_file) as m
    where m.former is not null
    union all
    select k.class_code, k.code, k.former, format('$.classes.%s.columns.%s.renamed_from', k.class_code, k.code),
      meta.section_of(p_file #> array['classes', k.class_code], 'columns') ? k.former
    from meta.column_matches(p_file) as k
    where k.former is not null
  )
  select r.code, r.former, r.path into v_wrong
  from renamed as r
  where r.kept or exists (select from renamed as o where o.place = r.place and o.former = r.former and o.code < r.code)
  order by r.path
  limit 1;
  if found then
    raise exception '"%" cannot be renamed from "%", which the file has elsewhere', v_wrong.code, v_wrong.former
      using errcode = 'PG123', detail = v_wrong.path, hint = 'Name a former code once and leave it out of the file; to use it for another, rename first and apply twice.';
  end if;
end;
$_$;
COMMENT ON FUNCTION "meta"."check_renames"("p_file" "jsonb") IS 'Check the keys renamed_from of a model file. Raises PG123.';
CREATE FUNCTION "meta"."check_sections"("p_file" "jsonb") RETURNS "void"
    LANGUAGE "plpgsql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_section record;
  v_item record;
begin
  for v_section in
    select v.key as code, s.place
    from meta.vocabulary as v
    left join meta.model_sections() as s on v.key = s.code
    where v.place = 'file' and v.kind = 'section' and v.key <> 'classes'
    order by v.position
  loop
    for v_item in
      select d.key as code, d.value as definition, format('$.%s.%s', v_section.code, d.key) as path
      from jsonb_each(meta.section_of(p_file, v_section.code)) as d
    loop
      if v_section.place is null then
        raise exception 'the section "%" is not supported by this version', v_section.code
          using errcode = 'PG120', detail = '$.' || v_section.code, hint = 'Leave the section out or empty, or upgrade pgears.';
      end if;
      perform meta.check_code_at(v_item.code, v_section.place, v_item.path);
      perform meta.check_definition(v_section.place, v_item.definition, v_item.path);
    end loop;
  end loop;
end;
$_$;
COMMENT ON FUNCTION "meta"."check_sections"("p_file" "jsonb") IS 'Check what a model file has beside classes. Raises PG101, PG103, PG110 to PG112, PG120.';
CREATE FUNCTION "meta"."check_triggers"("p_table" "oid") RETURNS boolean
    LANGUAGE "plpgsql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_foreign text;
  v_before boolean;
begin
  -- Bits of tgtype: 1 row, 2 before, 4 insert.
  select
    min(format('trigger %I, function %s of %I', t.tgname, t.tgfoid::regprocedure, o.rolname))
      filter (where p.proowner <> c.relowner and not p.prosecdef and not o.rolsuper),
    coalesce(bool_or(t.tgtype & 3 = 3), false)
  into v_foreign, v_before
  from pg_trigger as t
  inner join pg_class as c on t.tgrelid = c.oid
  inner join pg_proc as p on t.tgfoid = p.oid
  inner join pg_roles as o on p.proowner = o.oid
  where t.tgrelid = p_table and not t.tgisinternal and t.tgenabled <> 'D' and t.tgtype & 4 = 4;
  if v_foreign is not null then
    raise exception 'a trigger of another owner would run with the rights of the system'
      using
        errcode = 'PG140',
        detail = v_foreign,
        hint = 'Make its function "security definer", or give the function to the owner of the class table, who then vouches for it.';
  end if;
  return v_before;
end;
$$;
COMMENT ON FUNCTION "meta"."check_triggers"("p_table" "oid") IS 'Whether the table has row triggers of others before insert. Raises PG140 when one would borrow the rights of the owner.';
CREATE FUNCTION "meta"."check_unused_class"("p_class" bigint) RETURNS "void"
    LANGUAGE "plpgsql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_users text;
begin
  select string_agg(u.name, ', ' order by u.name) into v_users
  from (
    select format('column %s of %s', k.code, meta.class_path(k.class_id)) as name
    from meta.column_target as t
    inner join meta.class_column as k on t.column_id = k.id
    where t.class_id = p_class and k.class_id <> p_class
    union all
    select 'class ' || meta.class_path(c.id)
    from meta.class as c
    where c.parent_id = p_class
  ) as u;
  if v_users is not null then
    raise exception 'class % is in use by %', meta.class_path(p_class), v_users
      using errcode = 'PG118', hint = 'Drop these first.';
  end if;
end;
$$;
COMMENT ON FUNCTION "meta"."check_unused_class"("p_class" bigint) IS 'Raise PG118 when a class is the target of a reference or the parent of a class.';
CREATE FUNCTION "meta"."check_unused_rows"("p_class" bigint) RETURNS "void"
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_column record;
  v_found boolean;
  v_users text[] := array[]::text[];
begin
  for v_column in
    select
      format('column %s of %s', e.code, meta.class_path(e.class_id)) as name,
      case
        when e.is_array then format(
          'select exists (select from data.link_%1$s as l inner join data.datarow_%2$s as t on l.target_id = t.id'
          ' inner join data.datarow_%3$s as r on l.row_id = r.id)',
          e.column_id, p_class, e.class_id
        )
        else format(
          'select exists (select from data.datarow_%3$s as r inner join data.datarow_%2$s as t on r.c%1$s = t.id%4$s)',
          e.column_id, p_class, e.class_id,
          case when cardinality(e.targets) > 1 then format(' and r.c%s_class = %L', e.column_id, meta.class_path(a.ancestor_id)) else '' end
        )
      end as query
    from meta.ancestry as a
    inner join meta.effective_column as e on a.ancestor_id = any (e.targets)
    where a.class_id = p_class and a.ancestor_id <> p_class and e.class_id <> p_class and e.type = 'reference'
  loop
    execute v_column.query into v_found;
    if v_found then
      v_users := v_users || v_column.name;
    end if;
  end loop;
  if cardinality(v_users) > 0 then
    raise exception 'rows of class % are referred to by %', meta.class_path(p_class), array_to_string(v_users, ', ')
      using errcode = 'PG118', hint = 'Empty these references or delete the rows that have them, deleted ones included, and try again.';
  end if;
end;
$_$;
COMMENT ON FUNCTION "meta"."check_unused_rows"("p_class" bigint) IS 'Raise PG118 when rows of other classes refer to rows of a class.';
CREATE FUNCTION "meta"."check_view_names"() RETURNS "void"
    LANGUAGE "plpgsql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_name text;
  v_owners text;
begin
  with named as (
    select m.code || '_' || c.code || s.suffix as name, 'class ' || m.code || '.' || c.code as owner
    from meta.class as c
    inner join meta.model as m on c.model_id = m.id
    cross join (values (''), ('_all')) as s (suffix)
    union all
    select m.code || '_' || q.code, 'query ' || m.code || '.' || q.code
    from meta.query as q
    inner join meta.model as m on q.model_id = m.id
  )
  select n.name, string_agg(n.owner, ' and ' order by n.owner)
  into v_name, v_owners
  from named as n
  group by n.name
  having count(*) > 1 or octet_length(n.name) > 63
  order by n.name
  limit 1;
  if v_name is null then
    return;
  end if;
  if octet_length(v_name) > 63 then
    raise exception 'the API view "%" of % would have % bytes, 63 are possible', v_name, v_owners, octet_length(v_name)
      using errcode = 'PG103', hint = 'Model, "_", class and "_all" make the name: choose shorter codes.';
  end if;
  raise exception '% would both be shown as API view "%"', v_owners, v_name
    using errcode = 'PG104', hint = 'Change the code of one of them.';
end;
$$;
COMMENT ON FUNCTION "meta"."check_view_names"() IS 'Check that API view names are unique and short enough. Raises PG103, PG104.';
CREATE FUNCTION "meta"."class_definition"("p_class" bigint) RETURNS "jsonb"
    LANGUAGE "sql" STABLE
    BEGIN ATOMIC
 SELECT "jsonb_strip_nulls"("jsonb_build_object"('name', "c"."name", 'parent', "meta"."class_path"("c"."parent_id"), 'description', "c"."description", 'archive', "c"."archive", 'deletion', "c"."deletion", 'web_service', "c"."web_service")) AS "jsonb_strip_nulls"
    FROM "meta"."class" "c"
   WHERE ("c"."id" = "class_definition"."p_class");
END;
COMMENT ON FUNCTION "meta"."class_definition"("p_class" bigint) IS 'Definition of a class with every key; the parent is model.class.';
CREATE FUNCTION "meta"."class_id"("p_path" "text") RETURNS bigint
    LANGUAGE "plpgsql" STABLE SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_id bigint;
begin
  select c.id into v_id
  from meta.class as c
  inner join meta.model as m on c.model_id = m.id
  where m.code = split_part(p_path, '.', 1) and c.code = split_part(p_path, '.', 2);
  if v_id is null then
    raise exception 'there is no class "%"', p_path
      using errcode = 'PG106', hint = 'Write model.class with the codes of both, such as helpdesk.ticket.';
  end if;
  return v_id;
end;
$$;
COMMENT ON FUNCTION "meta"."class_id"("p_path" "text") IS 'Id of a class by model.class. Raises PG106 when there is none.';
CREATE TABLE "meta"."class_key" (
    "id" bigint NOT NULL,
    "class_id" bigint NOT NULL,
    "column_ids" bigint[] NOT NULL,
    CONSTRAINT "class_key_column_ids_check" CHECK (("cardinality"("column_ids") > 0))
);
COMMENT ON TABLE "meta"."class_key" IS 'Natural keys: values unique among the rows of a class that are not deleted.';
CREATE FUNCTION "meta"."class_keys"("p_class" bigint) RETURNS "jsonb"
    LANGUAGE "sql" STABLE
    BEGIN ATOMIC
 SELECT COALESCE("jsonb_agg"(( SELECT "jsonb_agg"("k"."code" ORDER BY "i"."position") AS "jsonb_agg"
            FROM ("unnest"("y"."column_ids") WITH ORDINALITY "i"("id", "position")
              JOIN "meta"."class_column" "k" ON (("i"."id" = "k"."id")))) ORDER BY "y"."id"), '[]'::"jsonb") AS "coalesce"
    FROM "meta"."class_key" "y"
   WHERE ("y"."class_id" = "class_keys"."p_class");
END;
COMMENT ON FUNCTION "meta"."class_keys"("p_class" bigint) IS 'Natural keys of a class, a list of lists of column codes.';
CREATE FUNCTION "meta"."section_of"("p_definition" "jsonb", "p_key" "text") RETURNS "jsonb"
    LANGUAGE "sql" IMMUTABLE PARALLEL SAFE
    BEGIN ATOMIC
 SELECT
         CASE "jsonb_typeof"(("p_definition" -> "p_key"))
             WHEN 'object'::"text" THEN ("p_definition" -> "p_key")
             ELSE '{}'::"jsonb"
         END AS "case";
END;
COMMENT ON FUNCTION "meta"."section_of"("p_definition" "jsonb", "p_key" "text") IS 'Object under a key; {} when the key is missing or null.';
CREATE FUNCTION "meta"."class_matches"("p_file" "jsonb") RETURNS TABLE("code" "text", "definition" "jsonb", "class_id" bigint, "former" "text", "depth" integer)
    LANGUAGE "sql" STABLE
    BEGIN ATOMIC
 WITH RECURSIVE "named" AS (
          SELECT "f"."code",
             "f"."definition",
                 CASE
                     WHEN ((("f"."definition" ->> 'parent'::"text") ~~ '%.%'::"text") AND ("split_part"(("f"."definition" ->> 'parent'::"text"), '.'::"text", 1) = ("class_matches"."p_file" ->> 'model'::"text"))) THEN "split_part"(("f"."definition" ->> 'parent'::"text"), '.'::"text", 2)
                     ELSE ("f"."definition" ->> 'parent'::"text")
                 END AS "parent"
            FROM "jsonb_each"("meta"."section_of"("class_matches"."p_file", 'classes'::"text")) "f"("code", "definition")
         ), "up"("code", "depth") AS (
          SELECT "n_1"."code",
             0 AS "?column?"
            FROM "named" "n_1"
           WHERE (NOT (EXISTS ( SELECT
                    FROM "named" "p"
                   WHERE ("p"."code" = "n_1"."parent"))))
         UNION ALL
          SELECT "n_1"."code",
             ("u_1"."depth" + 1)
            FROM ("up" "u_1"
              JOIN "named" "n_1" ON (("u_1"."code" = "n_1"."parent")))
         )
  SELECT "n"."code",
     "n"."definition",
     COALESCE("c"."id", "o"."id") AS "coalesce",
         CASE
             WHEN ("c"."id" IS NULL) THEN "o"."code"
             ELSE NULL::"text"
         END AS "case",
     "u"."depth"
    FROM (((("named" "n"
      LEFT JOIN "up" "u" ON (("n"."code" = "u"."code")))
      LEFT JOIN "meta"."model" "m" ON (("m"."code" = ("class_matches"."p_file" ->> 'model'::"text"))))
      LEFT JOIN "meta"."class" "c" ON ((("m"."id" = "c"."model_id") AND ("n"."code" = "c"."code"))))
      LEFT JOIN "meta"."class" "o" ON ((("c"."id" IS NULL) AND ("m"."id" = "o"."model_id") AND (("n"."definition" ->> 'renamed_from'::"text") = "o"."code"))));
END;
COMMENT ON FUNCTION "meta"."class_matches"("p_file" "jsonb") IS 'Classes of a model file with their definitions and the classes of the instance that they mean.';
CREATE FUNCTION "meta"."column_difference"("p_view" "oid", "p_recorded" "text"[], "p_wanted" "jsonb") RETURNS "text"
    LANGUAGE "sql" STABLE
    BEGIN ATOMIC
 WITH "live" AS (
          SELECT ("a"."attname")::"text" AS "name",
             "a"."attnum" AS "position",
             ("column_difference"."p_recorded")["a"."attnum"] AS "source"
            FROM "pg_attribute" "a"
           WHERE (("a"."attrelid" = "column_difference"."p_view") AND ("a"."attnum" > 0))
         ), "wanted" AS (
          SELECT ("w_1"."value" ->> 'name'::"text") AS "name",
             ("w_1"."value" ->> 'source'::"text") AS "source",
             "w_1"."position"
            FROM "jsonb_array_elements"("column_difference"."p_wanted") WITH ORDINALITY "w_1"("value", "position")
         ), "kept" AS (
          SELECT ("row_number"() OVER (ORDER BY "l"."position") <> "row_number"() OVER (ORDER BY "w_1"."position")) AS "moved"
            FROM ("live" "l"
              JOIN "wanted" "w_1" ON (("l"."source" = "w_1"."source")))
         ), "word"("position", "text") AS (
          SELECT COALESCE("w_1"."position", ((10000 + "l"."position"))::bigint) AS "coalesce",
                 CASE
                     WHEN ("l"."name" IS NULL) THEN ('+'::"text" || "w_1"."name")
                     WHEN ("w_1"."name" IS NULL) THEN ('-'::"text" || "l"."name")
                     WHEN ("l"."name" <> "w_1"."name") THEN (("l"."name" || ' -> '::"text") || "w_1"."name")
                     ELSE NULL::"text"
                 END AS "case"
            FROM ("live" "l"
              FULL JOIN "wanted" "w_1" ON (("l"."source" = "w_1"."source")))
         UNION ALL
          SELECT 20000,
             'order'::"text"
            FROM "kept" "k"
          HAVING "bool_or"("k"."moved")
         )
  SELECT COALESCE("string_agg"("w"."text", ', '::"text" ORDER BY "w"."position"), ''::"text") AS "coalesce"
    FROM "word" "w";
END;
COMMENT ON FUNCTION "meta"."column_difference"("p_view" "oid", "p_recorded" "text"[], "p_wanted" "jsonb") IS 'Columns to come (+), to go (-), to be renamed (->) and moved in an API view, as text.';
CREATE FUNCTION "meta"."column_expression"("p_class" bigint, "p_code" "text", "p_stored" boolean) RETURNS "text"
    LANGUAGE "plpgsql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_column meta.effective_column;
begin
  select e.* into v_column
  from meta.effective_column as e
  where e.class_id = p_class and e.code = p_code and e.stored and not e.is_array;
  if not found then
    return case
      when p_stored then null
      when p_code in ('id', 'uid', 'version', 'creator', 'modifier', 'shortdescription') then meta.column_text('r.' || p_code, 'any')
      when p_code in ('created', 'modified') then meta.column_text('r.' || p_code, 'timestamptz')
    end;
  end if;
  if v_column.sql_type = 'jsonb' or v_column.type = 'class' or (p_stored and v_column.type in ('reference', 'file', 'calculated')) then
    return null;
  elsif v_column.target_user then
    return format('coalesce((select t.login from access.account as t where t.id = r.%I), '''')', v_column.physical);
  elsif v_column.type = 'file' then
    return format('coalesce((select t.name from core.file as t where t.id = r.%I), '''')', v_column.physical);
  elsif v_column.type = 'reference' then
    return (
      select format(
        'coalesce((%s), '''')',
        string_agg(format('select t.shortdescription from data.datarow_%s as t where t.id = r.%I', a.class_id, v_column.physical), ' union all ')
      )
      from meta.ancestry as a
      where a.ancestor_id = v_column.targets[1] and cardinality(v_column.targets) = 1
    );
  end if;
  return meta.column_text(case when p_stored then '' else 'r.' end || v_column.physical, v_column.sql_type);
end;
$$;
COMMENT ON FUNCTION "meta"."column_expression"("p_class" bigint, "p_code" "text", "p_stored" boolean) IS 'SQL expression of type text for a column, '''' for null; null when the column has no single text.';
CREATE FUNCTION "meta"."column_limits"("p_class" bigint) RETURNS TABLE("condition" "text", "refusal" "text")
    LANGUAGE "sql" STABLE
    BEGIN ATOMIC
 SELECT "format"("l"."condition", "e"."physical", "l"."bound") AS "format",
     "format"("l"."refusal", "e"."code", "l"."bound") AS "format"
    FROM ("meta"."effective_column" "e"
      CROSS JOIN LATERAL ( VALUES (1,
                 CASE
                     WHEN ((NOT COALESCE((("e"."definition" ->> 'mandatory'::"text"))::boolean, false)) AND (NOT (("e"."type" = 'boolean'::"text") AND (COALESCE(("e"."definition" ->> 'states'::"text"), '3'::"text") = '2'::"text")))) THEN NULL::"text"
                     WHEN "e"."is_array" THEN 'coalesce(cardinality(%1$I), 0) > 0'::"text"
                     WHEN ("e"."sql_type" = 'text'::"text") THEN '(%1$I is not null and %1$I <> '''')'::"text"
                     WHEN ("e"."sql_type" = 'jsonb'::"text") THEN '(%1$I is not null and %1$I <> ''{}'')'::"text"
                     ELSE '%1$I is not null'::"text"
                 END,'%1$s is missing'::"text",NULL::"text"), (2,
                 CASE
                     WHEN (("e"."sql_type" = 'text'::"text") AND ("e"."type" <> 'calculated'::"text")) THEN 'char_length(%1$I) <= %2$s'::"text"
                     ELSE NULL::"text"
                 END,'%1$s is longer than %2$s characters'::"text",
                 CASE
                     WHEN ("e"."definition" ? 'max_length'::"text") THEN ("e"."definition" ->> 'max_length'::"text")
                     WHEN ("e"."type" = 'text'::"text") THEN '255'::"text"
                     ELSE NULL::"text"
                 END), (3,'char_length(%1$I) >= %2$s'::"text",'%1$s is shorter than %2$s characters'::"text",("e"."definition" ->> 'min_length'::"text")), (4,'%1$I >= %2$L'::"text",'%1$s is below %2$s'::"text",("e"."definition" ->> 'min'::"text")), (5,'%1$I <= %2$L'::"text",'%1$s is above %2$s'::"text",("e"."definition" ->> 'max'::"text")), (6,'%1$I ~ %2$L'::"text",('%1$s '::"text" || "replace"(COALESCE(("e"."definition" ->> 'pattern_message'::"text"), ('does not match the pattern '::"text" || ("e"."definition" ->> 'pattern'::"text"))), '%'::"text", '%%'::"text")),("e"."definition" ->> 'pattern'::"text")), (7,
                 CASE
                     WHEN ("e"."type" = 'colour'::"text") THEN '%1$I ~ ''^#[0-9a-fA-F]{6}$'''::"text"
                     ELSE NULL::"text"
                 END,'%1$s is not a colour like #1a2b3c'::"text",NULL::"text"), (8,
                 CASE
                     WHEN ("e"."sql_type" = 'jsonb'::"text") THEN 'jsonb_typeof(%1$I) = ''object'''::"text"
                     ELSE NULL::"text"
                 END,'%1$s is not an object of texts by language'::"text",NULL::"text"), (9,
                 CASE
                     WHEN ("cardinality"("e"."targets") > 1) THEN (('((%1$I is null) = ('::"text" || "quote_ident"(("e"."physical" || '_class'::"text"))) || ' is null))'::"text")
                     ELSE NULL::"text"
                 END,'%1$s and %1$s__class must be given together'::"text",NULL::"text"), (10,
                 CASE
                     WHEN ("cardinality"("e"."targets") > 1) THEN ("quote_ident"(("e"."physical" || '_class'::"text")) || ' = any (%2$L)'::"text")
                     ELSE NULL::"text"
                 END,'%1$s__class is none of %2$s'::"text",
                 CASE
                     WHEN ("cardinality"("e"."targets") > 1) THEN (ARRAY( SELECT "meta"."class_path"("t"."id") AS "class_path"
                        FROM "unnest"("e"."targets") "t"("id")))::"text"
                     ELSE NULL::"text"
                 END)) "l"("ordinal", "condition", "refusal", "bound"))
   WHERE (("e"."class_id" = "column_limits"."p_class") AND "e"."stored" AND ("l"."condition" IS NOT NULL) AND (("l"."ordinal" = ANY (ARRAY[1, 7, 8, 9])) OR ("l"."bound" IS NOT NULL)))
   ORDER BY "e"."position", "l"."ordinal";
END;
COMMENT ON FUNCTION "meta"."column_limits"("p_class" bigint) IS 'Limits of a class as SQL conditions over the columns of its table, with the text that names a broken one.';
CREATE FUNCTION "meta"."column_matches"("p_file" "jsonb") RETURNS TABLE("class_code" "text", "class_id" bigint, "depth" integer, "code" "text", "definition" "jsonb", "column_id" bigint, "former" "text", "ordinal" bigint)
    LANGUAGE "sql" STABLE
    BEGIN ATOMIC
 SELECT "m"."code",
     "m"."class_id",
     "m"."depth",
     "f"."code",
     "f"."definition",
     COALESCE("k"."id", "o"."id") AS "coalesce",
         CASE
             WHEN ("k"."id" IS NULL) THEN "o"."code"
             ELSE NULL::"text"
         END AS "case",
     "row_number"() OVER (PARTITION BY "m"."code" ORDER BY (("f"."definition" ->> 'position'::"text"))::numeric, "f"."code") AS "row_number"
    FROM ((("meta"."class_matches"("column_matches"."p_file") "m"("code", "definition", "class_id", "former", "depth")
      CROSS JOIN LATERAL "jsonb_each"("meta"."section_of"("m"."definition", 'columns'::"text")) "f"("code", "definition"))
      LEFT JOIN "meta"."class_column" "k" ON ((("m"."class_id" = "k"."class_id") AND ("f"."code" = "k"."code"))))
      LEFT JOIN "meta"."class_column" "o" ON ((("k"."id" IS NULL) AND ("m"."class_id" = "o"."class_id") AND (("f"."definition" ->> 'renamed_from'::"text") = "o"."code"))));
END;
COMMENT ON FUNCTION "meta"."column_matches"("p_file" "jsonb") IS 'Columns of a model file with their definitions, in order, and the columns of the instance that they mean.';
CREATE FUNCTION "meta"."column_text"("p_column" "text", "p_sql_type" "text") RETURNS "text"
    LANGUAGE "sql" IMMUTABLE PARALLEL SAFE
    BEGIN ATOMIC
 SELECT "format"(
         CASE "p_sql_type"
             WHEN 'text'::"text" THEN 'coalesce(%s, '''')'::"text"
             WHEN 'date'::"text" THEN 'coalesce(meta.date_text(%s), '''')'::"text"
             WHEN 'timestamptz'::"text" THEN 'coalesce(meta.timestamp_text(%s), '''')'::"text"
             ELSE 'coalesce(%s::text, '''')'::"text"
         END, "p_column") AS "format";
END;
COMMENT ON FUNCTION "meta"."column_text"("p_column" "text", "p_sql_type" "text") IS 'Immutable SQL expression for the text of a column reference of this SQL type.';
CREATE FUNCTION "meta"."column_users"("p_column" bigint) RETURNS "text"
    LANGUAGE "sql" STABLE
    BEGIN ATOMIC
 SELECT "string_agg"("u"."name", ', '::"text" ORDER BY "u"."name") AS "string_agg"
    FROM ( SELECT ('a natural key of '::"text" || "meta"."class_path"("y"."class_id")) AS "name"
            FROM "meta"."class_key" "y"
           WHERE ("column_users"."p_column" = ANY ("y"."column_ids"))
         UNION ALL
          SELECT ('the description of '::"text" || "meta"."class_path"("c"."id"))
            FROM (("meta"."class_column" "k"
              JOIN "meta"."ancestry" "a" ON (("k"."class_id" = "a"."ancestor_id")))
              JOIN "meta"."class" "c" ON (("a"."class_id" = "c"."id")))
           WHERE (("k"."id" = "column_users"."p_column") AND ("c"."description" ~ (('\{\{\s*column\.'::"text" || "k"."code") || '\s*\}\}'::"text")))
         UNION ALL
          SELECT "format"('column %s of %s'::"text", "o"."code", "meta"."class_path"("o"."class_id")) AS "format"
            FROM (("meta"."class_column" "k"
              JOIN "meta"."ancestry" "a" ON (("k"."class_id" = "a"."ancestor_id")))
              JOIN "meta"."class_column" "o" ON (("a"."class_id" = "o"."class_id")))
           WHERE (("k"."id" = "column_users"."p_column") AND ("o"."type" = 'calculated'::"text") AND (("o"."definition" ->> 'sql'::"text") ~ (('\{\{\s*column\.'::"text" || "k"."code") || '\s*\}\}'::"text")))
         UNION ALL
          SELECT "format"('column %s of %s'::"text", "o"."code", "meta"."class_path"("o"."class_id")) AS "format"
            FROM (("meta"."class_column" "k"
              JOIN "meta"."column_target" "t" ON (("k"."class_id" = "t"."class_id")))
              JOIN "meta"."class_column" "o" ON (("t"."column_id" = "o"."id")))
           WHERE (("k"."id" = "column_users"."p_column") AND ("o"."type" = 'reverse'::"text") AND (("o"."definition" ->> 'column'::"text") = "k"."code"))) "u";
END;
COMMENT ON FUNCTION "meta"."column_users"("p_column" bigint) IS 'Definitions that name a column, as text for an error; null when there are none.';
CREATE FUNCTION "meta"."count_rows"("p_class" bigint) RETURNS bigint
    LANGUAGE "plpgsql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_rows bigint;
  v_former bigint := 0;
begin
  execute format('select count(*) from data.datarow_%s', p_class) into v_rows;
  if to_regclass('data.archive_' || p_class) is not null then
    execute format('select count(*) from data.archive_%s', p_class) into v_former;
  end if;
  return v_rows + v_former;
end;
$$;
COMMENT ON FUNCTION "meta"."count_rows"("p_class" bigint) IS 'Number of rows of a class and of its archive.';
CREATE FUNCTION "meta"."count_values"("p_column" bigint) RETURNS bigint
    LANGUAGE "plpgsql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_column record;
  v_count bigint;
  v_total bigint := 0;
begin
  for v_column in
    select e.class_id, e.physical from meta.effective_column as e where e.column_id = p_column and e.stored
  loop
    execute format('select count(nullif(r.%I::text, ''{}'')) from data.datarow_%s as r', v_column.physical, v_column.class_id) into v_count;
    v_total := v_total + v_count;
  end loop;
  return v_total;
end;
$$;
COMMENT ON FUNCTION "meta"."count_values"("p_column" bigint) IS 'Number of rows with a value in a column; 0 where nothing is stored.';
CREATE FUNCTION "meta"."create_class"("p_model" bigint, "p_code" "text", "p_definition" "jsonb" DEFAULT '{}'::"jsonb") RETURNS bigint
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    SET "jit" TO 'off'
    AS $_$
declare
  v_id bigint;
  v_parent bigint;
  v_bundle constant boolean := nullif(current_setting('pgears.changed_classes', true), '') is null;
begin
  perform meta.check_code(p_code, 'class');
  perform meta.check_definition('class', p_definition - '{columns,keys}'::text[], '$');
  if p_definition ? 'parent' then
    v_parent := meta.find_class(p_model, p_definition ->> 'parent');
    perform meta.lock_class(v_parent);
  end if;
  insert into meta.class (model_id, code, name, parent_id, ancestors, description, archive, deletion, web_service)
  values (
    p_model,
    p_code,
    meta.localized(p_definition -> 'name'),
    v_parent,
    coalesce((select array_prepend(c.id, c.ancestors) from meta.class as c where c.id = v_parent), '{}'),
    coalesce(p_definition ->> 'description', ''),
    coalesce((p_definition ->> 'archive')::boolean, false),
    coalesce(p_definition ->> 'deletion', 'logical'),
    coalesce((p_definition ->> 'web_service')::boolean, false)
  )
  on conflict (model_id, code) do nothing
  returning id into v_id;
  if v_id is null then
    raise exception 'the model has a class "%" already', p_code
      using errcode = 'PG105', hint = 'Choose another code, or change the class that is there.';
  end if;
  if v_bundle then
    perform meta.begin_changes();
  end if;
  perform meta.check_view_names();
  perform meta.create_class_table(v_id);
  if v_parent is not null then
    if to_regclass('data.family_' || v_parent) is null then
      perform meta.create_family(v_parent);
      perform meta.touch_class(v_parent);
    end if;
    perform meta.add_physical_column(v_id, e.column_id)
    from meta.effective_column as e
    where e.class_id = v_id
    order by e.position;
    perform meta.create_key(v_id, k.id)
    from meta.class_key as k
    inner join meta.ancestry as a on k.class_id = a.ancestor_id
    where a.class_id = v_id and a.depth > 0;
  end if;
  -- jsonb forgets the order of columns: "position" tells it where it matters.
  perform meta.add_column(v_id, c.key, c.value)
  from jsonb_each(coalesce(p_definition -> 'columns', '{}')) as c (key, value)
  order by (c.value ->> 'position')::integer, c.key;
  if p_definition ? 'keys' then
    perform meta.set_keys(v_id, p_definition -> 'keys');
  end if;
  perform meta.touch_class(v_id);
  if v_bundle then
    perform meta.finish_changes();
  end if;
  return v_id;
end;
$_$;
COMMENT ON FUNCTION "meta"."create_class"("p_model" bigint, "p_code" "text", "p_definition" "jsonb") IS 'Id of a new class of a model. Keys of the definition: name, description, archive, deletion, parent, web_service, columns, keys. Raises PG101 to PG115.';
CREATE FUNCTION "meta"."create_class_table"("p_class" bigint) RETURNS "void"
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_root bigint;
begin
  select a.ancestor_id into strict v_root
  from meta.ancestry as a
  where a.class_id = p_class
  order by a.depth desc
  limit 1;
  execute format(
    $sql$
    create table data.datarow_%1$s (
      id bigint not null %2$s,
      deleted timestamptz,
      constraint datarow_%1$s_pkey primary key (id)
    )
    -- Every update writes system columns: room on the page spares it the indexes.
    with (fillfactor = 85)
    $sql$,
    p_class,
    case
      when v_root = p_class then 'generated always as identity'
      else format('default nextval(%L::regclass)', format('data.datarow_%s_id_seq', v_root))
    end
  );
  execute format(
    'comment on table data.datarow_%s is %L',
    p_class,
    format('Rows of class %s. Write by the API view or here; system columns are set by the system.', meta.class_path(p_class))
  );
  if v_root <> p_class then
    execute format('grant usage on sequence data.datarow_%s_id_seq to public', v_root);
  end if;
end;
$_$;
COMMENT ON FUNCTION "meta"."create_class_table"("p_class" bigint) IS 'Make data.datarow_<id> for a class that has none.';
CREATE FUNCTION "meta"."create_column_store"("p_column" bigint) RETURNS "void"
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_column meta.class_column;
  v_several boolean;
begin
  select k.* into strict v_column from meta.class_column as k where k.id = p_column;
  v_several := v_column.type in ('reference', 'file') and coalesce((v_column.definition ->> 'multiple')::boolean, false);
  if v_column.definition ? 'sequence' then
    execute format('create sequence data.seq_%s', p_column);
    -- Defaults draw numbers with the writer's rights.
    execute format('grant usage on sequence data.seq_%s to public', p_column);
  end if;
  if v_several then
    execute format(
      $sql$
      create table data.link_%1$s (
        row_id bigint not null,
        target_id bigint not null,
        position integer not null,
        constraint link_%1$s_pkey primary key (row_id, target_id),
        constraint link_%1$s_target_id_fkey foreign key (target_id) references %2$s (id)
      )
      $sql$,
      p_column, meta.column_target_table(p_column)
    );
    execute format('create index link_%1$s_target_id_idx on data.link_%1$s (target_id)', p_column);
    execute format('comment on table data.link_%s is %L', p_column, 'Values of a column with several references, kept by the triggers of its class.');
  end if;
end;
$_$;
COMMENT ON FUNCTION "meta"."create_column_store"("p_column" bigint) IS 'Make the sequence and the link table of a column where it needs them.';
CREATE FUNCTION "meta"."create_family"("p_class" bigint) RETURNS "void"
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_column record;
begin
  execute format(
    'create table data.family_%1$s (id bigint not null, class_id bigint not null, constraint family_%1$s_pkey primary key (id))',
    p_class
  );
  execute format('comment on table data.family_%s is %L', p_class, 'Ids of the rows of a class and of the classes that inherit from it.');
  execute format('insert into data.family_%1$s (id, class_id) select r.id, %1$s from data.datarow_%1$s as r', p_class);
  for v_column in
    select e.class_id, e.column_id, cardinality(e.targets) > 1 as several
    from meta.effective_column as e
    where
      p_class = any (e.targets)
      -- The child itself gets its inherited columns after this.
      and exists (
        select from pg_attribute as a
        where a.attrelid = to_regclass('data.datarow_' || e.class_id) and a.attname = e.physical
      )
  loop
    -- References to several classes are checked by triggers, which name their tables.
    if v_column.several then
      perform meta.touch_class(v_column.class_id);
    else
      perform meta.point_reference(v_column.class_id, v_column.column_id);
    end if;
  end loop;
end;
$_$;
COMMENT ON FUNCTION "meta"."create_family"("p_class" bigint) IS 'Make data.family_<id> and let references to the class point to it.';
CREATE FUNCTION "meta"."create_key"("p_class" bigint, "p_key" bigint) RETURNS "void"
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_detail text;
begin
  execute (
    select format(
      'create unique index datarow_%1$s_key_%2$s on data.datarow_%1$s (%3$s) where deleted is null',
      p_class, k.id, (select string_agg('c' || c.id, ', ' order by c.position) from unnest(k.column_ids) with ordinality as c (id, position))
    )
    from meta.class_key as k
    where k.id = p_key
  );
exception
  when unique_violation then
    get stacked diagnostics v_detail = pg_exception_detail;
    raise exception 'class % has rows with equal values of the new key', meta.class_path(p_class)
      using errcode = 'PG113', detail = v_detail, hint = 'Make them different or delete some, then add the key.';
end;
$_$;
COMMENT ON FUNCTION "meta"."create_key"("p_class" bigint, "p_key" bigint) IS 'Make the index of a natural key. Raises PG113 when rows have equal values.';
CREATE FUNCTION "meta"."create_model"("p_code" "text", "p_definition" "jsonb" DEFAULT '{}'::"jsonb") RETURNS bigint
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_id bigint;
begin
  perform meta.check_code(p_code, 'model');
  perform meta.check_definition('model', p_definition, '$');
  insert into meta.model (code, name, languages)
  values (
    p_code,
    meta.localized(p_definition -> 'name'),
    array(select l.code from jsonb_array_elements_text(coalesce(p_definition -> 'languages', '[]')) as l (code))
  )
  on conflict (code) do nothing
  returning id into v_id;
  if v_id is null then
    raise exception 'there is a model "%" already', p_code
      using errcode = 'PG105', hint = 'Choose another code, or change the model that is there.';
  end if;
  insert into meta.language (code, name)
  select l.code, l.code
  from jsonb_array_elements_text(coalesce(p_definition -> 'languages', '[]')) as l (code)
  on conflict (code) do nothing;
  return v_id;
end;
$_$;
COMMENT ON FUNCTION "meta"."create_model"("p_code" "text", "p_definition" "jsonb") IS 'Id of a new model. Keys of the definition: name, languages. Raises PG101, PG103, PG105, PG110, PG111.';
CREATE FUNCTION "meta"."date_text"("p_date" "date") RETURNS "text"
    LANGUAGE "sql" IMMUTABLE STRICT PARALLEL SAFE
    BEGIN ATOMIC
 SELECT "to_char"(("p_date")::timestamp with time zone, 'YYYY-MM-DD'::"text") AS "to_char";
END;
COMMENT ON FUNCTION "meta"."date_text"("p_date" "date") IS 'A date as YYYY-MM-DD.';
CREATE FUNCTION "meta"."default_expression"("p_column" bigint, "p_type" "text", "p_definition" "jsonb") RETURNS "text"
    LANGUAGE "plpgsql" IMMUTABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_default constant text := p_definition ->> 'default';
  v_format constant text := p_definition ->> 'sequence';
  v_width integer;
begin
  if v_format is not null then
    if p_type = 'integer' then
      return format('nextval(%L::regclass)', 'data.seq_' || p_column);
    end if;
    -- to_char pads without cutting numbers that outgrow the zeros.
    v_width := coalesce(char_length(substring(v_format from '\{#:(0+)\}')), 1);
    return format(
      '%L || to_char(nextval(%L::regclass), %L) || %L',
      substring(v_format from '^(.*)\{#'),
      'data.seq_' || p_column,
      'FM' || repeat('9', 18 - v_width) || repeat('0', v_width),
      substring(v_format from '\{#[^}]*\}(.*)$')
    );
  end if;
  if v_default is null then
    return case when p_type = 'boolean' and p_definition ->> 'states' = '2' then 'false' else 'null' end;
  end if;
  if p_type in ('date', 'timestamp') and v_default in ('today', 'now') then
    return case p_type when 'date' then 'current_date' else 'now()' end;
  end if;
  return format('%L::%s', v_default, meta.column_sql_type(p_type, p_definition));
end;
$_$;
COMMENT ON FUNCTION "meta"."default_expression"("p_column" bigint, "p_type" "text", "p_definition" "jsonb") IS 'SQL expression for the DEFAULT of a column of a class table.';
CREATE VIEW "meta"."vocabulary" AS
 SELECT "row_number"() OVER () AS "position",
    "place",
    "key",
    "kind",
    "choices",
    "column_types",
    "required",
    ("preset")::"jsonb" AS "preset",
    "note"
   FROM ( VALUES ('file'::"text",'model'::"text",'code'::"text",NULL::"text"[],NULL::"text"[],true,NULL::"text",'Code of the model.'::"text"), ('file'::"text",'name'::"text",'texts'::"text",NULL::"text"[],NULL::"text"[],false,'{}'::"text",'Name for people.'::"text"), ('file'::"text",'languages'::"text",'list'::"text",NULL::"text"[],NULL::"text"[],false,'[]'::"text",'Languages in which the model has its names.'::"text"), ('file'::"text",'parameters'::"text",'values'::"text",NULL::"text"[],NULL::"text"[],false,'{}'::"text",'Instance parameters; `sender` of model helpdesk is the parameter `helpdesk.sender`.'::"text"), ('file'::"text",'classes'::"text",'section'::"text",NULL::"text"[],NULL::"text"[],false,'{}'::"text",'Classes by code.'::"text"), ('file'::"text",'queries'::"text",'section'::"text",NULL::"text"[],NULL::"text"[],false,'{}'::"text",'Queries by code; each is an API view.'::"text"), ('file'::"text",'groups'::"text",'section'::"text",NULL::"text"[],NULL::"text"[],false,'{}'::"text",'Groups of recipients, by code.'::"text"), ('file'::"text",'frames'::"text",'section'::"text",NULL::"text"[],NULL::"text"[],false,'{}'::"text",'What surrounds the texts of notifications, by code.'::"text"), ('file'::"text",'notifications'::"text",'section'::"text",NULL::"text"[],NULL::"text"[],false,'{}'::"text",'Mails about rows, by code.'::"text"), ('file'::"text",'rules'::"text",'section'::"text",NULL::"text"[],NULL::"text"[],false,'{}'::"text",'What happens when rows are written or deleted, by code.'::"text"), ('file'::"text",'mailboxes'::"text",'section'::"text",NULL::"text"[],NULL::"text"[],false,'{}'::"text",'Mailboxes whose messages become rows, by code.'::"text"), ('file'::"text",'structures'::"text",'section'::"text",NULL::"text"[],NULL::"text"[],false,'{}'::"text",'Organisation structures, by code.'::"text"), ('file'::"text",'roles'::"text",'section'::"text",NULL::"text"[],NULL::"text"[],false,'{}'::"text",'Roles and their rights, by code.'::"text"), ('file'::"text",'scripts'::"text",'section'::"text",NULL::"text"[],NULL::"text"[],false,'{}'::"text",'Scripts by code: SQL that rules, workflows, jobs and callers run.'::"text"), ('file'::"text",'workflows'::"text",'section'::"text",NULL::"text"[],NULL::"text"[],false,'{}'::"text",'Workflows by code.'::"text"), ('file'::"text",'jobs'::"text",'section'::"text",NULL::"text"[],NULL::"text"[],false,'{}'::"text",'Jobs by time, by code.'::"text"), ('file'::"text",'imports'::"text",'later'::"text",NULL::"text"[],NULL::"text"[],false,'{}'::"text",'Imports of files.'::"text"), ('file'::"text",'exports'::"text",'later'::"text",NULL::"text"[],NULL::"text"[],false,'{}'::"text",'Exports to files.'::"text"), ('file'::"text",'syncs'::"text",'later'::"text",NULL::"text"[],NULL::"text"[],false,'{}'::"text",'Synchronisation with other databases.'::"text"), ('file'::"text",'subscriptions'::"text",'section'::"text",NULL::"text"[],NULL::"text"[],false,'{}'::"text",'What is read from other instances, by code.'::"text"), ('model'::"text",'name'::"text",'texts'::"text",NULL::"text"[],NULL::"text"[],false,'{}'::"text",'Name for people.'::"text"), ('model'::"text",'languages'::"text",'list'::"text",NULL::"text"[],NULL::"text"[],false,'[]'::"text",'Languages in which the model has its names.'::"text"), ('class'::"text",'name'::"text",'texts'::"text",NULL::"text"[],NULL::"text"[],false,'{}'::"text",'Name for people.'::"text"), ('class'::"text",'renamed_from'::"text",'code'::"text",NULL::"text"[],NULL::"text"[],false,NULL::"text",'Former code; ignored once the class has the new one.'::"text"), ('class'::"text",'parent'::"text",'class'::"text",NULL::"text"[],NULL::"text"[],false,NULL::"text",'Class whose columns this one inherits; fixed once made.'::"text"), ('class'::"text",'description'::"text",'text'::"text",NULL::"text"[],NULL::"text"[],false,'""'::"text",'Format of the short description, such as `{{column.number}} {{column.subject}}`.'::"text"), ('class'::"text",'archive'::"text",'boolean'::"text",NULL::"text"[],NULL::"text"[],false,'false'::"text",'Keep former rows.'::"text"), ('class'::"text",'deletion'::"text",'text'::"text",ARRAY['logical'::"text", 'physical'::"text"],NULL::"text"[],false,'"logical"'::"text",'What DELETE does with a row.'::"text"), ('class'::"text",'web_service'::"text",'boolean'::"text",NULL::"text"[],NULL::"text"[],false,'false'::"text",'Serve the class by HTTP.'::"text"), ('class'::"text",'columns'::"text",'section'::"text",NULL::"text"[],NULL::"text"[],false,'{}'::"text",'Columns by code, in the order in which they are shown.'::"text"), ('class'::"text",'keys'::"text",'keys'::"text",NULL::"text"[],NULL::"text"[],false,'[]'::"text",'Natural keys: unique among rows that are not deleted.'::"text"), ('column'::"text",'type'::"text",'text'::"text",ARRAY['text'::"text", 'middle_text'::"text", 'long_text'::"text", 'html'::"text", 'integer'::"text", 'decimal'::"text", 'boolean'::"text", 'date'::"text", 'timestamp'::"text", 'colour'::"text", 'class'::"text", 'guid'::"text", 'file'::"text", 'picture'::"text", 'reference'::"text", 'reverse'::"text", 'calculated'::"text"],NULL::"text"[],true,NULL::"text",'What the column holds; fixed once made.'::"text"), ('column'::"text",'name'::"text",'texts'::"text",NULL::"text"[],NULL::"text"[],false,'{}'::"text",'Name for people.'::"text"), ('column'::"text",'renamed_from'::"text",'code'::"text",NULL::"text"[],NULL::"text"[],false,NULL::"text",'Former code; ignored once the column has the new one.'::"text"), ('column'::"text",'position'::"text",'integer'::"text",NULL::"text"[],NULL::"text"[],false,NULL::"text",'Place among the columns, for definitions written in SQL; in a file the order of columns says it.'::"text"), ('column'::"text",'class'::"text",'class'::"text",NULL::"text"[],ARRAY['reference'::"text", 'reverse'::"text"],false,NULL::"text",'Class referred to; of a reverse reference, the class that refers.'::"text"), ('column'::"text",'classes'::"text",'list'::"text",NULL::"text"[],ARRAY['reference'::"text"],false,NULL::"text",'Classes, any of which a value may refer to.'::"text"), ('column'::"text",'target'::"text",'text'::"text",ARRAY['user'::"text"],ARRAY['reference'::"text"],false,NULL::"text",'Refer to accounts instead of rows.'::"text"), ('column'::"text",'multiple'::"text",'boolean'::"text",NULL::"text"[],ARRAY['reference'::"text", 'file'::"text"],false,'false'::"text",'Several values.'::"text"), ('column'::"text",'column'::"text",'code'::"text",NULL::"text"[],ARRAY['reverse'::"text"],false,NULL::"text",'Column of the other class by which it refers to this one.'::"text"), ('column'::"text",'sql'::"text",'text'::"text",NULL::"text"[],ARRAY['calculated'::"text"],false,NULL::"text",'SQL over `{{column.code}}` of the same row.'::"text"), ('column'::"text",'result'::"text",'text'::"text",ARRAY['text'::"text", 'middle_text'::"text", 'long_text'::"text", 'integer'::"text", 'decimal'::"text", 'boolean'::"text", 'date'::"text", 'timestamp'::"text", 'guid'::"text"],ARRAY['calculated'::"text"],false,NULL::"text",'Type of the result.'::"text"), ('column'::"text",'mandatory'::"text",'boolean'::"text",NULL::"text"[],ARRAY['text'::"text", 'middle_text'::"text", 'long_text'::"text", 'html'::"text", 'integer'::"text", 'decimal'::"text", 'boolean'::"text", 'date'::"text", 'timestamp'::"text", 'colour'::"text", 'class'::"text", 'guid'::"text", 'file'::"text", 'picture'::"text", 'reference'::"text"],false,'false'::"text",'A row without a value is refused.'::"text"), ('column'::"text",'default'::"text",'literal'::"text",NULL::"text"[],ARRAY['text'::"text", 'middle_text'::"text", 'long_text'::"text", 'html'::"text", 'integer'::"text", 'decimal'::"text", 'boolean'::"text", 'date'::"text", 'timestamp'::"text", 'colour'::"text", 'guid'::"text", 'picture'::"text"],false,NULL::"text",'Value of a new row that gives none; `today` for dates and `now` for timestamps.'::"text"), ('column'::"text",'sequence'::"text",'text'::"text",NULL::"text"[],ARRAY['text'::"text", 'middle_text'::"text", 'integer'::"text"],false,NULL::"text",'Number new rows, such as `T{#:000000}`; for an integer `{#}`.'::"text"), ('column'::"text",'min'::"text",'literal'::"text",NULL::"text"[],ARRAY['integer'::"text", 'decimal'::"text", 'date'::"text", 'timestamp'::"text"],false,NULL::"text",'Least value.'::"text"), ('column'::"text",'max'::"text",'literal'::"text",NULL::"text"[],ARRAY['integer'::"text", 'decimal'::"text", 'date'::"text", 'timestamp'::"text"],false,NULL::"text",'Greatest value.'::"text"), ('column'::"text",'min_length'::"text",'integer'::"text",NULL::"text"[],ARRAY['text'::"text", 'middle_text'::"text", 'long_text'::"text", 'html'::"text"],false,NULL::"text",'Least number of characters.'::"text"), ('column'::"text",'max_length'::"text",'integer'::"text",NULL::"text"[],ARRAY['text'::"text", 'middle_text'::"text", 'long_text'::"text", 'html'::"text"],false,NULL::"text",'Greatest number of characters; 255 for text, else unlimited.'::"text"), ('column'::"text",'pattern'::"text",'text'::"text",NULL::"text"[],ARRAY['text'::"text", 'middle_text'::"text", 'long_text'::"text", 'html'::"text"],false,NULL::"text",'Regular expression of PostgreSQL that values match.'::"text"), ('column'::"text",'pattern_message'::"text",'text'::"text",NULL::"text"[],ARRAY['text'::"text", 'middle_text'::"text", 'long_text'::"text", 'html'::"text"],false,NULL::"text",'Words of the refusal, after the code of the column.'::"text"), ('column'::"text",'localized'::"text",'boolean'::"text",NULL::"text"[],ARRAY['text'::"text", 'middle_text'::"text", 'long_text'::"text", 'html'::"text"],false,'false'::"text",'A text by language instead of one text.'::"text"), ('column'::"text",'states'::"text",'integer'::"text",ARRAY['2'::"text", '3'::"text"],ARRAY['boolean'::"text"],false,'3'::"text",'Two states, or three with the empty one.'::"text"), ('column'::"text",'editable_on_insert'::"text",'boolean'::"text",NULL::"text"[],ARRAY['text'::"text", 'middle_text'::"text", 'long_text'::"text", 'html'::"text", 'integer'::"text", 'decimal'::"text", 'boolean'::"text", 'date'::"text", 'timestamp'::"text", 'colour'::"text", 'class'::"text", 'guid'::"text", 'file'::"text", 'picture'::"text", 'reference'::"text"],false,'true'::"text",'Writers may give a value to a new row.'::"text"), ('column'::"text",'editable_on_update'::"text",'boolean'::"text",NULL::"text"[],ARRAY['text'::"text", 'middle_text'::"text", 'long_text'::"text", 'html'::"text", 'integer'::"text", 'decimal'::"text", 'boolean'::"text", 'date'::"text", 'timestamp'::"text", 'colour'::"text", 'class'::"text", 'guid'::"text", 'file'::"text", 'picture'::"text", 'reference'::"text"],false,'true'::"text",'Writers may change the value later.'::"text"), ('column'::"text",'max_files'::"text",'integer'::"text",NULL::"text"[],ARRAY['file'::"text"],false,NULL::"text",'Most files, of a column with several.'::"text"), ('column'::"text",'over_limit'::"text",'text'::"text",ARRAY['refuse'::"text", 'drop_oldest'::"text"],ARRAY['file'::"text"],false,'"refuse"'::"text",'What happens to more files than that: the row is refused, or the first of them leave the column.'::"text"), ('column'::"text",'max_size'::"text",'text'::"text",NULL::"text"[],ARRAY['file'::"text"],false,NULL::"text",'Greatest size of a file, such as `10 MB`.'::"text"), ('column'::"text",'suffixes'::"text",'list'::"text",NULL::"text"[],ARRAY['file'::"text"],false,NULL::"text",'Suffixes that files have, such as `[pdf, png]`; any when left out.'::"text"), ('column'::"text",'file_deletion'::"text",'text'::"text",ARRAY['forbidden'::"text", 'logical'::"text", 'content'::"text", 'physical'::"text"],ARRAY['file'::"text"],false,'"logical"'::"text",'When a file leaves the column: refused, the file is kept, its content goes, or all of it goes.'::"text"), ('query'::"text",'name'::"text",'texts'::"text",NULL::"text"[],NULL::"text"[],false,'{}'::"text",'Name for people.'::"text"), ('query'::"text",'sql'::"text",'text'::"text",NULL::"text"[],NULL::"text"[],true,NULL::"text",'One SELECT; `{{class.code}}` stands for the API view of a class.'::"text"), ('recipient_group'::"text",'name'::"text",'texts'::"text",NULL::"text"[],NULL::"text"[],false,'{}'::"text",'Name for people.'::"text"), ('recipient_group'::"text",'users'::"text",'list'::"text",NULL::"text"[],NULL::"text"[],false,'[]'::"text",'Logins of accounts whose addresses belong to it.'::"text"), ('recipient_group'::"text",'addresses'::"text",'text'::"text",NULL::"text"[],NULL::"text"[],false,NULL::"text",'Other addresses, separated by semicolons.'::"text"), ('frame'::"text",'html'::"text",'texts'::"text",NULL::"text"[],NULL::"text"[],false,NULL::"text",'HTML around `{{content}}`; may hold variables, whose values are escaped.'::"text"), ('frame'::"text",'text'::"text",'texts'::"text",NULL::"text"[],NULL::"text"[],false,NULL::"text",'Plain text around `{{content}}`; may hold variables.'::"text"), ('notification'::"text",'class'::"text",'class'::"text",NULL::"text"[],NULL::"text"[],false,NULL::"text",'Class of the row that the mail is about; left out for mail about none.'::"text"), ('notification'::"text",'account'::"text",'text'::"text",NULL::"text"[],NULL::"text"[],false,NULL::"text",'Mail account that sends; the default one when left out.'::"text"), ('notification'::"text",'to'::"text",'text'::"text",NULL::"text"[],NULL::"text"[],false,NULL::"text",'Recipients, separated by semicolons; `{{column.agent}}` of a user gives his address, `{{column.customer.email}}` that of a row.'::"text"), ('notification'::"text",'cc'::"text",'text'::"text",NULL::"text"[],NULL::"text"[],false,NULL::"text",'Recipients of a copy.'::"text"), ('notification'::"text",'bcc'::"text",'text'::"text",NULL::"text"[],NULL::"text"[],false,NULL::"text",'Recipients of a copy that others do not see.'::"text"), ('notification'::"text",'groups'::"text",'list'::"text",NULL::"text"[],NULL::"text"[],false,'[]'::"text",'Groups of this model that get it too.'::"text"), ('notification'::"text",'recipients'::"text",'text'::"text",NULL::"text"[],NULL::"text"[],false,NULL::"text",'SQL function `schema.name(bigint)` that gives more recipients of a row as a list.'::"text"), ('notification'::"text",'each'::"text",'boolean'::"text",NULL::"text"[],NULL::"text"[],false,'false'::"text",'A mail of his own for each recipient, in his language.'::"text"), ('notification'::"text",'reply_to'::"text",'text'::"text",NULL::"text"[],NULL::"text"[],false,NULL::"text",'Address for answers.'::"text"), ('notification'::"text",'in_reply_to'::"text",'text'::"text",NULL::"text"[],NULL::"text"[],false,NULL::"text",'Message-ID of the mail answered, such as `{{column.message_id}}`.'::"text"), ('notification'::"text",'priority'::"text",'text'::"text",ARRAY['high'::"text", 'normal'::"text", 'low'::"text"],NULL::"text"[],false,'"normal"'::"text",'Priority in the headers.'::"text"), ('notification'::"text",'attach'::"text",'list'::"text",NULL::"text"[],NULL::"text"[],false,'[]'::"text",'Columns of files that go along.'::"text"), ('notification'::"text",'variables'::"text",'list'::"text",NULL::"text"[],NULL::"text"[],false,'[]'::"text",'Names of run variables that the sender gives: `{{var.name}}`.'::"text"), ('notification'::"text",'frame'::"text",'code'::"text",NULL::"text"[],NULL::"text"[],false,NULL::"text",'Frame around the texts.'::"text"), ('notification'::"text",'subject'::"text",'texts'::"text",NULL::"text"[],NULL::"text"[],true,NULL::"text",'Subject, with variables such as `{{column.code}}`.'::"text"), ('notification'::"text",'body'::"text",'texts'::"text",NULL::"text"[],NULL::"text"[],false,NULL::"text",'Plain text; made of the HTML when left out.'::"text"), ('notification'::"text",'html'::"text",'texts'::"text",NULL::"text"[],NULL::"text"[],false,NULL::"text",'The text as HTML; values are escaped.'::"text"), ('rule'::"text",'class'::"text",'class'::"text",NULL::"text"[],NULL::"text"[],true,NULL::"text",'Class whose rows are watched.'::"text"), ('rule'::"text",'event'::"text",'text'::"text",ARRAY['before_insert'::"text", 'before_update'::"text", 'before_delete'::"text", 'after_insert'::"text", 'after_update'::"text", 'after_delete'::"text", 'on_date'::"text"],NULL::"text"[],true,NULL::"text",'When the rule is asked.'::"text"), ('rule'::"text",'when'::"text",'text'::"text",NULL::"text"[],NULL::"text"[],false,NULL::"text",'SQL condition over `{{column.code}}` and, of the former row, `{{old.code}}`; every row when left out.'::"text"), ('rule'::"text",'notify'::"text",'code'::"text",NULL::"text"[],NULL::"text"[],false,NULL::"text",'Notification that is sent.'::"text"), ('rule'::"text",'set'::"text",'mapping'::"text",NULL::"text"[],NULL::"text"[],false,NULL::"text",'Before saving: SQL formula by column code, such as `{total: "{{column.price}} * {{column.amount}}"}`.'::"text"), ('rule'::"text",'refuse'::"text",'texts'::"text",NULL::"text"[],NULL::"text"[],false,NULL::"text",'The statement is refused with this text when the condition holds for a row.'::"text"), ('rule'::"text",'script'::"text",'path'::"text",NULL::"text"[],NULL::"text"[],false,NULL::"text",'Script that is run: before saving in the same transaction, after it by a task.'::"text"), ('rule'::"text",'raise'::"text",'text'::"text",NULL::"text"[],NULL::"text"[],false,NULL::"text",'Event that is raised; may hold `{{column.code}}`.'::"text"), ('rule'::"text",'start'::"text",'path'::"text",NULL::"text"[],NULL::"text"[],false,NULL::"text",'Workflow that is started about the row.'::"text"), ('rule'::"text",'enqueue'::"text",'text'::"text",NULL::"text"[],NULL::"text"[],false,NULL::"text",'Kind of a task that is enqueued with the row.'::"text"), ('rule'::"text",'date'::"text",'code'::"text",NULL::"text"[],NULL::"text"[],false,NULL::"text",'Of a rule on_date: column with the date or time.'::"text"), ('rule'::"text",'offsets'::"text",'list'::"text",NULL::"text"[],NULL::"text"[],false,NULL::"text",'Of a rule on_date: up to five time spans from that date, such as `[-3 days, 1 hour]`; it acts once for each and each record.'::"text"), ('rule'::"text",'enabled'::"text",'boolean'::"text",NULL::"text"[],NULL::"text"[],false,'true'::"text",'Whether the rule acts.'::"text"), ('rule'::"text",'position'::"text",'integer'::"text",NULL::"text"[],NULL::"text"[],false,'0'::"text",'Rules of one event act in this order.'::"text"), ('script'::"text",'name'::"text",'texts'::"text",NULL::"text"[],NULL::"text"[],false,'{}'::"text",'Name for people.'::"text"), ('script'::"text",'sql'::"text",'text'::"text",NULL::"text"[],NULL::"text"[],false,NULL::"text",'Statements of PL/pgSQL; `context` is what they get, `result` what they give; `{{class.code}}` is an API view.'::"text"), ('script'::"text",'function'::"text",'text'::"text",NULL::"text"[],NULL::"text"[],false,NULL::"text",'Instead of sql: a function (jsonb) of yours that returns jsonb, as schema.name.'::"text"), ('script'::"text",'class'::"text",'class'::"text",NULL::"text"[],NULL::"text"[],false,NULL::"text",'Class whose records it is about, for people and pages.'::"text"), ('script'::"text",'enabled'::"text",'boolean'::"text",NULL::"text"[],NULL::"text"[],false,'true'::"text",'Whether it can be run.'::"text"), ('script'::"text",'integration'::"text",'boolean'::"text",NULL::"text"[],NULL::"text"[],false,'false'::"text",'It does not run while the integration switch is off.'::"text"), ('script'::"text",'url'::"text",'boolean'::"text",NULL::"text"[],NULL::"text"[],false,'false'::"text",'It may be called by URL.'::"text"), ('script'::"text",'web_service'::"text",'boolean'::"text",NULL::"text"[],NULL::"text"[],false,'false'::"text",'It may be called by web service.'::"text"), ('workflow'::"text",'name'::"text",'texts'::"text",NULL::"text"[],NULL::"text"[],false,'{}'::"text",'Name for people.'::"text"), ('workflow'::"text",'class'::"text",'class'::"text",NULL::"text"[],NULL::"text"[],false,NULL::"text",'Class of the record that an instance is about.'::"text"), ('workflow'::"text",'enabled'::"text",'boolean'::"text",NULL::"text"[],NULL::"text"[],false,'true'::"text",'Whether it can be started.'::"text"), ('workflow'::"text",'variables'::"text",'values'::"text",NULL::"text"[],NULL::"text"[],false,'{}'::"text",'Variables that an instance begins with.'::"text"), ('workflow'::"text",'steps'::"text",'steps'::"text",NULL::"text"[],NULL::"text"[],true,NULL::"text",'Steps by code; docs/workflows.md lists the kinds and their keys.'::"text"), ('job'::"text",'name'::"text",'texts'::"text",NULL::"text"[],NULL::"text"[],false,'{}'::"text",'Name for people.'::"text"), ('job'::"text",'cron'::"text",'text'::"text",NULL::"text"[],NULL::"text"[],false,NULL::"text",'Minute, hour, day, month, weekday, such as `30 2 * * 1-5`; or `@hourly`, `@daily`, `@weekly`, `@monthly`, `@yearly`.'::"text"), ('job'::"text",'at'::"text",'text'::"text",NULL::"text"[],NULL::"text"[],false,NULL::"text",'Instead of cron: one time, such as `2026-12-31 23:59`.'::"text"), ('job'::"text",'at_start'::"text",'boolean'::"text",NULL::"text"[],NULL::"text"[],false,'false'::"text",'It runs when the service starts.'::"text"), ('job'::"text",'time_zone'::"text",'text'::"text",NULL::"text"[],NULL::"text"[],false,'"UTC"'::"text",'Whose clock the times are of, such as `Europe/Prague`.'::"text"), ('job'::"text",'valid_from'::"text",'text'::"text",NULL::"text"[],NULL::"text"[],false,NULL::"text",'No slot before this time.'::"text"), ('job'::"text",'valid_to'::"text",'text'::"text",NULL::"text"[],NULL::"text"[],false,NULL::"text",'No slot after this time.'::"text"), ('job'::"text",'when'::"text",'text'::"text",NULL::"text"[],NULL::"text"[],false,NULL::"text",'SQL condition; a slot at which it does not hold is skipped.'::"text"), ('job'::"text",'missed'::"text",'text'::"text",ARRAY['skip'::"text", 'latest'::"text", 'all'::"text"],NULL::"text"[],false,'"latest"'::"text",'Which slots are run that came while nobody was there.'::"text"), ('job'::"text",'overlap'::"text",'text'::"text",ARRAY['skip'::"text", 'wait'::"text", 'parallel'::"text"],NULL::"text"[],false,'"skip"'::"text",'What a slot does while another run is not over.'::"text"), ('job'::"text",'integration'::"text",'boolean'::"text",NULL::"text"[],NULL::"text"[],false,'false'::"text",'Its slots are skipped while the integration switch is off.'::"text"), ('job'::"text",'enabled'::"text",'boolean'::"text",NULL::"text"[],NULL::"text"[],false,'true'::"text",'Whether it runs.'::"text"), ('job'::"text",'steps'::"text",'entries'::"text",NULL::"text"[],NULL::"text"[],true,NULL::"text",'Steps in order; docs/jobs.md lists the kinds and their keys.'::"text"), ('mailbox'::"text",'driver'::"text",'text'::"text",ARRAY['maildir'::"text", 'imap'::"text", 'ews'::"text", 'graph'::"text"],NULL::"text"[],true,NULL::"text",'How messages are fetched.'::"text"), ('mailbox'::"text",'path'::"text",'text'::"text",NULL::"text"[],NULL::"text"[],false,NULL::"text",'Folder of the Maildir, absolute or below PGEARS_HOME; may hold `{{app.par.code}}`.'::"text"), ('mailbox'::"text",'host'::"text",'text'::"text",NULL::"text"[],NULL::"text"[],false,NULL::"text",'Server of imap.'::"text"), ('mailbox'::"text",'port'::"text",'integer'::"text",NULL::"text"[],NULL::"text"[],false,NULL::"text",'Port of imap: 993 with tls, else 143, when left out.'::"text"), ('mailbox'::"text",'tls'::"text",'text'::"text",ARRAY['tls'::"text", 'starttls'::"text", 'none'::"text"],NULL::"text"[],false,NULL::"text",'Encryption of imap; tls when left out.'::"text"), ('mailbox'::"text",'ca_file'::"text",'text'::"text",NULL::"text"[],NULL::"text"[],false,NULL::"text",'Certificates that imap trusts, instead of those of the system.'::"text"), ('mailbox'::"text",'url'::"text",'text'::"text",NULL::"text"[],NULL::"text"[],false,NULL::"text",'Address of ews (.../EWS/Exchange.asmx), or of graph when it is not the public one.'::"text"), ('mailbox'::"text",'address'::"text",'text'::"text",NULL::"text"[],NULL::"text"[],false,NULL::"text",'Mail address of the mailbox, for ews and graph.'::"text"), ('mailbox'::"text",'login'::"text",'text'::"text",NULL::"text"[],NULL::"text"[],false,NULL::"text",'Account of the server.'::"text"), ('mailbox'::"text",'secret'::"text",'text'::"text",NULL::"text"[],NULL::"text"[],false,NULL::"text",'Where the runner finds the password: env:NAME or file:PATH.'::"text"), ('mailbox'::"text",'auth'::"text",'text'::"text",ARRAY['password'::"text", 'basic'::"text", 'ntlm'::"text", 'oauth2'::"text"],NULL::"text"[],false,NULL::"text",'imap: password (preset) or oauth2; ews: ntlm (preset), basic or oauth2.'::"text"), ('mailbox'::"text",'token_url'::"text",'text'::"text",NULL::"text"[],NULL::"text"[],false,NULL::"text",'Where OAuth2 tokens come from.'::"text"), ('mailbox'::"text",'client_id'::"text",'text'::"text",NULL::"text"[],NULL::"text"[],false,NULL::"text",'Id of the application for OAuth2.'::"text"), ('mailbox'::"text",'client_secret'::"text",'text'::"text",NULL::"text"[],NULL::"text"[],false,NULL::"text",'Where the runner finds the secret of the application: env:NAME or file:PATH.'::"text"), ('mailbox'::"text",'refresh_token'::"text",'text'::"text",NULL::"text"[],NULL::"text"[],false,NULL::"text",'File of the refresh token, file:PATH; the runner writes a renewed one there.'::"text"), ('mailbox'::"text",'scope'::"text",'text'::"text",NULL::"text"[],NULL::"text"[],false,NULL::"text",'Scope that the token is asked for.'::"text"), ('mailbox'::"text",'secret_expires'::"text",'text'::"text",NULL::"text"[],NULL::"text"[],false,NULL::"text",'Day on which the secret ends, such as 2027-01-31; the status counts the days.'::"text"), ('mailbox'::"text",'source_folder'::"text",'text'::"text",NULL::"text"[],NULL::"text"[],false,NULL::"text",'Folder of the server that is read; the inbox when left out.'::"text"), ('mailbox'::"text",'push'::"text",'boolean'::"text",NULL::"text"[],NULL::"text"[],false,NULL::"text",'imap: wait for announcements of the server (IDLE) beside the schedule.'::"text"), ('mailbox'::"text",'timeout_seconds'::"text",'integer'::"text",NULL::"text"[],NULL::"text"[],false,NULL::"text",'How long an answer of the server may take; 60 when left out.'::"text"), ('mailbox'::"text",'script'::"text",'text'::"text",NULL::"text"[],NULL::"text"[],false,NULL::"text",'Function (record jsonb, message jsonb) returns jsonb that may change or refuse a record before it is saved.'::"text"), ('mailbox'::"text",'script_after'::"text",'text'::"text",NULL::"text"[],NULL::"text"[],false,NULL::"text",'Function (row_id bigint, record jsonb, message jsonb) that is called after a record was saved.'::"text"), ('mailbox'::"text",'rate_per_sender'::"text",'text'::"text",NULL::"text"[],NULL::"text"[],false,NULL::"text",'Records that one sender may make, such as `20 per hour`; more are quarantined.'::"text"), ('mailbox'::"text",'class'::"text",'class'::"text",NULL::"text"[],NULL::"text"[],true,NULL::"text",'Class whose rows the messages become.'::"text"), ('mailbox'::"text",'mapping'::"text",'mapping'::"text",NULL::"text"[],NULL::"text"[],true,NULL::"text",'Column and what of the message goes into it, such as `{title: subject, customer: reply_address -> customer.email}`.'::"text"), ('mailbox'::"text",'after_read'::"text",'text'::"text",ARRAY['keep'::"text", 'mark'::"text", 'move'::"text", 'delete'::"text"],NULL::"text"[],false,'"mark"'::"text",'What happens to a message that was read: it stays, is marked as seen, moved to a folder, or deleted.'::"text"), ('mailbox'::"text",'folder'::"text",'text'::"text",NULL::"text"[],NULL::"text"[],false,'"Processed"'::"text",'Folder that messages are moved to.'::"text"), ('mailbox'::"text",'batch_size'::"text",'integer'::"text",NULL::"text"[],NULL::"text"[],false,'100'::"text",'Messages in one turn, 1 to 1000.'::"text"), ('mailbox'::"text",'poll_every'::"text",'text'::"text",NULL::"text"[],NULL::"text"[],false,'"1 minute"'::"text",'Time between two turns, such as `30 seconds`.'::"text"), ('mailbox'::"text",'on_auto_reply'::"text",'text'::"text",ARRAY['skip'::"text", 'accept'::"text"],NULL::"text"[],false,'"skip"'::"text",'What happens to automatic answers and mail of lists.'::"text"), ('mailbox'::"text",'enabled'::"text",'boolean'::"text",NULL::"text"[],NULL::"text"[],false,'true'::"text",'Whether it is read.'::"text"), ('mailbox'::"text",'reply_class'::"text",'class'::"text",NULL::"text"[],NULL::"text"[],false,NULL::"text",'Class whose rows answers become; without it an answer is a record like any other.'::"text"), ('mailbox'::"text",'reply_column'::"text",'code'::"text",NULL::"text"[],NULL::"text"[],false,NULL::"text",'Column of that class which refers to the record that was answered.'::"text"), ('mailbox'::"text",'reply_mapping'::"text",'mapping'::"text",NULL::"text"[],NULL::"text"[],false,'{}'::"text",'Column of that class and what of the message goes into it, as in `mapping`.'::"text"), ('mailbox'::"text",'reply_sets'::"text",'mapping'::"text",NULL::"text"[],NULL::"text"[],false,'{}'::"text",'Column of the record answered and its new value, such as `{status: open}`.'::"text"), ('subscription'::"text",'name'::"text",'texts'::"text",NULL::"text"[],NULL::"text"[],false,'{}'::"text",'Name for people.'::"text"), ('subscription'::"text",'peer'::"text",'code'::"text",NULL::"text"[],NULL::"text"[],true,NULL::"text",'Peer to read from; an instance that has no peer of this code lets the subscription rest.'::"text"), ('subscription'::"text",'classes'::"text",'list'::"text",NULL::"text"[],NULL::"text"[],true,NULL::"text",'Classes, those first that others refer to.'::"text"), ('subscription'::"text",'filter'::"text",'filters'::"text",NULL::"text"[],NULL::"text"[],false,'{}'::"text",'Rows to read, by class: column and value or values; all rows of a class that is left out.'::"text"), ('subscription'::"text",'conflict'::"text",'text'::"text",ARRAY['newer'::"text", 'source'::"text", 'target'::"text", 'manual'::"text"],NULL::"text"[],false,'"newer"'::"text",'Who wins where a row was changed on both sides: the later change, the peer, this instance, or a person.'::"text"), ('subscription'::"text",'rules'::"text",'boolean'::"text",NULL::"text"[],NULL::"text"[],false,'false'::"text",'Rules of this instance act on what comes in, too.'::"text"), ('subscription'::"text",'enabled'::"text",'boolean'::"text",NULL::"text"[],NULL::"text"[],false,'true'::"text",'Whether it is read.'::"text"), ('structure'::"text",'name'::"text",'texts'::"text",NULL::"text"[],NULL::"text"[],false,'{}'::"text",'Name for people.'::"text"), ('structure'::"text",'kind'::"text",'text'::"text",ARRAY['manager'::"text", 'team'::"text", 'unit'::"text"],NULL::"text"[],true,NULL::"text",'How the organisation is kept: who is whose manager, teams with members, or units with a class of memberships.'::"text"), ('structure'::"text",'class'::"text",'class'::"text",NULL::"text"[],NULL::"text"[],true,NULL::"text",'Class of the units or teams; of a manager structure, the class with the two user references.'::"text"), ('structure'::"text",'superior'::"text",'code'::"text",NULL::"text"[],NULL::"text"[],false,NULL::"text",'Column that refers to the superior unit or team (kinds unit and team).'::"text"), ('structure'::"text",'manager'::"text",'code'::"text",NULL::"text"[],NULL::"text"[],false,NULL::"text",'Column with the manager (kind manager).'::"text"), ('structure'::"text",'membership'::"text",'class'::"text",NULL::"text"[],NULL::"text"[],false,NULL::"text",'Class whose rows put a user into a unit (kind unit).'::"text"), ('structure'::"text",'user'::"text",'code'::"text",NULL::"text"[],NULL::"text"[],false,NULL::"text",'Column with the user: of the class (kind manager), of the membership class (kind unit).'::"text"), ('structure'::"text",'unit'::"text",'code'::"text",NULL::"text"[],NULL::"text"[],false,NULL::"text",'Column of the membership class with the unit (kind unit).'::"text"), ('structure'::"text",'members'::"text",'code'::"text",NULL::"text"[],NULL::"text"[],false,NULL::"text",'Column with the users of a team, with multiple: true (kind team).'::"text"), ('structure'::"text",'max_depth'::"text",'integer'::"text",NULL::"text"[],NULL::"text"[],false,'30'::"text",'How many levels down rights can reach, 1 to 30; 1 is directly below only.'::"text"), ('role'::"text",'name'::"text",'texts'::"text",NULL::"text"[],NULL::"text"[],false,'{}'::"text",'Name for people.'::"text"), ('role'::"text",'tables'::"text",'boolean'::"text",NULL::"text"[],NULL::"text"[],false,'false'::"text",'Members may read and write the class tables in schema data, as reporting tools do, not only the API views.'::"text"), ('role'::"text",'rights'::"text",'entries'::"text",NULL::"text"[],NULL::"text"[],false,'[]'::"text",'What the role may do, a list of rights.'::"text"), ('right'::"text",'class'::"text",'class'::"text",NULL::"text"[],NULL::"text"[],false,NULL::"text",'Class that the right is about.'::"text"), ('right'::"text",'query'::"text",'path'::"text",NULL::"text"[],NULL::"text"[],false,NULL::"text",'Query that the right is about.'::"text"), ('right'::"text",'import'::"text",'path'::"text",NULL::"text"[],NULL::"text"[],false,NULL::"text",'Import that the right is about.'::"text"), ('right'::"text",'export'::"text",'path'::"text",NULL::"text"[],NULL::"text"[],false,NULL::"text",'Export that the right is about.'::"text"), ('right'::"text",'workflow'::"text",'path'::"text",NULL::"text"[],NULL::"text"[],false,NULL::"text",'Workflow that the right is about.'::"text"), ('right'::"text",'job'::"text",'path'::"text",NULL::"text"[],NULL::"text"[],false,NULL::"text",'Job that the right is about.'::"text"), ('right'::"text",'script'::"text",'path'::"text",NULL::"text"[],NULL::"text"[],false,NULL::"text",'Script that the right is about.'::"text"), ('right'::"text",'page'::"text",'path'::"text",NULL::"text"[],NULL::"text"[],false,NULL::"text",'Page that the right is about.'::"text"), ('right'::"text",'allow'::"text",'list'::"text",NULL::"text"[],NULL::"text"[],true,NULL::"text",'Operations; of a class read, insert, change, delete, mass_change, mass_delete.'::"text"), ('right'::"text",'scope'::"text",'class'::"text",NULL::"text"[],NULL::"text"[],false,'"all"'::"text",'Every row (`all`), or the organisation structure that divides the rows.'::"text"), ('right'::"text",'column'::"text",'code'::"text",NULL::"text"[],NULL::"text"[],false,NULL::"text",'Column of the class with the unit, or the user in a manager structure.'::"text"), ('right'::"text",'depth'::"text",'integer'::"text",NULL::"text"[],NULL::"text"[],false,'0'::"text",'0 means own units only, else also those below, so many levels down.'::"text"), ('right'::"text",'hide'::"text",'list'::"text",NULL::"text"[],NULL::"text"[],false,'[]'::"text",'Columns that the right leaves out.'::"text")) "v"("place", "key", "kind", "choices", "column_types", "required", "preset", "note");
COMMENT ON VIEW "meta"."vocabulary" IS 'Keys of definitions by place (file, model, class, column, query, ...), with kind, choices, preset and meaning.';
CREATE FUNCTION "meta"."difference_text"("p_place" "text", "p_former" "jsonb", "p_definition" "jsonb") RETURNS "text"
    LANGUAGE "sql" STABLE
    BEGIN ATOMIC
 SELECT COALESCE("string_agg"(
         CASE
             WHEN (("v"."kind" = 'texts'::"text") OR ("length"("w"."former") > 40) OR ("length"("w"."present") > 40) OR (("w"."former" || "w"."present") ~~ '%
%'::"text")) THEN "v"."key"
             WHEN ("difference_text"."p_former" = '{}'::"jsonb") THEN (("v"."key" || ' '::"text") || "w"."present")
             ELSE "format"('%s %s -> %s'::"text", "v"."key", "w"."former", "w"."present")
         END, ', '::"text" ORDER BY "v"."position"), ''::"text") AS "coalesce"
    FROM ("meta"."vocabulary" "v"
      CROSS JOIN LATERAL ( SELECT COALESCE((("difference_text"."p_former" -> "v"."key") #>> '{}'::"text"[]), ("v"."preset" #>> '{}'::"text"[]), 'none'::"text") AS "former",
             COALESCE((("difference_text"."p_definition" -> "v"."key") #>> '{}'::"text"[]), ("v"."preset" #>> '{}'::"text"[]), 'none'::"text") AS "present") "w")
   WHERE (("v"."place" = "difference_text"."p_place") AND (("difference_text"."p_former" -> "v"."key") IS DISTINCT FROM ("difference_text"."p_definition" -> "v"."key")));
END;
COMMENT ON FUNCTION "meta"."difference_text"("p_place" "text", "p_former" "jsonb", "p_definition" "jsonb") IS 'Keys of a place in which two definitions differ, with short values; of {} and a definition, what it has.';
CREATE FUNCTION "meta"."distance"("p_word" "text", "p_other" "text") RETURNS integer
    LANGUAGE "plpgsql" IMMUTABLE STRICT
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_row integer[] := array(select n.i from generate_series(0, char_length(p_other)) as n (i));
  v_former integer[];
begin
  for i in 1 .. char_length(p_word) loop
    v_former := v_row;
    v_row[1] := i;
    for j in 1 .. char_length(p_other) loop
      v_row[j + 1] := least(
        v_former[j + 1] + 1,
        v_row[j] + 1,
        v_former[j] + case when substr(p_word, i, 1) = substr(p_other, j, 1) then 0 else 1 end
      );
    end loop;
  end loop;
  return v_row[char_length(p_other) + 1];
end;
$$;
COMMENT ON FUNCTION "meta"."distance"("p_word" "text", "p_other" "text") IS 'Edit distance of two words, to tell what a misspelt key was meant to be.';
CREATE FUNCTION "meta"."drop_class"("p_class" bigint) RETURNS "void"
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    SET "jit" TO 'off'
    AS $$
declare
  v_parent bigint;
  v_object text;
  v_detail text;
begin
  perform meta.check_unused_class(p_class);
  perform meta.lock_class(p_class);
  perform meta.check_unused_rows(p_class);
  perform access.forget_class(p_class);
  begin
    for v_object in
      select format('view if exists api.%I', v.name)
      from meta.api_view as v
      where v.kind in ('class', 'all') and v.object_id = p_class
      order by v.kind
    loop
      execute 'drop ' || v_object;
    end loop;
    for v_object in
      select format('referring_%s_%s', p_class, e.column_id)
      from meta.effective_column as e
      where e.class_id = p_class and e.type = 'reference'
      union
      select format('referring_%s_%s', p_class, d.column_id)
      from meta.dropped_column as d
      where d.class_id = p_class and d.column_id is not null
      union
      select format('described_%s', p_class)
    loop
      perform meta.retire_reader(v_object);
    end loop;
    -- Link tables may point back to the class itself.
    for v_object in
      select format('table if exists data.link_%s', k.id) from meta.class_column as k where k.class_id = p_class
    loop
      execute 'drop ' || v_object;
    end loop;
    execute format('drop table data.datarow_%s', p_class);
  exception
    when dependent_objects_still_exist then
      get stacked diagnostics v_detail = pg_exception_detail;
      raise exception 'class % is in use by other objects', meta.class_path(p_class)
        using errcode = 'PG118', detail = v_detail, hint = 'Drop or change these objects first.';
  end;
  foreach v_object in array array['inserted', 'updated', 'deleted', 'keep_deleted'] loop
    execute format('drop function data.%s_%s()', v_object, p_class);
  end loop;
  execute format('drop table if exists data.archive_%s', p_class);
  perform meta.drop_column_store(k.id) from meta.class_column as k where k.class_id = p_class;
  delete from meta.api_view as v where v.kind in ('class', 'all') and v.object_id = p_class;
  delete from meta.dropped_column as d where d.class_id = p_class;
  delete from meta.class_key as k where k.class_id = p_class;
  delete from meta.class_column as k where k.class_id = p_class;
  delete from meta.class as c where c.id = p_class returning c.parent_id into v_parent;
  if v_parent is not null then
    perform meta.drop_family_member(v_parent, p_class);
  end if;
end;
$$;
COMMENT ON FUNCTION "meta"."drop_class"("p_class" bigint) IS 'Drop a class with all it holds. Raises PG118 while something depends on it, PG121 while it is locked.';
CREATE FUNCTION "meta"."drop_column"("p_column" bigint) RETURNS "void"
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    SET "jit" TO 'off'
    AS $_$
declare
  v_column meta.class_column;
  v_users constant text := meta.column_users(p_column);
  v_several boolean;
  v_class bigint;
begin
  select k.* into strict v_column from meta.class_column as k where k.id = p_column;
  v_several := (select count(*) > 1 from meta.column_target as t where t.column_id = p_column);
  if v_users is not null then
    raise exception 'column "%" is named by %', v_column.code, v_users
      using errcode = 'PG118', hint = 'Take it out of these first.';
  end if;
  -- As an array: an open query over meta.class would forbid dropping a foreign key to it.
  foreach v_class in array array(
    select a.class_id from meta.ancestry as a where a.ancestor_id = v_column.class_id order by a.depth
  ) loop
    exit when v_column.type = 'reverse';
    perform meta.lock_class(v_class);
    execute format('alter table data.datarow_%1$s drop constraint if exists datarow_%1$s_c%2$s_fkey', v_class, p_column);
    execute format('drop index if exists data.datarow_%1$s_c%2$s_idx, data.datarow_%1$s_c%2$s_key', v_class, p_column);
    if v_column.type <> 'calculated' then
      execute format('alter table data.datarow_%s alter column c%s drop default', v_class, p_column);
    end if;
    insert into meta.dropped_column (class_id, column_id, physical)
    values (v_class, p_column, 'c' || p_column);
    insert into meta.dropped_column (class_id, column_id, physical)
    select v_class, p_column, format('c%s_class', p_column)
    where v_several;
  end loop;
  delete from meta.class_column as k where k.id = p_column;
  perform meta.touch_class(v_column.class_id);
end;
$_$;
COMMENT ON FUNCTION "meta"."drop_column"("p_column" bigint) IS 'Drop a column; its values go when the API views are renewed. Raises PG118 while definitions name it, PG121 while the class is locked.';
CREATE FUNCTION "meta"."drop_column_store"("p_column" bigint) RETURNS "void"
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  execute format('drop table if exists data.link_%s', p_column);
  execute format('drop sequence if exists data.seq_%s', p_column);
end;
$$;
COMMENT ON FUNCTION "meta"."drop_column_store"("p_column" bigint) IS 'Drop data.link_<id> and data.seq_<id> of a column.';
CREATE FUNCTION "meta"."drop_family_member"("p_parent" bigint, "p_class" bigint) RETURNS "void"
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_column record;
begin
  for v_column in
    select a.ancestor_id from meta.ancestry as a where a.class_id = p_parent
  loop
    execute format('delete from data.family_%s as f where f.class_id = %s', v_column.ancestor_id, p_class);
  end loop;
  if exists (select from meta.class as c where c.parent_id = p_parent) then
    return;
  end if;
  for v_column in
    select e.class_id, e.column_id, cardinality(e.targets) > 1 as several
    from meta.effective_column as e
    where p_parent = any (e.targets)
  loop
    if v_column.several then
      perform meta.touch_class(v_column.class_id);
    else
      perform meta.point_reference(v_column.class_id, v_column.column_id);
    end if;
  end loop;
  execute format('drop table data.family_%s', p_parent);
  perform meta.touch_class(p_parent);
end;
$$;
COMMENT ON FUNCTION "meta"."drop_family_member"("p_parent" bigint, "p_class" bigint) IS 'Take a class out of its family after it was dropped.';
CREATE FUNCTION "meta"."drop_model"("p_model" bigint) RETURNS "void"
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  if exists (select from meta.class as c where c.model_id = p_model)
    or exists (select from meta.query as q where q.model_id = p_model)
  then
    raise exception 'model % still has classes or queries', (select m.code from meta.model as m where m.id = p_model)
      using errcode = 'PG118', hint = 'Drop its classes and queries first.';
  end if;
  delete from meta.model as m where m.id = p_model;
end;
$$;
COMMENT ON FUNCTION "meta"."drop_model"("p_model" bigint) IS 'Drop an empty model. Raises PG118 when it still has classes or queries.';
CREATE FUNCTION "meta"."drop_queries"("p_model" "text", "p_steps" "jsonb"[], "p_keep" boolean) RETURNS "void"
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_waiting jsonb[];
  v_failed jsonb[] := p_steps;
  v_step jsonb;
begin
  while cardinality(v_failed) > 0 loop
    v_waiting := v_failed;
    v_failed := array[]::jsonb[];
    foreach v_step in array v_waiting loop
      begin
        perform meta.apply_step(p_model, v_step);
      exception
        when sqlstate 'PG118' then
          v_failed := v_failed || v_step;
      end;
    end loop;
    if v_failed = v_waiting then
      exit when p_keep;
      perform meta.apply_step(p_model, v_failed[1]);
    end if;
  end loop;
end;
$$;
COMMENT ON FUNCTION "meta"."drop_queries"("p_model" "text", "p_steps" "jsonb"[], "p_keep" boolean) IS 'Part of meta.apply_model: drop queries; without p_keep raises PG118 for one that something else is built on.';
CREATE FUNCTION "meta"."drop_query"("p_query" bigint) RETURNS "void"
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_view text;
  v_detail text;
begin
  delete from meta.api_view as v
  where v.kind = 'query' and v.object_id = p_query
  returning v.name into v_view;
  if v_view is not null then
    execute format('drop view if exists api.%I', v_view);
  end if;
  delete from meta.query as q where q.id = p_query;
exception
  when dependent_objects_still_exist then
    get stacked diagnostics v_detail = pg_exception_detail;
    raise exception 'the view of query % is in use by other objects', (select q.code from meta.query as q where q.id = p_query)
      using errcode = 'PG118', detail = v_detail, hint = 'Drop or change these objects first.';
end;
$$;
COMMENT ON FUNCTION "meta"."drop_query"("p_query" bigint) IS 'Drop a query with its API view. Raises PG118 while something depends on the view.';
CREATE FUNCTION "meta"."drop_views"("p_names" "text"[]) RETURNS SETOF "text"
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_name text;
  v_detail text;
begin
  perform meta.lock_views(p_names);
  for v_name in
    delete from meta.api_view as r
    where r.name = any (p_names)
    returning r.name
  loop
    execute format('drop view if exists api.%I', v_name);
    return next v_name;
  end loop;
exception
  when dependent_objects_still_exist then
    get stacked diagnostics v_detail = pg_exception_detail;
    raise exception 'API view "%" is in use by other objects', v_name
      using errcode = 'PG118', detail = v_detail, hint = 'Drop or change these objects first.';
end;
$$;
COMMENT ON FUNCTION "meta"."drop_views"("p_names" "text"[]) IS 'Names of the API views dropped. Raises PG118 when something is built on one, PG121 while it is in use.';
CREATE FUNCTION "meta"."dump_model"("p_model" "text") RETURNS "jsonb"
    LANGUAGE "plpgsql" STABLE SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_model meta.model;
  v_sections jsonb;
  v_classes jsonb;
  v_parameters jsonb;
begin
  select m.* into v_model from meta.model as m where m.id = meta.model_id(p_model);
  select jsonb_object_agg(
    c.code,
    meta.normal_definition('class', meta.class_definition(c.id), p_model)
    || jsonb_strip_nulls(jsonb_build_object('columns', k.columns, 'keys', nullif(meta.class_keys(c.id), '[]')))
  )
  into v_classes
  from meta.class as c
  cross join lateral (
    select jsonb_object_agg(
      n.code,
      meta.normal_definition('column', meta.column_definition(n.id), p_model) || jsonb_build_object('position', n.position)
    ) as columns
    from (
      select k.id, k.code, row_number() over (order by k.position, k.id) as position
      from meta.class_column as k
      where k.class_id = c.id
    ) as n
  ) as k
  where c.model_id = v_model.id;
  select jsonb_object_agg(d.section, d.definitions) into v_sections
  from (
    select s.section, jsonb_object_agg(s.code, meta.normal_definition(s.place, s.definition, p_model)) as definitions
    from meta.section_definitions(v_model.id) as s
    group by s.section
  ) as d;
  select jsonb_object_agg(substr(p.code, length(p_model) + 2), p.value) into v_parameters
  from core.parameter as p
  where starts_with(p.code, p_model || '.') and p.value is not null;
  return jsonb_strip_nulls(
    jsonb_build_object(
      'model', p_model,
      'name', nullif(v_model.name, '{}'),
      'languages', nullif(to_jsonb(v_model.languages), '[]'),
      'parameters', v_parameters,
      'classes', v_classes
    )
  ) || coalesce(v_sections, '{}');
end;
$$;
COMMENT ON FUNCTION "meta"."dump_model"("p_model" "text") IS 'A model in the form of a model file, as JSON. Raises PG106 when there is none of this code.';
CREATE FUNCTION "meta"."file_checks"("p_class" bigint, "p_event" "text") RETURNS "text"
    LANGUAGE "sql" STABLE
    BEGIN ATOMIC
 WITH "files" AS (
          SELECT "e"."column_id",
             "e"."definition",
             "format"(
                 CASE
                     WHEN "e"."is_array" THEN 'coalesce(n.%I, ''{}'')'::"text"
                     ELSE 'array[n.%I]'::"text"
                 END, "e"."physical") AS "given",
             "format"(
                 CASE
                     WHEN "e"."is_array" THEN 'coalesce(o.%I, ''{}'')'::"text"
                     ELSE 'array[o.%I]'::"text"
                 END, "e"."physical") AS "former",
                 CASE "file_checks"."p_event"
                     WHEN 'updated'::"text" THEN "format"('from new_rows as n inner join old_rows as o on n.id = o.id where n.deleted is null and n.%1$I is distinct from o.%1$I'::"text", "e"."physical")
                     ELSE 'from new_rows as n where n.deleted is null'::"text"
                 END AS "source"
            FROM "meta"."effective_column" "e"
           WHERE (("e"."class_id" = "file_checks"."p_class") AND ("e"."type" = 'file'::"text") AND "e"."stored")
         ), "lines"("position", "line") AS (
          SELECT (("f"."column_id" * 10) + 1) AS "?column?",
             "format"('perform meta.check_files(%s, %s, array(select t.id from (select %s as files %s) as g, unnest(g.files) as t (id) where t.id is not null));'::"text", "file_checks"."p_class", "f"."column_id", "f"."given", "f"."source") AS "format"
            FROM "files" "f"
           WHERE ("file_checks"."p_event" = ANY (ARRAY['inserted'::"text", 'updated'::"text"]))
         UNION ALL
          SELECT (("f"."column_id" * 10) + 2),
             "format"('if exists (select %s and cardinality(%s) > %s) then perform meta.refuse_files(%s, %s, true); end if;'::"text", "f"."source", "f"."given", ("f"."definition" ->> 'max_files'::"text"), "file_checks"."p_class", "f"."column_id") AS "format"
            FROM "files" "f"
           WHERE (("file_checks"."p_event" = ANY (ARRAY['inserted'::"text", 'updated'::"text"])) AND ("f"."definition" ? 'max_files'::"text"))
         UNION ALL
          SELECT (("f"."column_id" * 10) + 3),
                 CASE ("f"."definition" ->> 'file_deletion'::"text")
                     WHEN 'forbidden'::"text" THEN "format"('if exists (select %s and not array_remove(%s, null) <@ %s) then perform meta.refuse_files(%s, %s, false); end if;'::"text", "f"."source", "f"."former", "f"."given", "file_checks"."p_class", "f"."column_id")
                     ELSE "format"('perform meta.remove_files(array(select t.id from (select %s as before, %s as after %s) as g, unnest(g.before) as t (id) where t.id is not null and t.id <> all (array_remove(g.after, null))), %L);'::"text", "f"."former", "f"."given", "f"."source", ("f"."definition" ->> 'file_deletion'::"text"))
                 END AS "format"
            FROM "files" "f"
           WHERE (("file_checks"."p_event" = 'updated'::"text") AND (("f"."definition" ->> 'file_deletion'::"text") = ANY (ARRAY['forbidden'::"text", 'content'::"text", 'physical'::"text"])))
         UNION ALL
          SELECT (("f"."column_id" * 10) + 4),
             "format"('perform meta.remove_files(array(select t.id from (select %s as before from old_rows as o) as g, unnest(g.before) as t (id) where t.id is not null), %L);'::"text", "f"."former", ("f"."definition" ->> 'file_deletion'::"text")) AS "format"
            FROM "files" "f"
           WHERE (("file_checks"."p_event" = 'deleted'::"text") AND (("f"."definition" ->> 'file_deletion'::"text") = ANY (ARRAY['content'::"text", 'physical'::"text"])))
         )
  SELECT COALESCE("string_agg"(('  '::"text" || "l"."line"), '
'::"text" ORDER BY "l"."position"), ''::"text") AS "coalesce"
    FROM "lines" "l";
END;
COMMENT ON FUNCTION "meta"."file_checks"("p_class" bigint, "p_event" "text") IS 'Part of a generated trigger function: limits of file columns and files let go of.';
CREATE VIEW "meta"."class_name" AS
 SELECT "c"."id",
    (("m"."code" || '.'::"text") || "c"."code") AS "path"
   FROM ("meta"."class" "c"
     JOIN "meta"."model" "m" ON (("c"."model_id" = "m"."id")));
COMMENT ON VIEW "meta"."class_name" IS 'Class id and model.class, readable by everybody through API views.';
CREATE FUNCTION "meta"."file_columns"("p_file" "jsonb") RETURNS TABLE("class_code" "text", "owner_code" "text", "code" "text", "definition" "jsonb", "path" "text")
    LANGUAGE "sql" STABLE
    BEGIN ATOMIC
 WITH RECURSIVE "named" AS (
          SELECT "c"."key" AS "code",
             "c"."value" AS "definition",
                 CASE
                     WHEN "starts_with"(("c"."value" ->> 'parent'::"text"), (("file_columns"."p_file" ->> 'model'::"text") || '.'::"text")) THEN "split_part"(("c"."value" ->> 'parent'::"text"), '.'::"text", 2)
                     ELSE ("c"."value" ->> 'parent'::"text")
                 END AS "parent"
            FROM "jsonb_each"("meta"."section_of"("file_columns"."p_file", 'classes'::"text")) "c"("key", "value")
         ), "up"("class_code", "ancestor", "parent", "definition") AS (
          SELECT "n"."code",
             "n"."code",
             "n"."parent",
             "n"."definition"
            FROM "named" "n"
         UNION
          SELECT "u"."class_code",
             "n"."code",
             "n"."parent",
             "n"."definition"
            FROM ("up" "u"
              JOIN "named" "n" ON (("u"."parent" = "n"."code")))
         )
  SELECT "u"."class_code",
     "u"."ancestor",
     "k"."key",
     "k"."value",
     "format"('$.classes.%s.columns.%s'::"text", "u"."ancestor", "k"."key") AS "format"
    FROM ("up" "u"
      CROSS JOIN LATERAL "jsonb_each"("meta"."section_of"("u"."definition", 'columns'::"text")) "k"("key", "value"))
 UNION ALL
  SELECT "u"."class_code",
     "u"."parent",
     "e"."code",
     ("e"."definition" || "jsonb_build_object"('type', "e"."type")),
     NULL::"text"
    FROM (("up" "u"
      JOIN "meta"."class_name" "c" ON (("u"."parent" = "c"."path")))
      JOIN "meta"."effective_column" "e" ON (("c"."id" = "e"."class_id")))
   WHERE ("u"."parent" ~~ '%.%'::"text");
END;
COMMENT ON FUNCTION "meta"."file_columns"("p_file" "jsonb") IS 'Class, owner, code, definition and path of every column that the classes of a model file will have.';
CREATE FUNCTION "meta"."find_class"("p_model" bigint, "p_name" "text") RETURNS bigint
    LANGUAGE "plpgsql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_id bigint;
begin
  select c.id into v_id
  from meta.class as c
  inner join meta.model as m on c.model_id = m.id
  where (p_name not like '%.%' and m.id = p_model and c.code = p_name)
    or m.code || '.' || c.code = p_name;
  if v_id is null then
    raise exception 'there is no class "%"', p_name
      using errcode = 'PG114', hint = 'Name a class of the same model by its code, one of another model by model.class.';
  end if;
  return v_id;
end;
$$;
COMMENT ON FUNCTION "meta"."find_class"("p_model" bigint, "p_name" "text") IS 'Id of a class named from within a model. Raises PG114 when there is none.';
CREATE FUNCTION "meta"."finish_changes"() RETURNS "void"
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    SET "jit" TO 'off'
    AS $$
declare
  v_noted constant text := nullif(current_setting('pgears.changed_classes', true), '');
begin
  perform set_config('pgears.changed_classes', '', true);
  perform meta.rebuild_class(t.class_id)
  from (
    select a.class_id
    from meta.ancestry as a
    where a.ancestor_id = any (v_noted::bigint[])
    group by a.class_id
    order by a.class_id
  ) as t;
end;
$$;
COMMENT ON FUNCTION "meta"."finish_changes"() IS 'Rebuild the classes changed since meta.begin_changes().';
CREATE FUNCTION "meta"."follow_renames"("p_definition" "jsonb", "p_renames" "jsonb") RETURNS "jsonb"
    LANGUAGE "plpgsql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_text text := p_definition::text;
  v_rename record;
begin
  if p_renames is null then
    return p_definition;
  end if;
  for v_rename in select r.key, r.value from jsonb_each_text(p_renames) as r loop
    v_text := meta.replace_placeholder(v_text, v_rename.key, v_rename.value);
  end loop;
  return v_text::jsonb;
end;
$$;
COMMENT ON FUNCTION "meta"."follow_renames"("p_definition" "jsonb", "p_renames" "jsonb") IS 'Definition with placeholders renamed; p_renames has new codes by former code.';
CREATE FUNCTION "meta"."format_expression"("p_class" bigint, "p_format" "text", "p_stored" boolean) RETURNS "text"
    LANGUAGE "plpgsql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_piece text;
  v_code text;
  v_part text;
  v_parts text[] := array[]::text[];
begin
  for v_piece in
    select p.piece[1]
    from regexp_matches(p_format, '\{\{[^}]*\}\}|(?:(?!\{\{).)+', 'gs') as p (piece)
  loop
    v_code := substring(v_piece from '^\{\{\s*column\.([a-z][a-z0-9_-]*)\s*\}\}$');
    if v_code is null then
      if v_piece like '{{%' then
        raise exception 'the format has "%"', v_piece
          using errcode = 'PG111', hint = 'Write {{column.code}} with the code of a column of the class.';
      end if;
      v_parts := v_parts || quote_literal(v_piece);
      continue;
    end if;
    v_part := meta.column_expression(p_class, v_code, p_stored);
    if v_part is null then
      raise exception 'the format names the column "%", which % has not, or not as a text', v_code, meta.class_path(p_class)
        using
          errcode = 'PG106',
          hint = 'Name a column with a single value; the description of a class is stored and takes texts, numbers and dates of the row itself.';
    end if;
    v_parts := v_parts || v_part;
  end loop;
  return coalesce(array_to_string(nullif(v_parts, '{}'), ' || '), quote_literal('')) || '::text';
end;
$_$;
COMMENT ON FUNCTION "meta"."format_expression"("p_class" bigint, "p_format" "text", "p_stored" boolean) IS 'SQL expression of type text for a format. p_stored: for a generated column of the class. Raises PG106, PG111.';
CREATE TABLE "meta"."class_hook" (
    "class_id" bigint NOT NULL,
    "code" "text" NOT NULL,
    "event" "text" NOT NULL,
    "position" integer DEFAULT 0 NOT NULL,
    "statement" "text" NOT NULL,
    "once" boolean DEFAULT false NOT NULL,
    CONSTRAINT "class_hook_event_check" CHECK (("event" = ANY (ARRAY['before_insert'::"text", 'before_update'::"text", 'inserted'::"text", 'updated'::"text", 'deleted'::"text"])))
);
COMMENT ON TABLE "meta"."class_hook" IS 'Statements that other rooms have built into the triggers of a class. Those of before_insert and before_update change the row "new"; the others read new_rows and old_rows and set v_ring when they enqueue.';
COMMENT ON COLUMN "meta"."class_hook"."once" IS 'Acts where a row is written first: not again for rows that come from another instance.';
CREATE FUNCTION "meta"."hook_statements"("p_class" bigint, "p_event" "text") RETURNS "text"
    LANGUAGE "sql" STABLE
    BEGIN ATOMIC
 SELECT COALESCE((('  declare v_chosen bigint[];
  begin
'::"text" || "string_agg"(
         CASE
             WHEN "h"."once" THEN "format"('  if core.source() <> ''replica'' or current_setting(''pgears.replica_rules'', true) = ''on'' then
  %s
  end if;'::"text", "h"."statement")
             ELSE ('  '::"text" || "h"."statement")
         END, '
'::"text" ORDER BY "h"."position", "h"."code")) || '
  end;'::"text"), ''::"text") AS "coalesce"
    FROM "meta"."class_hook" "h"
   WHERE (("h"."class_id" = "hook_statements"."p_class") AND ("h"."event" = "hook_statements"."p_event"));
END;
COMMENT ON FUNCTION "meta"."hook_statements"("p_class" bigint, "p_event" "text") IS 'Part of a generated trigger function: statements of meta.class_hook.';
CREATE FUNCTION "meta"."insert_record"("p_class" bigint, "p_values" "jsonb") RETURNS bigint
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_unknown text;
  v_columns text;
  v_row jsonb;
  v_id bigint;
begin
  select
    min(v.code) filter (where e.column_id is null),
    string_agg(quote_ident(e.physical), ', '),
    jsonb_object_agg(e.physical, v.value) filter (where e.column_id is not null)
  into v_unknown, v_columns, v_row
  from jsonb_each(p_values) as v (code, value)
  left join meta.effective_column as e on e.class_id = p_class and v.code = e.code and e.stored;
  if v_unknown is not null then
    raise exception 'class % has no column "%"', meta.class_path(p_class), v_unknown
      using errcode = 'PG106', hint = 'Name columns of the class by their codes.';
  end if;
  perform meta.check_triggers(format('data.datarow_%s', p_class)::regclass);
  if v_row is null then
    execute format('insert into data.datarow_%s default values returning id', p_class) into v_id;
    return v_id;
  end if;
  execute format(
    'insert into data.datarow_%1$s (%2$s) select %2$s from jsonb_populate_record(null::data.datarow_%1$s, $1) returning id',
    p_class, v_columns
  )
  using v_row
  into v_id;
  return v_id;
end;
$_$;
COMMENT ON FUNCTION "meta"."insert_record"("p_class" bigint, "p_values" "jsonb") IS 'Id of a new row of a class with the values given by column code. Raises PG106 for an unknown code, PG140 for a trigger of another owner, PG210 for broken limits.';
CREATE FUNCTION "meta"."is_above"("p_type" "text", "p_value" "text", "p_other" "text") RETURNS boolean
    LANGUAGE "plpgsql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  return case p_type
    when 'integer' then p_value::numeric > p_other::numeric
    when 'decimal' then p_value::numeric > p_other::numeric
    when 'date' then p_value::date > p_other::date
    when 'timestamp' then p_value::timestamptz > p_other::timestamptz
  end;
end;
$$;
COMMENT ON FUNCTION "meta"."is_above"("p_type" "text", "p_value" "text", "p_other" "text") IS 'True when a literal of type integer, decimal, date or timestamp is above another.';
CREATE FUNCTION "meta"."keep_newest"() RETURNS "trigger"
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_files constant jsonb := to_jsonb(new) -> tg_argv[0];
  v_most constant integer := tg_argv[1]::integer;
begin
  return jsonb_populate_record(
    new,
    jsonb_build_object(tg_argv[0], (
      select jsonb_agg(f.value order by f.position)
      from jsonb_array_elements(v_files) with ordinality as f (value, position)
      where f.position > jsonb_array_length(v_files) - v_most
    ))
  );
end;
$$;
COMMENT ON FUNCTION "meta"."keep_newest"() IS 'Trigger function: shorten an array of files (argument 1) to its last values (argument 2).';
CREATE FUNCTION "meta"."key_columns"("p_class" bigint, "p_codes" "jsonb") RETURNS bigint[]
    LANGUAGE "plpgsql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_ids bigint[];
  v_missing text;
begin
  select array_agg(e.column_id order by c.position), min(c.code) filter (where e.column_id is null)
  into v_ids, v_missing
  from jsonb_array_elements_text(p_codes) with ordinality as c (code, position)
  left join meta.effective_column as e on e.class_id = p_class and c.code = e.code and e.stored and not e.is_array;
  if v_missing is not null or v_ids is null then
    raise exception 'a natural key of % names the column "%"', meta.class_path(p_class), coalesce(v_missing, '')
      using errcode = 'PG106', hint = 'Keys are lists of codes of stored columns of the class with single values.';
  end if;
  return v_ids;
end;
$$;
COMMENT ON FUNCTION "meta"."key_columns"("p_class" bigint, "p_codes" "jsonb") IS 'Column ids of a list of column codes. Raises PG106 for a code that cannot be in a key.';
CREATE FUNCTION "meta"."keys_text"("p_keys" "jsonb") RETURNS "text"
    LANGUAGE "sql" IMMUTABLE
    BEGIN ATOMIC
 SELECT COALESCE("string_agg"((('('::"text" || "t"."codes") || ')'::"text"), ', '::"text" ORDER BY "k"."position"), 'none'::"text") AS "coalesce"
    FROM ("jsonb_array_elements"(COALESCE("keys_text"."p_keys", '[]'::"jsonb")) WITH ORDINALITY "k"("codes", "position")
      CROSS JOIN LATERAL ( SELECT "string_agg"("c"."code", ', '::"text" ORDER BY "c"."position") AS "codes"
            FROM "jsonb_array_elements_text"("k"."codes") WITH ORDINALITY "c"("code", "position")) "t");
END;
COMMENT ON FUNCTION "meta"."keys_text"("p_keys" "jsonb") IS 'Text of a list of lists of column codes; "none" for an empty one.';
CREATE FUNCTION "meta"."limits_expression"("p_class" bigint) RETURNS "text"
    LANGUAGE "sql" STABLE
    BEGIN ATOMIC
 SELECT "format"('deleted is not null or (%s) is not false or meta.refuse_limits(%s, datarow_%2$s)'::"text", "string_agg"((('('::"text" || "l"."condition") || ')'::"text"), ' and '::"text"), "limits_expression"."p_class") AS "format"
    FROM "meta"."column_limits"("limits_expression"."p_class") "l"("condition", "refusal")
  HAVING ("count"(*) > 0);
END;
COMMENT ON FUNCTION "meta"."limits_expression"("p_class" bigint) IS 'Expression of the check constraint of a class table; null when nothing is limited.';
CREATE FUNCTION "meta"."link_statements"("p_class" bigint, "p_event" "text") RETURNS "text"
    LANGUAGE "sql" STABLE
    BEGIN ATOMIC
 WITH "family" AS (
          SELECT "a"."ancestor_id" AS "id"
            FROM "meta"."ancestry" "a"
           WHERE (("a"."class_id" = "link_statements"."p_class") AND (EXISTS ( SELECT
                    FROM "meta"."class" "c"
                   WHERE ("c"."parent_id" = "a"."ancestor_id"))))
         ), "statement"("position", "line") AS (
          SELECT 0 AS "?column?",
                 CASE "link_statements"."p_event"
                     WHEN 'inserted'::"text" THEN "format"('insert into data.family_%s (id, class_id) select n.id, %s from new_rows as n where n.deleted is null;'::"text", "f"."id", "link_statements"."p_class")
                     WHEN 'deleted'::"text" THEN "format"('delete from data.family_%s as f using old_rows as o where f.id = o.id;'::"text", "f"."id")
                     ELSE NULL::"text"
                 END AS "case"
            FROM "family" "f"
         UNION ALL
          SELECT 1,
                 CASE "link_statements"."p_event"
                     WHEN 'deleted'::"text" THEN "format"('delete from data.link_%s as l using old_rows as o where l.row_id = o.id;'::"text", "e"."column_id")
                     WHEN 'updated'::"text" THEN "format"('delete from data.link_%1$s as l using new_rows as n, old_rows as o where n.id = o.id and l.row_id = n.id and n.%2$I is distinct from o.%2$I;'::"text", "e"."column_id", "e"."physical")
                     ELSE NULL::"text"
                 END AS "case"
            FROM "meta"."effective_column" "e"
           WHERE (("e"."class_id" = "link_statements"."p_class") AND "e"."is_array")
         UNION ALL
          SELECT 2,
             "format"('insert into data.link_%1$s (row_id, target_id, position) select n.id, t.target_id, t.position from new_rows as n%3$s cross join lateral unnest(n.%2$I) with ordinality as t (target_id, position)%4$s;'::"text", "e"."column_id", "e"."physical",
                 CASE "link_statements"."p_event"
                     WHEN 'updated'::"text" THEN ' inner join old_rows as o on n.id = o.id'::"text"
                     ELSE ''::"text"
                 END,
                 CASE "link_statements"."p_event"
                     WHEN 'updated'::"text" THEN "format"(' where n.%1$I is distinct from o.%1$I'::"text", "e"."physical")
                     ELSE ' where n.deleted is null'::"text"
                 END) AS "format"
            FROM "meta"."effective_column" "e"
           WHERE (("e"."class_id" = "link_statements"."p_class") AND "e"."is_array" AND ("link_statements"."p_event" <> 'deleted'::"text"))
         )
  SELECT COALESCE("string_agg"(('  '::"text" || "s"."line"), '
'::"text" ORDER BY "s"."position", "s"."line"), ''::"text") AS "coalesce"
    FROM "statement" "s";
END;
COMMENT ON FUNCTION "meta"."link_statements"("p_class" bigint, "p_event" "text") IS 'Part of a generated trigger function: upkeep of family and link tables.';
CREATE FUNCTION "meta"."link_target"("p_class" bigint) RETURNS "text"
    LANGUAGE "sql" STABLE
    BEGIN ATOMIC
 SELECT
         CASE
             WHEN (EXISTS ( SELECT
                FROM "meta"."class" "c"
               WHERE ("c"."parent_id" = "link_target"."p_class"))) THEN ('data.family_'::"text" || "p_class")
             ELSE ('data.datarow_'::"text" || "p_class")
         END AS "case";
END;
COMMENT ON FUNCTION "meta"."link_target"("p_class" bigint) IS 'Table that a foreign key to a class refers to: the class table, or the family table of a class with children.';
CREATE FUNCTION "meta"."localized"("p_text" "jsonb") RETURNS "jsonb"
    LANGUAGE "sql" STABLE
    BEGIN ATOMIC
 SELECT
         CASE "jsonb_typeof"("p_text")
             WHEN 'object'::"text" THEN "p_text"
             WHEN 'string'::"text" THEN "jsonb_build_object"(( SELECT "l"."code"
                FROM "meta"."language" "l"
               WHERE "l"."is_default"), ("p_text" #>> '{}'::"text"[]))
             ELSE '{}'::"jsonb"
         END AS "case";
END;
COMMENT ON FUNCTION "meta"."localized"("p_text" "jsonb") IS 'Object of texts by language code from a text or such an object; {} for null.';
CREATE FUNCTION "meta"."lock_class"("p_class" bigint) RETURNS "void"
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_table constant regclass := format('data.datarow_%s', p_class)::regclass;
  v_former constant text := current_setting('lock_timeout');
  v_relation regclass;
begin
  -- Made in this very bundle of changes and not complete yet: nobody else can see it.
  if not exists (select from pg_attribute as a where a.attrelid = v_table and a.attname = 'uid') then
    return;
  end if;
  for v_try in 1..100 loop
    begin
      perform set_config('lock_timeout', '50ms', true);
      for v_relation in
        with recursive dependent (oid, depth) as (
          select v_table::oid, 0
          union
          select r.ev_class, d.depth + 1
          from dependent as d
          inner join pg_depend as p on p.refclassid = 'pg_class'::regclass and d.oid = p.refobjid and p.classid = 'pg_rewrite'::regclass
          inner join pg_rewrite as r on p.objid = r.oid
          where r.ev_class <> d.oid and d.depth < 50
        )
        select d.oid::regclass
        from dependent as d
        inner join pg_class as c on d.oid = c.oid
        where c.relkind = 'r' or c.relkind = 'v' and pg_has_role(c.relowner, 'usage')
        group by d.oid
        order by max(d.depth) desc, d.oid
      loop
        execute format('lock table %s in access exclusive mode', v_relation);
      end loop;
      perform set_config('lock_timeout', v_former, true);
      return;
    exception
      when lock_not_available then
        perform pg_sleep(0.02);
    end;
  end loop;
  raise exception 'class % is in use', meta.class_path(p_class)
    using errcode = 'PG121', hint = 'Some transaction holds its table or a view; see pg_locks, end it, or try again later.';
end;
$$;
COMMENT ON FUNCTION "meta"."lock_class"("p_class" bigint) IS 'Take the locks for a change of structure. Raises PG121 when they are not to be had within some seconds.';
CREATE FUNCTION "meta"."lock_views"("p_names" "text"[]) RETURNS "void"
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_former constant text := current_setting('lock_timeout');
  v_views text;
begin
  for v_try in 1..100 loop
    with recursive dependent (oid, depth) as (
      select
        c.oid,
        0
      from pg_class as c
      where c.relnamespace = 'api'::regnamespace and c.relname = any (p_names) and c.relkind = 'v'
      union
      select
        r.ev_class,
        d.depth + 1
      from dependent as d
      inner join pg_depend as p
        on p.refclassid = 'pg_class'::regclass and d.oid = p.refobjid and p.classid = 'pg_rewrite'::regclass
      inner join pg_rewrite as r on p.objid = r.oid
      where r.ev_class <> d.oid and d.depth < 50
    )
    select string_agg(format('%I.%I', t.nspname, t.relname), ', ' order by t.depth desc, t.relname)
    into v_views
    from (
      select
        n.nspname,
        c.relname,
        max(d.depth) as depth
      from dependent as d
      inner join pg_class as c on d.oid = c.oid
      inner join pg_namespace as n on c.relnamespace = n.oid
      -- Views of strangers cannot be locked; they stop a renewal only where they must change.
      where c.relkind = 'v' and pg_has_role(c.relowner, 'usage')
      group by n.nspname, c.relname
    ) as t;
    if v_views is null then
      return;
    end if;
    begin
      perform set_config('lock_timeout', '50ms', true);
      execute format('lock table %s in access exclusive mode', v_views);
      perform set_config('lock_timeout', v_former, true);
      return;
    exception
      when lock_not_available or undefined_table then
        perform pg_sleep(0.02 + 0.03 * random());
    end;
  end loop;
  raise exception 'API views are in use'
    using errcode = 'PG121', hint = 'Some transaction reads them for long; see pg_locks, end it, or try again later.';
end;
$$;
COMMENT ON FUNCTION "meta"."lock_views"("p_names" "text"[]) IS 'Lock API views by name with what is built on them. Raises PG121 when they are not to be had within some seconds.';
CREATE FUNCTION "meta"."model_id"("p_code" "text") RETURNS bigint
    LANGUAGE "plpgsql" STABLE SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_id bigint;
begin
  select m.id into v_id from meta.model as m where m.code = p_code;
  if v_id is null then
    raise exception 'there is no model "%"', p_code
      using errcode = 'PG106', hint = 'meta.model lists the models of this instance.';
  end if;
  return v_id;
end;
$$;
COMMENT ON FUNCTION "meta"."model_id"("p_code" "text") IS 'Id of a model by its code. Raises PG106 when there is none.';
CREATE TABLE "meta"."model_section" (
    "code" "text" NOT NULL,
    "place" "text" NOT NULL,
    "position" integer NOT NULL,
    "set_function" "text" NOT NULL,
    "drop_function" "text" NOT NULL,
    "list_function" "text" NOT NULL,
    "destructive" boolean DEFAULT false NOT NULL
);
COMMENT ON TABLE "meta"."model_section" IS 'Sections of model files beside classes, in the order in which they are applied; dropped in reverse.';
COMMENT ON COLUMN "meta"."model_section"."code" IS 'Key of the model file, such as rules.';
COMMENT ON COLUMN "meta"."model_section"."place" IS 'Place in meta.vocabulary of the keys of one definition, such as rule.';
COMMENT ON COLUMN "meta"."model_section"."set_function" IS 'Function (model bigint, code text, definition jsonb) that makes or changes one.';
COMMENT ON COLUMN "meta"."model_section"."drop_function" IS 'Function (id bigint) that drops one.';
COMMENT ON COLUMN "meta"."model_section"."list_function" IS 'Function (model bigint) that gives id, code and definition of each, classes as model.class.';
COMMENT ON COLUMN "meta"."model_section"."destructive" IS 'Whether dropping one loses what the file could not bring back, or what others see.';
CREATE FUNCTION "meta"."model_sections"() RETURNS SETOF "meta"."model_section"
    LANGUAGE "sql" STABLE SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
  select s.*
  from meta.model_section as s
  where
    to_regprocedure(s.set_function || '(bigint, text, jsonb)') is not null
    and to_regprocedure(s.drop_function || '(bigint)') is not null
    and to_regprocedure(s.list_function || '(bigint)') is not null
  order by s.position;
$$;
COMMENT ON FUNCTION "meta"."model_sections"() IS 'Rows of meta.model_section whose functions exist, in order.';
CREATE FUNCTION "meta"."nearest"("p_word" "text", "p_known" "text"[]) RETURNS "text"
    LANGUAGE "sql" IMMUTABLE
    BEGIN ATOMIC
 SELECT COALESCE(( SELECT "format"('Did you mean "%s"? '::"text", "k"."word") AS "format"
            FROM "unnest"("nearest"."p_known") "k"("word")
           WHERE (("octet_length"("nearest"."p_word") <= 63) AND ("meta"."distance"("nearest"."p_word", "k"."word") <= (1 + ("char_length"("nearest"."p_word") / 4))))
           ORDER BY ("meta"."distance"("nearest"."p_word", "k"."word")), "k"."word"
          LIMIT 1), ''::"text") AS "coalesce";
END;
COMMENT ON FUNCTION "meta"."nearest"("p_word" "text", "p_known" "text"[]) IS 'Text "Did you mean ...? " with the nearest known word, or an empty one.';
CREATE FUNCTION "meta"."normal_definition"("p_place" "text", "p_definition" "jsonb", "p_model" "text", "p_renames" "jsonb" DEFAULT '{}'::"jsonb") RETURNS "jsonb"
    LANGUAGE "sql" STABLE
    BEGIN ATOMIC
 SELECT COALESCE("jsonb_object_agg"("n"."key", "n"."value"), '{}'::"jsonb") AS "coalesce"
    FROM ( SELECT "d"."key",
             "v"."preset",
                 CASE
                     WHEN ("v"."kind" = 'texts'::"text") THEN "meta"."localized"("d"."value")
                     WHEN ("v"."kind" = 'class'::"text") THEN "to_jsonb"(COALESCE(("normal_definition"."p_renames" ->> "c"."code"), "c"."code"))
                     WHEN (("v"."place" = 'column'::"text") AND ("d"."key" = 'classes'::"text")) THEN ( SELECT "jsonb_agg"(COALESCE(("normal_definition"."p_renames" ->> "s"."code"), "s"."code") ORDER BY "s"."position") AS "jsonb_agg"
                        FROM ( SELECT
                                     CASE
WHEN "starts_with"("t"."name", ("normal_definition"."p_model" || '.'::"text")) THEN "substr"("t"."name", ("length"("normal_definition"."p_model") + 2))
ELSE "t"."name"
                                     END AS "code",
                                 "t"."position"
                                FROM "jsonb_array_elements_text"("d"."value") WITH ORDINALITY "t"("name", "position")) "s")
                     ELSE "d"."value"
                 END AS "value"
            FROM (("jsonb_each"("normal_definition"."p_definition") "d"("key", "value")
              JOIN "meta"."vocabulary" "v" ON ((("v"."place" = "normal_definition"."p_place") AND ("d"."key" = "v"."key"))))
              CROSS JOIN LATERAL ( SELECT
                         CASE
                             WHEN "starts_with"(("d"."value" #>> '{}'::"text"[]), ("normal_definition"."p_model" || '.'::"text")) THEN "substr"(("d"."value" #>> '{}'::"text"[]), ("length"("normal_definition"."p_model") + 2))
                             ELSE ("d"."value" #>> '{}'::"text"[])
                         END AS "code") "c")
           WHERE (("d"."key" <> 'renamed_from'::"text") AND (("normal_definition"."p_place" <> 'column'::"text") OR ("d"."key" <> 'position'::"text")))) "n"
   WHERE (("n"."value" IS DISTINCT FROM "n"."preset") AND ("n"."value" <> 'null'::"jsonb"));
END;
COMMENT ON FUNCTION "meta"."normal_definition"("p_place" "text", "p_definition" "jsonb", "p_model" "text", "p_renames" "jsonb") IS 'Definition at a place of meta.vocabulary without presets; p_model is the code of the own model, p_renames the new codes of its classes by former code.';
CREATE FUNCTION "meta"."order_columns"("p_class" bigint, "p_codes" "text"[]) RETURNS "void"
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  update meta.class_column as k
  set position = n.position
  from (
    select c.id, row_number() over (order by array_position(p_codes, c.code), c.position, c.id) as position
    from meta.class_column as c
    where c.class_id = p_class
  ) as n
  where k.id = n.id and k.position <> n.position;
end;
$$;
COMMENT ON FUNCTION "meta"."order_columns"("p_class" bigint, "p_codes" "text"[]) IS 'Set the order in which the columns of a class are shown.';
CREATE FUNCTION "meta"."plan_base"("p_file" "jsonb") RETURNS TABLE("rank" integer, "action" "text", "kind" "text", "object" "text", "path" "text", "detail" "text", "lock" "text", "destructive" boolean, "class_code" "text", "code" "text", "object_id" bigint, "definition" "jsonb")
    LANGUAGE "plpgsql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_model constant text := p_file ->> 'model';
  v_wanted constant jsonb := meta.normal_definition('model', p_file - 'model', v_model);
  v_present jsonb;
begin
  select meta.normal_definition('model', jsonb_build_object('name', m.name, 'languages', to_jsonb(m.languages)), v_model)
  into v_present
  from meta.model as m
  where m.code = v_model;
  if v_wanted is distinct from v_present then
    return query
    select
      10, case when v_present is null then 'create' else 'alter' end, 'model', v_model, '$',
      meta.difference_text('model', coalesce(v_present, '{}'), v_wanted),
      'none', false, null::text, v_model, null::bigint, v_wanted;
  end if;
  return query
  select
    20, 'create', 'parameter', v_model || '.' || p.key, '$.parameters.' || p.key,
    case when length(p.value) > 40 then left(p.value, 40) || '...' else p.value end,
    'none', false, null::text, v_model || '.' || p.key, null::bigint, to_jsonb(p.value)
  from jsonb_each_text(meta.section_of(p_file, 'parameters')) as p
  where not exists (select from core.parameter as o where o.code = v_model || '.' || p.key);
end;
$_$;
COMMENT ON FUNCTION "meta"."plan_base"("p_file" "jsonb") IS 'Part of meta.plan_steps: model and parameters.';
CREATE FUNCTION "meta"."plan_classes"("p_file" "jsonb") RETURNS TABLE("rank" integer, "action" "text", "kind" "text", "object" "text", "path" "text", "detail" "text", "lock" "text", "destructive" boolean, "class_code" "text", "code" "text", "object_id" bigint, "definition" "jsonb")
    LANGUAGE "plpgsql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_model constant text := p_file ->> 'model';
  v_renames jsonb;
  v_class record;
  v_own_renames jsonb;
  v_wanted jsonb;
  v_present jsonb;
  v_keys jsonb;
begin
  select coalesce(jsonb_object_agg(m.former, m.code), '{}') into v_renames
  from meta.class_matches(p_file) as m
  where m.former is not null;
  for v_class in
    select m.*, v_model || '.' || m.code as name, '$.classes.' || m.code as file_path
    from meta.class_matches(p_file) as m
    order by m.depth, m.code
  loop
    v_wanted := meta.normal_definition('class', v_class.definition - '{columns,keys}'::text[], v_model);
    if v_class.class_id is null then
      return query
      select
        50, 'create', 'class', v_class.name, v_class.file_path, meta.difference_text('class', '{}', v_wanted),
        'none', false, v_class.code, v_class.code, null::bigint, v_wanted
      union all
      select
        90, 'create', 'keys', v_class.name, v_class.file_path || '.keys', meta.keys_text(v_class.definition -> 'keys'),
        'none', false, v_class.code, null, null, v_class.definition -> 'keys'
      where jsonb_array_length(v_class.definition -> 'keys') > 0;
      continue;
    end if;
    if v_class.former is not null then
      return query
      select
        30, 'rename', 'class', v_class.name, v_class.file_path || '.renamed_from', 'was ' || v_class.former,
        'access exclusive', false, v_class.code, v_class.code, v_class.class_id, null::jsonb;
    end if;
    select jsonb_object_agg(k.former, k.code) into v_own_renames
    from meta.column_matches(p_file) as k
    inner join meta.ancestry as a on k.class_id = a.ancestor_id
    where a.class_id = v_class.class_id and k.former is not null;
    v_present := meta.normal_definition(
      'class', meta.follow_renames(meta.class_definition(v_class.class_id), v_own_renames), v_model, v_renames
    );
    if v_wanted <> v_present then
      return query
      select
        80, 'alter', 'class', v_class.name, v_class.file_path, meta.difference_text('class', v_present, v_wanted),
        'access exclusive'
        || case when v_wanted -> 'description' is distinct from v_present -> 'description' then ', rewrites the table' else '' end,
        false, v_class.code, v_class.code, v_class.class_id, v_wanted;
    end if;
    -- Renamed columns of ancestors may be in keys too.
    select coalesce(jsonb_agg(t.codes order by t.codes), '[]') into v_keys
    from jsonb_array_elements(meta.class_keys(v_class.class_id)) as k (codes)
    cross join lateral (
      select jsonb_agg(coalesce(v_own_renames ->> c.code, c.code) order by c.position) as codes
      from jsonb_array_elements_text(k.codes) with ordinality as c (code, position)
    ) as t;
    if v_keys <> (
      select coalesce(jsonb_agg(distinct k.codes order by k.codes), '[]')
      from jsonb_array_elements(coalesce(v_class.definition -> 'keys', '[]')) as k (codes)
    ) then
      return query
      select
        90, 'alter', 'keys', v_class.name,
        v_class.file_path || case when v_class.definition ? 'keys' then '.keys' else '' end,
        format('%s -> %s', meta.keys_text(v_keys), meta.keys_text(v_class.definition -> 'keys')),
        'share', false, v_class.code, null::text, v_class.class_id, coalesce(v_class.definition -> 'keys', '[]');
    end if;
    return query
    select
      95, 'alter', 'order', v_class.name, v_class.file_path || '.columns', 'columns: ' || string_agg(w.code, ', ' order by w.ordinal),
      'none', false, v_class.code, null::text, v_class.class_id, jsonb_agg(w.code order by w.ordinal)
    from (
      select
        k.code,
        k.ordinal,
        row_number() over (order by o.position nulls last, o.id, k.ordinal) as present
      from meta.column_matches(p_file) as k
      left join meta.class_column as o on k.column_id = o.id
      where k.class_code = v_class.code
    ) as w
    having bool_or(w.ordinal <> w.present);
  end loop;
end;
$_$;
COMMENT ON FUNCTION "meta"."plan_classes"("p_file" "jsonb") IS 'Part of meta.plan_steps: classes made, renamed and altered, keys, order of columns.';
CREATE FUNCTION "meta"."plan_columns"("p_file" "jsonb") RETURNS TABLE("rank" integer, "action" "text", "kind" "text", "object" "text", "path" "text", "detail" "text", "lock" "text", "destructive" boolean, "class_code" "text", "code" "text", "object_id" bigint, "definition" "jsonb")
    LANGUAGE "plpgsql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_model constant text := p_file ->> 'model';
  v_renames jsonb;
begin
  select coalesce(jsonb_object_agg(m.former, m.code), '{}') into v_renames
  from meta.class_matches(p_file) as m
  where m.former is not null;
  return query
  with matched as materialized (
    select k.* from meta.column_matches(p_file) as k
  ),
  own_rename as (
    select a.class_id, jsonb_object_agg(k.former, k.code) as renames
    from matched as k
    inner join meta.ancestry as a on k.class_id = a.ancestor_id
    where k.former is not null
    group by a.class_id
  ),
  compared as (
    select
      k.*,
      format('%s.%s.%s', v_model, k.class_code, k.code) as name,
      format('$.classes.%s.columns.%s', k.class_code, k.code) as file_path,
      meta.normal_definition('column', k.definition, v_model) as wanted,
      case when k.column_id is not null then
        meta.normal_definition('column', meta.follow_renames(meta.column_definition(k.column_id), o.renames), v_model, v_renames)
        || coalesce(
          (
            select jsonb_build_object('column', t.renames ->> (c.definition ->> 'column'))
            from meta.class_column as c
            inner join meta.column_target as g on c.id = g.column_id
            inner join own_rename as t on g.class_id = t.class_id and t.renames ? (c.definition ->> 'column')
            where c.id = k.column_id and c.type = 'reverse'
          ),
          '{}'
        )
      end as present,
      k.definition ->> 'type' in ('reverse', 'calculated') as is_derived
    from matched as k
    left join own_rename as o on k.class_id = o.class_id
  )
  select
    40, 'rename', 'column', c.name, c.file_path || '.renamed_from', 'was ' || c.former,
    'none', false, c.class_code, c.code, c.column_id, null::jsonb
  from compared as c
  where c.former is not null
  union all
  select
    -- One class after the other, ancestors first.
    case when c.is_derived then 65 else 60 end, 'create', 'column', c.name, c.file_path,
    meta.difference_text('column', '{}', c.wanted - 'name'),
    case
      when c.class_id is null or c.definition ->> 'type' = 'reverse' then 'none'
      when c.definition ->> 'type' = 'calculated' or c.definition ? 'sequence' then 'access exclusive, rewrites the table'
      else 'access exclusive'
    end,
    false, c.class_code, c.code, null,
    case when c.class_id is null then c.wanted || jsonb_build_object('position', c.ordinal) else c.wanted end
  from compared as c
  where c.column_id is null
  union all
  select
    70, 'alter', 'column', c.name, c.file_path, meta.difference_text('column', c.present, c.wanted),
    case
      when c.definition ->> 'type' = 'reverse' then 'none'
      when c.wanted -> 'sql' is distinct from c.present -> 'sql' then 'access exclusive, rewrites the table'
      else 'access exclusive'
    end,
    false, c.class_code, c.code, c.column_id, c.wanted
  from compared as c
  where c.present <> c.wanted;
end;
$_$;
COMMENT ON FUNCTION "meta"."plan_columns"("p_file" "jsonb") IS 'Part of meta.plan_steps: columns made, renamed and altered.';
CREATE FUNCTION "meta"."plan_drops"("p_file" "jsonb") RETURNS TABLE("rank" integer, "action" "text", "kind" "text", "object" "text", "path" "text", "detail" "text", "lock" "text", "destructive" boolean, "class_code" "text", "code" "text", "object_id" bigint, "definition" "jsonb")
    LANGUAGE "plpgsql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_model constant text := p_file ->> 'model';
  v_kept constant bigint[] := array(select m.class_id from meta.class_matches(p_file) as m where m.class_id is not null);
  v_kept_columns constant bigint[] := array(select m.column_id from meta.column_matches(p_file) as m where m.column_id is not null);
  v_dropped constant bigint[] := array(
    select c.id
    from meta.class as c
    inner join meta.model as m on c.model_id = m.id
    where m.code = v_model and c.id <> all (v_kept)
  );
  v_tied constant bigint[] := array(
    select distinct k.class_id
    from meta.column_target as t
    inner join meta.class_column as k on t.column_id = k.id
    where t.class_id = any (v_dropped) and k.class_id = any (v_dropped) and t.class_id <> k.class_id
  );
begin
  return query
  select
    141, 'alter', 'keys', meta.class_path(c.id), '$', format('%s -> none', meta.keys_text(meta.class_keys(c.id))),
    'none', false, c.code, null::text, c.id, '[]'::jsonb
  from meta.class as c
  where c.id = any (v_dropped) and cardinality(v_tied) > 0 and meta.class_keys(c.id) <> '[]'
  union all
  select
    142, 'alter', 'class', meta.class_path(c.id), '$', 'description',
    'access exclusive', false, c.code, c.code, c.id, meta.class_definition(c.id) - 'description'
  from meta.class as c
  where c.id = any (v_dropped) and cardinality(v_tied) > 0 and c.description <> '';
  return query
  select
    case when k.type in ('reverse', 'calculated') then 150 else 151 end, 'drop', 'column', meta.class_path(c.id) || '.' || k.code,
    case when c.id = any (v_kept) then '$.classes.' || m.code else '$' end,
    case k.type when 'reverse' then 'reverse' else format('%s, %s', k.type, case n.count when 1 then '1 value' else n.count || ' values' end) end,
    case k.type when 'reverse' then 'none' else 'access exclusive' end,
    n.count > 0 or exists (select from meta.api_view as v where 'c' || k.id = any (v.columns)),
    c.code, k.code, k.id, null::jsonb
  from meta.class_column as k
  inner join meta.class as c on k.class_id = c.id
  left join meta.class_matches(p_file) as m on c.id = m.class_id
  cross join meta.count_values(k.id) as n (count)
  where
    (c.id = any (v_kept) and k.id <> all (v_kept_columns))
    or (c.id = any (v_tied) and (
      k.type in ('reverse', 'calculated')
      or exists (select from meta.column_target as t where t.column_id = k.id and t.class_id = any (v_dropped) and t.class_id <> c.id)
    ))
    -- A reverse reference would keep the column that it shows.
    or (c.id = any (v_dropped) and k.type = 'reverse' and exists (
      select
      from meta.column_target as t
      inner join meta.class_column as r on t.class_id = r.class_id and r.code = k.definition ->> 'column'
      where t.column_id = k.id and t.class_id = any (v_kept) and r.id <> all (v_kept_columns)
    ))
  order by c.code, k.position;
  return query
  select
    200, 'drop', 'class', meta.class_path(c.id), '$',
    format('%s and its API views', case n.count when 1 then '1 row' else n.count || ' rows' end),
    'access exclusive',
    n.count > 0 or exists (select from meta.api_view as v where v.kind = 'class' and v.object_id = c.id),
    c.code, c.code, c.id, null::jsonb
  from meta.class as c
  cross join meta.count_rows(c.id) as n (count)
  where c.id = any (v_dropped)
  order by (select count(*) from meta.ancestry as a where a.class_id = c.id) desc, c.code;
end;
$_$;
COMMENT ON FUNCTION "meta"."plan_drops"("p_file" "jsonb") IS 'Part of meta.plan_steps: classes and columns dropped.';
CREATE FUNCTION "meta"."plan_model"("p_file" "jsonb") RETURNS TABLE("step" integer, "action" "text", "kind" "text", "object" "text", "path" "text", "detail" "text", "lock" "text", "destructive" boolean)
    LANGUAGE "plpgsql" STABLE SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  perform meta.check_model(p_file);
  return query
  select s.step, s.action, s.kind, s.object, s.path, s.detail, s.lock, s.destructive
  from meta.plan_steps(p_file) as p (step)
  cross join jsonb_to_record(p.step) as s (
    step integer, action text, kind text, object text, path text, detail text, lock text, destructive boolean
  )
  order by s.step;
end;
$$;
COMMENT ON FUNCTION "meta"."plan_model"("p_file" "jsonb") IS 'Steps by which a model file would be applied, with the locks they take and whether they lose something. Raises PG101 to PG116, PG120, PG123.';
CREATE FUNCTION "meta"."plan_sections"("p_file" "jsonb") RETURNS TABLE("rank" integer, "action" "text", "kind" "text", "object" "text", "path" "text", "detail" "text", "lock" "text", "destructive" boolean, "class_code" "text", "code" "text", "object_id" bigint, "definition" "jsonb")
    LANGUAGE "plpgsql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_model constant text := p_file ->> 'model';
  v_model_id constant bigint := (select m.id from meta.model as m where m.code = v_model);
  v_class_renames jsonb;
  v_column_renames jsonb;
begin
  select coalesce(jsonb_object_agg(m.former, m.code), '{}') into v_class_renames
  from meta.class_matches(p_file) as m
  where m.former is not null;
  select jsonb_object_agg(t.path, t.renames) into v_column_renames
  from (
    select meta.class_path(a.class_id) as path, jsonb_object_agg(k.former, k.code) as renames
    from meta.column_matches(p_file) as k
    inner join meta.ancestry as a on k.class_id = a.ancestor_id
    where k.former is not null
    group by a.class_id
  ) as t;
  return query
  with present as (
    select
      s.section,
      s.place,
      s.id,
      s.code,
      meta.normal_definition(
        s.place, meta.follow_renames(s.definition, v_column_renames -> (s.definition ->> 'class')), v_model, v_class_renames
      ) as definition
    from meta.section_definitions(v_model_id) as s
  ),
  wanted as (
    select
      s.code as section,
      s.place,
      d.key as code,
      meta.normal_definition(s.place, d.value, v_model) as definition
    from meta.model_sections() as s
    cross join jsonb_each(meta.section_of(p_file, s.code)) as d
  )
  select
    -- What goes, goes after everything that may still name it was changed, and in reverse order.
    case when w.code is null then 140 - s.position / 5 else 100 + s.position / 5 end,
    case when w.code is null then 'drop' when p.code is null then 'create' else 'alter' end,
    s.place,
    v_model || '.' || coalesce(w.code, p.code),
    case when w.code is null then '$' else format('$.%s.%s', s.code, w.code) end,
    case
      when w.code is not null then meta.difference_text(s.place, coalesce(p.definition, '{}'), w.definition)
      when s.code = 'queries' then 'with its API view'
      else ''
    end,
    case
      when s.code in ('queries', 'mailboxes', 'notifications', 'frames', 'groups') then 'none'
      else 'share row exclusive'
    end,
    w.code is null and s.destructive and (s.code <> 'queries' or exists (
      select from meta.api_view as v where v.kind = 'query' and v.object_id = p.id
    )),
    null::text, coalesce(w.code, p.code), p.id, w.definition
  from present as p
  full join wanted as w on p.section = w.section and p.code = w.code
  inner join meta.model_section as s on s.code = coalesce(p.section, w.section)
  where p.definition is distinct from w.definition;
end;
$_$;
COMMENT ON FUNCTION "meta"."plan_sections"("p_file" "jsonb") IS 'Part of meta.plan_steps: queries, notifications, rules and what else has a row in meta.model_section.';
CREATE FUNCTION "meta"."plan_steps"("p_file" "jsonb") RETURNS SETOF "jsonb"
    LANGUAGE "plpgsql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_steps jsonb;
begin
  with step as (
    select 1 as part, b.* from meta.plan_base(p_file) as b
    union all
    select 2, c.* from meta.plan_classes(p_file) as c
    union all
    select 3, k.* from meta.plan_columns(p_file) as k
    union all
    select 4, s.* from meta.plan_sections(p_file) as s
    union all
    select 5, d.* from meta.plan_drops(p_file) as d
  ),
  numbered as (
    select s.*, row_number() over () as found from step as s
  )
  select coalesce(jsonb_agg(to_jsonb(n) - '{part,found}'::text[] order by n.rank, d.depth nulls last, n.found), '[]') into v_steps
  from numbered as n
  left join meta.class_matches(p_file) as d on n.kind = 'column' and n.action = 'create' and n.class_code = d.code;
  return query
  select s.value || jsonb_build_object('step', s.position)
  from (
    select a.value, a.position from jsonb_array_elements(v_steps) with ordinality as a (value, position)
    union all
    select to_jsonb(v), jsonb_array_length(v_steps) + row_number() over () from meta.plan_views(p_file, v_steps) as v
  ) as s
  order by s.position;
end;
$$;
COMMENT ON FUNCTION "meta"."plan_steps"("p_file" "jsonb") IS 'Steps of a plan in order, as objects.';
CREATE FUNCTION "meta"."plan_views"("p_file" "jsonb", "p_steps" "jsonb") RETURNS TABLE("rank" integer, "action" "text", "kind" "text", "object" "text", "path" "text", "detail" "text", "lock" "text", "destructive" boolean, "class_code" "text", "code" "text", "object_id" bigint, "definition" "jsonb")
    LANGUAGE "plpgsql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_model constant text := p_file ->> 'model';
  v_dropped constant bigint[] := array(
    select (s ->> 'object_id')::bigint
    from jsonb_array_elements(p_steps) as s
    where s ->> 'action' = 'drop' and s ->> 'kind' = 'class'
  );
  -- Classes that get or lose a descendant, and those renamed: who refers to them shows something else.
  v_families constant bigint[] := array(
    select a.ancestor_id
    from meta.ancestry as a
    where a.class_id = any (v_dropped) and a.ancestor_id <> all (v_dropped)
    union
    select a.ancestor_id
    from jsonb_array_elements(p_steps) as s
    left join meta.class_matches(p_file) as p on s #>> '{definition,parent}' = p.code
    inner join meta.class_name as n on p.class_id = n.id or s #>> '{definition,parent}' = n.path
    inner join meta.ancestry as a on n.id = a.class_id
    where s ->> 'action' = 'create' and s ->> 'kind' = 'class'
    union
    select (s ->> 'object_id')::bigint
    from jsonb_array_elements(p_steps) as s
    where s ->> 'action' = 'rename' and s ->> 'kind' = 'class'
  );
begin
  return query
  with changed as (
    select distinct s ->> 'class_code' as code
    from jsonb_array_elements(p_steps) as s
    where
      s ->> 'kind' in ('class', 'column', 'order')
      and not (s ->> 'action' = 'alter' and s ->> 'lock' !~ 'rewrites' and s ->> 'kind' <> 'order'
        and s ->> 'detail' !~ '\m(class|classes|localized|column)\M')
  ),
  touched as (
    select m.code, m.class_id
    from meta.class_matches(p_file) as m
    where
      m.code in (select c.code from changed as c)
      or (cardinality(v_families) > 0 and exists (
        select from meta.effective_column as e where e.class_id = m.class_id and e.targets && v_families
      ))
      or exists (
        select
        from meta.ancestry as a
        inner join meta.class_matches(p_file) as o on a.ancestor_id = o.class_id
        where a.class_id = m.class_id and o.code in (select c.code from changed as c)
      )
  ),
  viewed as (
    select v_model || '_' || t.code || x.suffix as name, 'class' as kind, t.class_id as object_id, x.kind as view_kind
    from touched as t
    cross join (values ('', 'class'), ('_all', 'all')) as x (suffix, kind)
    union all
    select v_model || '_' || (s ->> 'code'), 'query', (s ->> 'object_id')::bigint, 'query'
    from jsonb_array_elements(p_steps) as s
    where s ->> 'kind' = 'query' and s ->> 'action' <> 'drop'
    union all
    select coalesce(f.code, a.name), a.kind, a.object_id, a.kind
    from meta.api_view_states(v_model) as a
    left join lateral (
      select v_model || '_' || m.code || case a.kind when 'all' then '_all' else '' end as code
      from meta.class_matches(p_file) as m
      where m.class_id = a.object_id and a.kind in ('class', 'all')
    ) as f on true
    where a.state not in ('current', 'orphaned') and not (a.kind in ('class', 'all') and a.object_id = any (v_dropped))
      and not exists (
        select
        from jsonb_array_elements(p_steps) as s
        where a.kind = 'query' and s ->> 'kind' = 'query' and s ->> 'action' = 'drop' and s ->> 'object_id' = a.object_id::text
      )
  )
  select
    300,
    case when r.name is null then 'create' when r.name <> w.name then 'rename' else 'renew' end,
    'view', 'api.' || w.name, '$',
    case when r.name <> w.name then 'was ' || r.name else '' end,
    case when r.name is null then 'none' else 'access exclusive' end,
    false, null::text, w.name, w.object_id, null::jsonb
  from (
    select distinct on (v.name) v.name, v.object_id, v.view_kind from viewed as v order by v.name
  ) as w
  left join meta.api_view as r on w.view_kind = r.kind and w.object_id = r.object_id
  order by w.name;
end;
$_$;
COMMENT ON FUNCTION "meta"."plan_views"("p_file" "jsonb", "p_steps" "jsonb") IS 'Part of meta.plan_steps: API views to be made or renewed after the other steps.';
CREATE FUNCTION "meta"."point_reference"("p_class" bigint, "p_column" bigint) RETURNS "void"
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_link constant boolean := to_regclass('data.link_' || p_column) is not null;
  v_table constant text := case when v_link then 'link_' || p_column else 'datarow_' || p_class end;
  v_field constant text := case when v_link then 'target_id' else 'c' || p_column end;
  v_target constant text := meta.column_target_table(p_column);
begin
  execute format('alter table data.%1$I drop constraint if exists %2$I', v_table, format('%s_%s_fkey', v_table, v_field));
  if v_target is not null then
    execute format(
      'alter table data.%I add constraint %I foreign key (%I) references %s (id)',
      v_table, format('%s_%s_fkey', v_table, v_field), v_field, v_target
    );
  end if;
end;
$_$;
COMMENT ON FUNCTION "meta"."point_reference"("p_class" bigint, "p_column" bigint) IS 'Renew the foreign key of a reference column in the table of a class.';
CREATE FUNCTION "meta"."query_definitions"("p_model" bigint) RETURNS TABLE("id" bigint, "code" "text", "definition" "jsonb")
    LANGUAGE "sql" STABLE
    BEGIN ATOMIC
 SELECT "q"."id",
     "q"."code",
     "jsonb_build_object"('name', "q"."name", 'sql', "q"."sql") AS "jsonb_build_object"
    FROM "meta"."query" "q"
   WHERE ("q"."model_id" = "query_definitions"."p_model");
END;
COMMENT ON FUNCTION "meta"."query_definitions"("p_model" bigint) IS 'Id, code and definition of each query of a model.';
CREATE FUNCTION "meta"."query_text"("p_model_code" "text", "p_sql" "text") RETURNS "text"
    LANGUAGE "sql" IMMUTABLE
    BEGIN ATOMIC
 SELECT COALESCE("string_agg"(
         CASE
             WHEN ("p"."found"[2] IS NULL) THEN "p"."found"[1]
             WHEN ("p"."found"[3] IS NULL) THEN "format"('api.%I'::"text", (("query_text"."p_model_code" || '_'::"text") || "p"."found"[2]))
             ELSE "format"('api.%I'::"text", (("p"."found"[2] || '_'::"text") || "p"."found"[3]))
         END, ''::"text" ORDER BY "p"."position"), ''::"text") AS "coalesce"
    FROM "regexp_matches"("query_text"."p_sql", '(\{\{\s*class\.([a-z][a-z0-9_-]*)(?:\.([a-z][a-z0-9_-]*))?\s*\}\}|(?:(?!\{\{\s*class\.[a-z][a-z0-9_.-]*\s*\}\}).)+)'::"text", 'gs'::"text") WITH ORDINALITY "p"("found", "position");
END;
COMMENT ON FUNCTION "meta"."query_text"("p_model_code" "text", "p_sql" "text") IS 'SQL of a query with quoted names of API views in place of {{class.code}} and {{class.model.code}}.';
CREATE FUNCTION "meta"."rebuild"() RETURNS "void"
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    SET "jit" TO 'off'
    AS $$
begin
  perform access.ensure_groups();
  perform meta.rebuild_class(c.id) from meta.class as c order by c.id;
end;
$$;
COMMENT ON FUNCTION "meta"."rebuild"() IS 'Renew the generated objects of every class; run after functions are re-applied.';
CREATE FUNCTION "meta"."rebuild_class"("p_class" bigint) RETURNS "void"
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    SET "jit" TO 'off'
    AS $$
begin
  perform meta.build_system_columns(p_class);
  perform meta.build_description(p_class);
  perform meta.build_readers(p_class);
  perform meta.build_archive(p_class);
  perform meta.build_limits(p_class);
  perform meta.build_functions(p_class);
  perform meta.build_triggers(p_class);
  perform meta.build_row_trigger(p_class);
  perform access.apply_rights(array[p_class]);
end;
$$;
COMMENT ON FUNCTION "meta"."rebuild_class"("p_class" bigint) IS 'Renew system columns, description, readers, archive, limits, trigger functions, triggers and rights of a class. Changes nothing that is right already.';
CREATE FUNCTION "meta"."rebuild_view"("p_view" "regclass", "p_select" "text", "p_pending" "oid"[]) RETURNS "void"
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_name constant text := (select c.relname from pg_class as c where c.oid = p_view);
  v_furniture text[];
  v_obstacles text;
  v_top record;
  v_tops jsonb := jsonb_build_array();
  v_statement text;
begin
  execute format('create view api."-renewed" with (%s) as %s', meta.view_options(p_view), p_select);
  select string_agg(o.obstacle, e'\n' order by o.obstacle) into v_obstacles
  from meta.view_obstacles(
    p_view,
    array(
      select a.attnum
      from pg_attribute as a
      left join pg_attribute as n on n.attrelid = to_regclass('api."-renewed"') and a.attname = n.attname
      where a.attrelid = p_view and a.attnum > 0
        and (a.atttypid, a.atttypmod) is distinct from (n.atttypid, n.atttypmod)
    ),
    p_pending
  ) as o (obstacle);
  if v_obstacles is not null then
    raise exception 'API view "%" cannot be made anew: other objects stand in the way', v_name
      using errcode = 'PG118', detail = v_obstacles, hint = 'Drop or change the objects listed, renew the views, and make them again.';
  end if;
  v_furniture := meta.view_furniture(p_view);
  for v_top in
    select distinct
      c.oid,
      c.oid::regclass::text as name,
      pg_get_viewdef(c.oid) as query,
      coalesce((
        select ' with (' || string_agg(format('%s = %L', o.option_name, o.option_value), ', ') || ')'
        from pg_options_to_table(c.reloptions) as o
      ), '') as options,
      coalesce((
        select ' with (' || string_agg(format('%s = %L', o.option_name, o.option_value), ', ') || ')'
        from pg_options_to_table(c.reloptions) as o
        where o.option_name <> 'check_option'
      ), '') as passing_options
    from pg_depend as d
    inner join pg_rewrite as r on d.objid = r.oid and r.rulename = '_RETURN'
    inner join pg_class as c on r.ev_class = c.oid
    where d.refclassid = 'pg_class'::regclass and d.refobjid = p_view and d.classid = 'pg_rewrite'::regclass
      and c.oid <> p_view
  loop
    v_tops := v_tops || jsonb_build_array(to_jsonb(v_top));
    execute format(
      'create or replace view %s%s as select %s',
      v_top.name,
      v_top.passing_options,
      (
        select string_agg(
          format(
            'null::%s%s as %I',
            format_type(a.atttypid, a.atttypmod),
            case
              when a.attcollation <> t.typcollation
                then (
                  select format(' collate %I.%I', n.nspname, k.collname)
                  from pg_collation as k
                  inner join pg_namespace as n on k.collnamespace = n.oid
                  where k.oid = a.attcollation
                )
              else ''
            end,
            a.attname
          ), ', ' order by a.attnum
        )
        from pg_attribute as a
        inner join pg_type as t on a.atttypid = t.oid
        where a.attrelid = v_top.oid and a.attnum > 0
      )
    );
  end loop;
  execute format('drop view %s', p_view);
  execute format('alter view api."-renewed" rename to %I', v_name);
  -- What default privileges have granted goes; the furniture brings the grants that were.
  for v_statement in
    select format(
      'revoke all on api.%I from %s',
      v_name, case when x.grantee = 0 then 'public' else x.grantee::regrole::text end
    )
    from pg_class as c
    cross join lateral aclexplode(c.relacl) as x
    where c.relname = v_name and c.relnamespace = 'api'::regnamespace and x.grantee <> c.relowner
  loop
    execute v_statement;
  end loop;
  foreach v_statement in array v_furniture loop
    execute v_statement;
  end loop;
  for v_top in
    select t.oid, t.name, t.query, t.options
    from jsonb_to_recordset(v_tops) as t (oid oid, name text, query text, options text)
    where t.oid <> all (p_pending)
  loop
    begin
      execute format('create or replace view %s%s as %s', v_top.name, v_top.options, v_top.query);
    exception
      when invalid_table_definition or undefined_column or undefined_function or datatype_mismatch then
        raise exception 'API view "%" cannot be made anew: view % would not fit it any more', v_name, v_top.name
          using errcode = 'PG118', detail = sqlerrm, hint = 'Drop this view, renew the views, and make it again.';
    end;
  end loop;
end;
$$;
COMMENT ON FUNCTION "meta"."rebuild_view"("p_view" "regclass", "p_select" "text", "p_pending" "oid"[]) IS 'Give an API view a new query with other columns and restore all that belongs to it. Raises PG118 when something stands in the way.';
CREATE FUNCTION "meta"."recalculate_column"("p_class" bigint, "p_column" bigint) RETURNS "void"
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_column meta.class_column;
  v_expression text;
  v_former text;
begin
  select k.* into strict v_column from meta.class_column as k where k.id = p_column;
  v_expression := meta.condition_expression(v_column.class_id, v_column.definition ->> 'sql', '');
  if v_expression = v_column.calculated_sql then
    return;
  end if;
  select format('c%s_%s', p_column, count(*)) into v_former
  from meta.dropped_column as d
  where d.class_id = p_class and d.column_id = p_column;
  execute format('alter table data.datarow_%s rename column c%s to %I', p_class, p_column, v_former);
  begin
    execute format(
      'alter table data.datarow_%s add column c%s %s generated always as (%s) stored',
      p_class, p_column, meta.column_sql_type(v_column.type, v_column.definition), v_expression
    );
  exception
    when invalid_object_definition or syntax_error or undefined_function or undefined_column or datatype_mismatch or feature_not_supported then
      raise exception 'the calculation of column "%" does not compile: %', v_column.code, sqlerrm
        using errcode = 'PG119', hint = 'Use immutable SQL over {{column.code}} of the same row that gives the type in "result".';
  end;
  insert into meta.dropped_column (class_id, column_id, physical) values (p_class, p_column, v_former);
end;
$$;
COMMENT ON FUNCTION "meta"."recalculate_column"("p_class" bigint, "p_column" bigint) IS 'Renew a calculated column of one class table. Raises PG119 when it does not compile.';
CREATE FUNCTION "meta"."record_views"("p_views" "jsonb", "p_untouched" "text"[]) RETURNS "void"
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  delete from meta.api_view as r
  using jsonb_to_recordset(p_views) as n (kind text, object_id bigint)
  where r.kind = n.kind and r.object_id = n.object_id;
  insert into meta.api_view (name, kind, object_id, stamp, columns, definition)
  select
    n.name,
    n.kind,
    n.object_id,
    n.stamp,
    case n.kind
      when 'query' then array(
        select a.attname from pg_attribute as a where a.attrelid = c.oid and a.attnum > 0 order by a.attnum
      )
      else array(select k.value ->> 'source' from jsonb_array_elements(n.columns) with ordinality as k (value, position) order by k.position)
    end,
    meta.view_hash(c.oid)
  from jsonb_to_recordset(p_views) as n (name text, kind text, object_id bigint, stamp text, columns jsonb)
  inner join pg_class as c on n.name = c.relname and c.relnamespace = 'api'::regnamespace;
  update meta.api_view as r
  set definition = meta.view_hash(to_regclass(format('api.%I', r.name)))
  where r.name = any (p_untouched);
end;
$$;
COMMENT ON FUNCTION "meta"."record_views"("p_views" "jsonb", "p_untouched" "text"[]) IS 'Part of meta.renew_views: keep meta.api_view.';
CREATE FUNCTION "meta"."reference_checks"("p_class" bigint, "p_event" "text") RETURNS "text"
    LANGUAGE "sql" STABLE
    BEGIN ATOMIC
 WITH "checked"("line") AS (
          SELECT "format"('if exists (select from new_rows as n where n.deleted is null and n.%1$I is not null and not case n.%2$I %3$s else false end) then perform meta.refuse_reference(%4$s, %5$s); end if;'::"text", "e"."physical", ("e"."physical" || '_class'::"text"), ( SELECT "string_agg"("format"('when %L then exists (select from %s as t where t.id = n.%I)'::"text", "meta"."class_path"("t"."id"), "meta"."link_target"("t"."id"), "e"."physical"), ' '::"text" ORDER BY "t"."id") AS "string_agg"
                    FROM "unnest"("e"."targets") "t"("id")), "reference_checks"."p_class", "e"."column_id") AS "format"
            FROM "meta"."effective_column" "e"
           WHERE (("e"."class_id" = "reference_checks"."p_class") AND ("cardinality"("e"."targets") > 1) AND ("reference_checks"."p_event" <> 'deleted'::"text"))
         UNION ALL
          SELECT "format"('if exists (select from data.datarow_%1$s as r inner join old_rows as o on r.%2$I = o.id where r.%3$I = %4$L) then perform meta.refuse_reference(%1$s, %5$s); end if;'::"text", "e"."class_id", "e"."physical", ("e"."physical" || '_class'::"text"), "meta"."class_path"("a"."ancestor_id"), "e"."column_id") AS "format"
            FROM ("meta"."ancestry" "a"
              JOIN "meta"."effective_column" "e" ON (("a"."ancestor_id" = ANY ("e"."targets"))))
           WHERE (("a"."class_id" = "reference_checks"."p_class") AND ("cardinality"("e"."targets") > 1) AND ("reference_checks"."p_event" = 'deleted'::"text"))
         )
  SELECT COALESCE("string_agg"(('  '::"text" || "c"."line"), '
'::"text" ORDER BY "c"."line"), ''::"text") AS "coalesce"
    FROM "checked" "c";
END;
COMMENT ON FUNCTION "meta"."reference_checks"("p_class" bigint, "p_event" "text") IS 'Part of a generated trigger function: checks of references to several classes.';
CREATE FUNCTION "meta"."refuse_files"("p_class" bigint, "p_column" bigint, "p_too_many" boolean) RETURNS "void"
    LANGUAGE "plpgsql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_column meta.class_column;
begin
  select k.* into strict v_column from meta.class_column as k where k.id = p_column;
  if p_too_many then
    raise exception '%.%: more than % files', meta.class_path(p_class), v_column.code, v_column.definition ->> 'max_files'
      using errcode = 'PG432', hint = 'Take files out, or let the column drop the oldest: over_limit: drop_oldest.';
  end if;
  raise exception '%.%: files cannot be taken out', meta.class_path(p_class), v_column.code
    using errcode = 'PG433', hint = 'The column says file_deletion: forbidden.';
end;
$$;
COMMENT ON FUNCTION "meta"."refuse_files"("p_class" bigint, "p_column" bigint, "p_too_many" boolean) IS 'Raise PG432 for too many files, PG433 for one taken out.';
CREATE FUNCTION "meta"."refuse_forgery"() RETURNS "trigger"
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_columns text;
begin
  if pg_trigger_depth() > 1
    and current_user = (select pg_get_userbyid(c.relowner) from pg_class as c where c.oid = tg_relid)
  then
    return null;
  end if;
  if tg_op = 'UPDATE' then
    select string_agg(coalesce(tg_argv[1]::jsonb ->> n.key, n.key), ', ' order by n.key) into v_columns
    from jsonb_each(to_jsonb(new)) as n (key, value)
    inner join jsonb_each(to_jsonb(old)) as o (key, value) on n.key = o.key
    where n.value is distinct from o.value
      and (tg_argv[1]::jsonb ? n.key or n.key in ('id', 'uid', 'creator', 'created', 'created_source', 'deleter', 'deleted', 'deleted_source'));
    raise exception '%: these columns cannot be updated: %', tg_argv[0], coalesce(v_columns, 'version, modifier, modified, modified_source')
      using errcode = 'PG202', hint = 'Leave them out; DELETE deletes a row, and the system writes system columns.';
  end if;
  raise exception '%: system columns and columns closed to inserts are written by the system alone', tg_argv[0]
    using
      errcode = 'PG202',
      detail = format('Closed to inserts: id, version, creator, created, modifier, modified, deleter, deleted, their sources; %s',
        (select string_agg(c.value, ', ') from jsonb_each_text(tg_argv[1]::jsonb) as c (key, value))),
      hint = 'Leave these columns out of the INSERT or COPY.';
end;
$$;
COMMENT ON FUNCTION "meta"."refuse_forgery"() IS 'Trigger function: raise PG202 for a row whose system columns were written by somebody.';
CREATE FUNCTION "meta"."refuse_id"("p_class" bigint, "p_id" bigint) RETURNS "void"
    LANGUAGE "plpgsql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  raise exception '%: id % was not given out by the system', meta.class_path(p_class), p_id
    using errcode = 'PG204', hint = 'Leave the column id out of the INSERT or COPY; keep a key of your own in a column of the class.';
end;
$$;
COMMENT ON FUNCTION "meta"."refuse_id"("p_class" bigint, "p_id" bigint) IS 'Raise PG204 for a row whose id the writer has chosen.';
CREATE FUNCTION "meta"."refuse_limits"("p_class" bigint, "p_row" "anyelement") RETURNS boolean
    LANGUAGE "plpgsql" STABLE SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_conditions constant text := (
    select string_agg(format('case when (%s) is false then %L end', l.condition, l.refusal), ', ')
    from meta.column_limits(p_class) as l
  );
  v_refusals text;
begin
  if pg_typeof(p_row)::oid is distinct from to_regtype('data.datarow_' || p_class)::oid then
    return false;
  end if;
  execute format('select array_to_string(array[%s], ''; '') from (select ($1).*) as r', v_conditions)
  into v_refusals
  using p_row;
  raise exception '%: %', meta.class_path(p_class), v_refusals
    using
      errcode = 'PG210',
      hint = 'Mend the values named and write the row again.',
      schema = 'data',
      table = 'datarow_' || p_class,
      constraint = 'datarow_' || p_class || '_limits_check';
end;
$_$;
COMMENT ON FUNCTION "meta"."refuse_limits"("p_class" bigint, "p_row" "anyelement") IS 'Raise PG210 with the limits that the row breaks.';
CREATE FUNCTION "meta"."refuse_loss"("p_class" bigint) RETURNS "void"
    LANGUAGE "plpgsql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  raise exception '%: a trigger has changed or dropped a row that a deletion keeps', meta.class_path(p_class)
    using
      errcode = 'PG141',
      hint = 'Logical deletion inserts the row again, marked as deleted: give triggers before insert the condition "when (new.deleted is null)".';
end;
$$;
COMMENT ON FUNCTION "meta"."refuse_loss"("p_class" bigint) IS 'Raise PG141 for a deletion that would lose a row or its system columns.';
CREATE FUNCTION "meta"."refuse_reference"("p_class" bigint, "p_column" bigint) RETURNS "void"
    LANGUAGE "plpgsql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  raise exception '%: column "%" refers to a row that does not exist',
    meta.class_path(p_class), (select k.code from meta.class_column as k where k.id = p_column)
    using errcode = 'PG211', hint = 'Give the id and the class (column __class) of a row that is there, and delete rows only when nothing refers to them.';
end;
$$;
COMMENT ON FUNCTION "meta"."refuse_reference"("p_class" bigint, "p_column" bigint) IS 'Raise PG211 for a reference to several classes that points nowhere.';
CREATE FUNCTION "meta"."refuse_rows"("p_class" bigint) RETURNS "void"
    LANGUAGE "plpgsql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  raise exception '%: system columns are written by the system alone', meta.class_path(p_class)
    using
      errcode = 'PG202',
      detail = 'They are id, version, creator, created, modifier, modified, deleter, deleted and their sources.',
      hint = 'Leave these columns out of the INSERT or COPY.';
end;
$$;
COMMENT ON FUNCTION "meta"."refuse_rows"("p_class" bigint) IS 'Raise PG202 for inserted rows with system columns of somebody.';
CREATE FUNCTION "meta"."refuse_truncate"() RETURNS "trigger"
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  raise exception 'rows of % cannot be truncated', tg_argv[0]
    using errcode = 'PG203', hint = 'Use DELETE, which archives and announces what it deletes.';
end;
$$;
COMMENT ON FUNCTION "meta"."refuse_truncate"() IS 'Trigger function: raise PG203.';
CREATE FUNCTION "meta"."remove_files"("p_files" bigint[], "p_removal" "text") RETURNS "void"
    LANGUAGE "sql"
    BEGIN ATOMIC
 UPDATE "core"."file" "f" SET "removed" = "core"."now"(), "removal" = "remove_files"."p_removal"
   WHERE (("f"."id" = ANY ("remove_files"."p_files")) AND ("f"."sha256" IS NOT NULL));
END;
COMMENT ON FUNCTION "meta"."remove_files"("p_files" bigint[], "p_removal" "text") IS 'Mark files as let go of; core.prune_files() deletes them or their contents.';
CREATE FUNCTION "meta"."rename_class"("p_class" bigint, "p_code" "text") RETURNS "void"
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    SET "jit" TO 'off'
    AS $_$
declare
  v_former constant text := meta.class_path(p_class);
  v_column record;
begin
  perform meta.check_code(p_code, 'class');
  if exists (
    select from meta.class as c
    inner join meta.class as o on c.model_id = o.model_id
    where o.id = p_class and c.code = p_code
  ) then
    raise exception 'the model has a class "%" already', p_code
      using errcode = 'PG105', hint = 'Choose another code.';
  end if;
  perform meta.lock_class(p_class);
  update meta.class as c set code = p_code where c.id = p_class;
  perform meta.check_view_names();
  for v_column in
    select e.class_id, e.physical || '_class' as physical
    from meta.effective_column as e
    where p_class = any (e.targets) and cardinality(e.targets) > 1
  loop
    perform meta.lock_class(v_column.class_id);
    -- The constraint would refuse the new code until it is built anew.
    execute format('alter table data.datarow_%1$s drop constraint if exists datarow_%1$s_limits_check', v_column.class_id);
    update meta.class as c set limits_sql = null where c.id = v_column.class_id;
    execute format(
      'update data.datarow_%1$s as r set %2$I = %3$L where r.%2$I = %4$L',
      v_column.class_id, v_column.physical, meta.class_path(p_class), v_former
    );
    perform meta.touch_class(v_column.class_id);
  end loop;
  perform meta.touch_class(p_class);
end;
$_$;
COMMENT ON FUNCTION "meta"."rename_class"("p_class" bigint, "p_code" "text") IS 'Change the code of a class. Raises PG101, PG103, PG104, PG105, PG121.';
CREATE FUNCTION "meta"."rename_column"("p_column" bigint, "p_code" "text") RETURNS "void"
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    SET "jit" TO 'off'
    AS $$
declare
  v_column meta.class_column;
begin
  select k.* into strict v_column from meta.class_column as k where k.id = p_column;
  perform meta.check_column_name(v_column.class_id, p_code);
  update meta.class_column as k set code = p_code where k.id = p_column;
  update meta.class as c
  set description = meta.replace_placeholder(c.description, v_column.code, p_code)
  from meta.ancestry as a
  where c.id = a.class_id and a.ancestor_id = v_column.class_id;
  update meta.class_column as k
  set definition = jsonb_set(k.definition, '{sql}', to_jsonb(meta.replace_placeholder(k.definition ->> 'sql', v_column.code, p_code)))
  from meta.ancestry as a
  where k.class_id = a.class_id and a.ancestor_id = v_column.class_id and k.type = 'calculated';
  update meta.class_column as k
  set definition = jsonb_set(k.definition, '{column}', to_jsonb(p_code))
  from meta.column_target as t
  where t.column_id = k.id and t.class_id = v_column.class_id and k.type = 'reverse' and k.definition ->> 'column' = v_column.code;
  perform meta.touch_class(v_column.class_id);
end;
$$;
COMMENT ON FUNCTION "meta"."rename_column"("p_column" bigint, "p_code" "text") IS 'Change the code of a column. Raises PG101, PG102, PG103, PG105.';
CREATE FUNCTION "meta"."rename_view_columns"("p_view" "regclass", "p_recorded" "text"[], "p_wanted" "jsonb") RETURNS "void"
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    SET "plan_cache_mode" TO 'force_generic_plan'
    AS $$
declare
  v_columns jsonb;
  v_column record;
begin
  select jsonb_agg(jsonb_build_object(
    'former', l.attname,
    'moving', case when w.name <> all (l.present) then l.attname else '-' || l.attnum end,
    'name', coalesce(w.name, left('-' || l.attname, 63))
  ))
  into v_columns
  from (
    select
      a.attname,
      a.attnum,
      array_agg(a.attname::text) over () as present,
      -- A view with more or fewer columns than recorded was altered by hand: go by names.
      coalesce(count(*) over () = cardinality(p_recorded), false) as by_source
    from pg_attribute as a
    where a.attrelid = p_view and a.attnum > 0
  ) as l
  left join jsonb_to_recordset(p_wanted) as w (name text, source text)
    on case when l.by_source then p_recorded[l.attnum] else l.attname::text end = case when l.by_source then w.source else w.name end
  where l.attname is distinct from w.name;
  for v_column in
    select c.former, c.moving
    from jsonb_to_recordset(v_columns) as c (former text, moving text)
    where c.former <> c.moving
  loop
    execute format('alter view %s rename column %I to %I', p_view, v_column.former, v_column.moving);
  end loop;
  -- First those that kept their name until now: another one may wait for it.
  for v_column in
    select c.moving, c.name
    from jsonb_to_recordset(v_columns) as c (former text, moving text, name text)
    order by c.former <> c.moving
  loop
    execute format('alter view %s rename column %I to %I', p_view, v_column.moving, v_column.name);
  end loop;
end;
$$;
COMMENT ON FUNCTION "meta"."rename_view_columns"("p_view" "regclass", "p_recorded" "text"[], "p_wanted" "jsonb") IS 'Rename the columns of an API view by what they show; p_recorded is meta.api_view.columns, p_wanted the columns of its definition.';
CREATE FUNCTION "meta"."rename_views"("p_views" "jsonb") RETURNS "void"
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
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
COMMENT ON FUNCTION "meta"."rename_views"("p_views" "jsonb") IS 'Rename API views whose recorded name differs. Raises PG118 when a name is taken by another object.';
CREATE FUNCTION "meta"."renew_queries"("p_views" "jsonb", "p_pending" "oid"[]) RETURNS TABLE("name" "text", "action" "text")
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_waiting jsonb;
  v_failed jsonb := jsonb_path_query_array(p_views, '$[*] ? (@.kind == "query")');
  v_pending oid[] := p_pending;
  v_view jsonb;
  v_former oid;
  v_error text;
begin
  while v_failed <> '[]' loop
    v_waiting := v_failed;
    v_failed := '[]';
    for v_view in
      select w.value from jsonb_array_elements(v_waiting) as w (value) order by w.value ->> 'name'
    loop
      begin
        v_former := to_regclass(format('api.%I', v_view ->> 'name'));
        action := meta.renew_view(v_view, null, v_pending);
        name := v_view ->> 'name';
        v_pending := array_remove(v_pending, v_former);
        return next;
      exception
        when undefined_table or undefined_column then
          v_error := sqlerrm;
          v_failed := v_failed || jsonb_build_array(v_view);
      end;
    end loop;
    if v_failed = v_waiting then
      raise exception 'query "%" does not compile: %', v_failed -> 0 ->> 'name', v_error
        using errcode = 'PG119', hint = 'Name classes as {{class.code}} and their columns by the codes that they have now.';
    end if;
  end loop;
end;
$_$;
COMMENT ON FUNCTION "meta"."renew_queries"("p_views" "jsonb", "p_pending" "oid"[]) IS 'Part of meta.renew_views: the queries; p_pending are the views of those that exist already. Raises PG118, PG119.';
CREATE FUNCTION "meta"."renew_view"("p_view" "jsonb", "p_recorded" "text"[], "p_pending" "oid"[]) RETURNS "text"
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_select constant text := p_view ->> 'select';
  v_view constant regclass := to_regclass(format('api.%I', p_view ->> 'name'));
begin
  if v_view is not null and p_view ->> 'kind' <> 'query' then
    perform meta.rename_view_columns(v_view, p_recorded, p_view -> 'columns');
  end if;
  if p_view ->> 'kind' = 'query' then
    perform meta.check_query(p_view ->> 'name', v_select);
  end if;
  begin
    if v_view is null then
      execute format('create view api.%I with (%s) as %s', p_view ->> 'name', meta.view_options(null), v_select);
      execute format('comment on view api.%I is %L', p_view ->> 'name', p_view ->> 'comment');
      return 'created';
    end if;
    execute format('create or replace view %s with (%s) as %s', v_view, meta.view_options(v_view), v_select);
    return 'replaced';
  exception
    when invalid_table_definition then
      perform meta.rebuild_view(v_view, v_select, p_pending);
      return 'rebuilt';
    when undefined_table or undefined_column then
      if p_view ->> 'kind' = 'query' then
        raise;
      end if;
      raise exception 'the table of API view "%" was altered by hand: %', p_view ->> 'name', sqlerrm
        using errcode = 'PG122', hint = 'Put back what is missing in schema data, or drop the column or class with the functions of meta.';
  end;
end;
$$;
COMMENT ON FUNCTION "meta"."renew_view"("p_view" "jsonb", "p_recorded" "text"[], "p_pending" "oid"[]) IS 'created, replaced or rebuilt. Raises PG118 when something stands in the way, PG119 (query), PG122 (table).';
CREATE FUNCTION "meta"."renew_views"("p_views" "jsonb") RETURNS TABLE("name" "text", "action" "text")
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    SET "jit" TO 'off'
    AS $$
declare
  v_view record;
  v_queries oid[];
  v_untouched text[];
begin
  perform pg_advisory_xact_lock(hashtext('pgears.renew_views'));
  perform meta.lock_views(array(
    select r.name
    from jsonb_to_recordset(p_views) as n (kind text, object_id bigint)
    inner join meta.api_view as r on n.kind = r.kind and n.object_id = r.object_id
  ));
  -- Queries that are left alone follow renamed columns; that is no alteration by hand.
  v_untouched := array(
    select r.name
    from meta.api_view as r
    where r.kind = 'query' and r.definition = meta.view_hash(to_regclass(format('api.%I', r.name)))
  );
  perform meta.rename_views(p_views);
  v_queries := array(
    select to_regclass(format('api.%I', n.name))
    from jsonb_to_recordset(p_views) as n (kind text, name text)
    where n.kind = 'query' and to_regclass(format('api.%I', n.name)) is not null
  );
  for v_view in
    select n.value, n.value ->> 'name' as name, r.columns
    from jsonb_array_elements(p_views) as n (value)
    left join meta.api_view as r on n.value ->> 'kind' = r.kind and (n.value ->> 'object_id')::bigint = r.object_id
    where n.value ->> 'kind' <> 'query'
    order by n.value ->> 'name'
  loop
    name := v_view.name;
    action := meta.renew_view(v_view.value, v_view.columns, v_queries);
    return next;
  end loop;
  return query
  select q.name, q.action from meta.renew_queries(p_views, v_queries) as q;
  perform meta.record_views(p_views, v_untouched);
  perform meta.sweep_columns(n.object_id)
  from jsonb_to_recordset(p_views) as n (kind text, object_id bigint)
  where n.kind = 'class';
  perform meta.sweep_readers();
  perform access.apply_rights(array(
    select n.object_id from jsonb_to_recordset(p_views) as n (kind text, object_id bigint) where n.kind <> 'query'
  ));
end;
$$;
COMMENT ON FUNCTION "meta"."renew_views"("p_views" "jsonb") IS 'Bring API views to their definitions; says of each whether it was created, replaced or rebuilt. Raises PG118, PG119, PG121, PG122.';
CREATE FUNCTION "meta"."replace_placeholder"("p_text" "text", "p_former" "text", "p_code" "text") RETURNS "text"
    LANGUAGE "sql" IMMUTABLE
    BEGIN ATOMIC
 SELECT "regexp_replace"("p_text", (('(\{\{\s*(?:column|old)\.)'::"text" || "p_former") || '(\s*\}\})'::"text"), (('\1'::"text" || "p_code") || '\2'::"text"), 'g'::"text") AS "regexp_replace";
END;
COMMENT ON FUNCTION "meta"."replace_placeholder"("p_text" "text", "p_former" "text", "p_code" "text") IS 'Text with {{column.former}} turned into {{column.code}}, likewise {{old.former}}.';
CREATE FUNCTION "meta"."retire_reader"("p_name" "text") RETURNS "void"
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_view constant regclass := to_regclass(format('data.%I', p_name));
begin
  execute format('drop view if exists data.%I', p_name);
exception
  when dependent_objects_still_exist then
    if exists (
      select
      from pg_depend as d
      left join pg_rewrite as r on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid
      left join pg_class as c on r.ev_class = c.oid
      left join meta.api_view as v on c.relname = v.name and c.relnamespace = 'api'::regnamespace
      where
        d.refclassid = 'pg_class'::regclass and d.refobjid = v_view and d.deptype = 'n'
        and r.ev_class is distinct from v_view and v.name is null
    ) then
      raise;
    end if;
    execute (
      select format(
        'create or replace view data.%I as select %s where false',
        p_name, string_agg(format('null::%s as %I', format_type(a.atttypid, a.atttypmod), a.attname), ', ' order by a.attnum)
      )
      from pg_attribute as a
      where a.attrelid = v_view and a.attnum > 0
    );
end;
$$;
COMMENT ON FUNCTION "meta"."retire_reader"("p_name" "text") IS 'Part of meta.drop_class: drop a reader view, or take its rows away while API views show it. Raises dependent_objects_still_exist.';
CREATE FUNCTION "meta"."section_definitions"("p_model" bigint) RETURNS TABLE("section" "text", "place" "text", "id" bigint, "code" "text", "definition" "jsonb")
    LANGUAGE "plpgsql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_section meta.model_section;
begin
  for v_section in
    select s.* from meta.model_sections() as s
  loop
    return query execute format('select %L::text, %L::text, l.id, l.code, l.definition from %s($1) as l', v_section.code, v_section.place, v_section.list_function)
    using p_model;
  end loop;
end;
$_$;
COMMENT ON FUNCTION "meta"."section_definitions"("p_model" bigint) IS 'Section, place, id, code and definition of what a model has beside classes.';
CREATE FUNCTION "meta"."section_places"() RETURNS TABLE("code" "text", "place" "text")
    LANGUAGE "sql" STABLE SECURITY DEFINER
    BEGIN ATOMIC
 SELECT "s"."code",
     "s"."place"
    FROM "meta"."model_section" "s"
   ORDER BY "s"."position";
END;
COMMENT ON FUNCTION "meta"."section_places"() IS 'Section and place of every row of meta.model_section, those without functions included.';
CREATE FUNCTION "meta"."set_keys"("p_class" bigint, "p_keys" "jsonb") RETURNS "void"
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    SET "jit" TO 'off'
    AS $$
declare
  v_key record;
  v_id bigint;
begin
  for v_key in
    select k.id, k.column_ids
    from meta.class_key as k
    where k.class_id = p_class
      and not exists (
        select from jsonb_array_elements(coalesce(p_keys, '[]')) as w (codes)
        where meta.key_columns(p_class, w.codes) = k.column_ids
      )
  loop
    delete from meta.class_key as k where k.id = v_key.id;
    execute (
      select string_agg(format('drop index data.datarow_%s_key_%s;', a.class_id, v_key.id), ' ')
      from meta.ancestry as a
      where a.ancestor_id = p_class
    );
  end loop;
  for v_key in
    select meta.key_columns(p_class, w.codes) as column_ids
    from jsonb_array_elements(coalesce(p_keys, '[]')) as w (codes)
  loop
    insert into meta.class_key (class_id, column_ids)
    values (p_class, v_key.column_ids)
    on conflict (class_id, column_ids) do nothing
    returning id into v_id;
    if v_id is not null then
      perform meta.create_key(a.class_id, v_id)
      from meta.ancestry as a
      where a.ancestor_id = p_class;
    end if;
  end loop;
end;
$$;
COMMENT ON FUNCTION "meta"."set_keys"("p_class" bigint, "p_keys" "jsonb") IS 'Set the natural keys of a class, a list of lists of column codes. Raises PG106, PG113 when rows have equal values.';
CREATE FUNCTION "meta"."set_query"("p_model" bigint, "p_code" "text", "p_definition" "jsonb") RETURNS bigint
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_id bigint;
begin
  perform meta.check_code(p_code, 'query');
  perform meta.check_definition('query', p_definition, '$');
  insert into meta.query as q (model_id, code, name, sql)
  values (p_model, p_code, meta.localized(p_definition -> 'name'), p_definition ->> 'sql')
  on conflict (model_id, code) do update
  set name = excluded.name, sql = excluded.sql
  returning q.id into v_id;
  perform meta.check_view_names();
  return v_id;
end;
$_$;
COMMENT ON FUNCTION "meta"."set_query"("p_model" bigint, "p_code" "text", "p_definition" "jsonb") IS 'Id of a query of a model, made or changed. Keys of the definition: name, sql. Raises PG101, PG103, PG104, PG110 to PG112.';
CREATE FUNCTION "meta"."set_targets"("p_column" bigint, "p_definition" "jsonb") RETURNS "void"
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_model bigint;
begin
  select c.model_id into strict v_model
  from meta.class_column as k
  inner join meta.class as c on k.class_id = c.id
  where k.id = p_column;
  delete from meta.column_target as t where t.column_id = p_column;
  insert into meta.column_target (column_id, class_id, position)
  select p_column, meta.find_class(v_model, n.name), n.position
  from jsonb_array_elements_text(
    case when p_definition ? 'class' then jsonb_build_array(p_definition -> 'class') else coalesce(p_definition -> 'classes', '[]') end
  ) with ordinality as n (name, position);
end;
$$;
COMMENT ON FUNCTION "meta"."set_targets"("p_column" bigint, "p_definition" "jsonb") IS 'Set meta.column_target from the keys class or classes. Raises PG114 for an unknown class.';
CREATE FUNCTION "meta"."stamp_row"() RETURNS "trigger"
    LANGUAGE "plpgsql"
    AS $$
begin
  if pg_catalog.current_setting('pgears.source', true) operator(pg_catalog.=) 'replica' then
    return new;
  end if;
  new.version := old.version operator(pg_catalog.+) 1;
  new.modifier := coalesce(nullif(pg_catalog.current_setting('role'), 'none'), session_user);
  new.modified := pg_catalog.now();
  new.modified_source := coalesce(nullif(pg_catalog.current_setting('pgears.source', true), ''), 'sql');
  return new;
end;
$$;
COMMENT ON FUNCTION "meta"."stamp_row"() IS 'Trigger function: set the system columns of an updated row.';
CREATE FUNCTION "meta"."sweep_columns"("p_class" bigint) RETURNS "void"
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_column record;
begin
  for v_column in
    select d.physical, d.column_id
    from meta.dropped_column as d
    where d.class_id = p_class
    order by d.physical
  loop
    begin
      if v_column.column_id is not null then
        execute format('drop view if exists data.referring_%s_%s', p_class, v_column.column_id);
      end if;
      execute format('alter table data.datarow_%s drop column if exists %I', p_class, v_column.physical);
      delete from meta.dropped_column as d where d.class_id = p_class and d.physical = v_column.physical;
      if not exists (select from meta.dropped_column as d where d.column_id = v_column.column_id) then
        perform meta.drop_column_store(v_column.column_id);
      end if;
    exception
      when dependent_objects_still_exist then
        raise notice 'column % of class % is still in use: %', v_column.physical, meta.class_path(p_class), sqlerrm;
    end;
  end loop;
end;
$$;
COMMENT ON FUNCTION "meta"."sweep_columns"("p_class" bigint) IS 'Drop the columns noted in meta.dropped_column from the table of a class, where nothing uses them.';
CREATE FUNCTION "meta"."sweep_readers"() RETURNS "void"
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_name text;
begin
  for v_name in
    select c.relname
    from pg_class as c
    where
      c.relnamespace = 'data'::regnamespace and c.relkind = 'v'
      and c.relname ~ '^(described|referring)_[0-9]+(_[0-9]+)?$'
      and not exists (select from meta.class as o where o.id = split_part(c.relname, '_', 2)::bigint)
      and not exists (
        select
        from pg_depend as d
        left join pg_rewrite as r on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid
        where d.refclassid = 'pg_class'::regclass and d.refobjid = c.oid and d.deptype = 'n' and r.ev_class is distinct from c.oid
      )
  loop
    execute format('drop view data.%I', v_name);
  end loop;
end;
$_$;
COMMENT ON FUNCTION "meta"."sweep_readers"() IS 'Drop data.described_<id> and data.referring_<id>_<column> of classes that are gone, where nothing uses them.';
CREATE FUNCTION "meta"."table_differences"("p_filter" "text" DEFAULT NULL::"text") RETURNS TABLE("object" "text", "relation" "text", "difference" "text")
    LANGUAGE "sql" STABLE SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    SET "jit" TO 'off'
    AS $$
  with chosen as (
    select
      c.id,
      c.deletion,
      c.limits_sql,
      m.code || '.' || c.code as path,
      'datarow_' || c.id as name,
      to_regclass('data.datarow_' || c.id) as oid
    from meta.class as c
    inner join meta.model as m on c.model_id = m.id
    where p_filter is null or p_filter in (m.code, m.code || '.' || c.code)
  ),
  expected as (
    select s.id, s.oid, n.name as physical, null::text as code, n.type
    from chosen as s
    cross join (
      values
      ('id', 'bigint'), ('uid', 'uuid'), ('version', 'bigint'), ('creator', 'text'), ('created', 'timestamptz'),
      ('modifier', 'text'), ('modified', 'timestamptz'), ('deleter', 'text'), ('deleted', 'timestamptz'),
      ('created_source', 'text'), ('modified_source', 'text'), ('deleted_source', 'text'), ('shortdescription', 'text')
    ) as n (name, type)
    union all
    select s.id, s.oid, e.physical, e.code, e.sql_type
    from chosen as s
    inner join meta.effective_column as e on s.id = e.class_id and e.stored
    union all
    select s.id, s.oid, e.physical || '_class', e.code || '__class', 'text'
    from chosen as s
    inner join meta.effective_column as e on s.id = e.class_id and cardinality(e.targets) > 1
  ),
  found as (
    select s.id, a.attname::text as physical, a.atttypid, a.atttypmod
    from chosen as s
    inner join pg_attribute as a on s.oid = a.attrelid and a.attnum > 0 and not a.attisdropped
  ),
  difference (id, text) as (
    select s.id, 'the table is missing'
    from chosen as s
    where s.oid is null
    union all
    select
      x.id,
      case
        when f.physical is null then format('column %s is missing', x.physical)
        else format('column %s has the type %s instead of %s', x.physical, format_type(f.atttypid, f.atttypmod), x.type::regtype)
      end || coalesce(format(' (%s)', x.code), '')
    from expected as x
    left join found as f on x.id = f.id and x.physical = f.physical
    where x.oid is not null and f.atttypid is distinct from x.type::regtype
    union all
    select f.id, format('column %I was added by hand: kept, not shown', f.physical)
    from found as f
    left join expected as x on f.id = x.id and f.physical = x.physical
    where x.id is null
      and not exists (select from meta.dropped_column as d where d.class_id = f.id and d.physical = f.physical)
    union all
    select s.id, format('constraint %s is missing: its limits are not enforced', k.name)
    from chosen as s
    cross join lateral (
      select s.name || '_limits_check' as name where s.limits_sql is not null
      union all
      select s.name || '_pkey'
      union all
      select s.name || '_uid_key'
      union all
      select format('%s_%s_fkey', s.name, e.physical)
      from meta.effective_column as e
      where e.class_id = s.id and e.type in ('reference', 'file', 'class') and not e.is_array
        and meta.column_target_table(e.column_id) is not null
    ) as k
    where s.oid is not null
      and not exists (select from pg_constraint as c where c.conrelid = s.oid and c.conname = k.name)
    union all
    select s.id, format('index %s_key_%s is missing: the natural key is not enforced', s.name, k.id)
    from chosen as s
    inner join meta.ancestry as a on s.id = a.class_id
    inner join meta.class_key as k on a.ancestor_id = k.class_id
    where s.oid is not null and to_regclass(format('data.%s_key_%s', s.name, k.id)) is null
    union all
    select s.id, format('trigger %I is %s', n.name, case when t.oid is null then 'missing' else 'disabled' end)
    from chosen as s
    cross join unnest(
      array['t00_truncate', 't10_stamp', 't80_forged_insert', 't80_forged_update', 't90_inserted', 't90_updated', 't90_deleted']
      || case when s.deletion = 'logical' then array['10_keep_deleted'] end
    ) as n (name)
    left join pg_trigger as t on s.oid = t.tgrelid and n.name = t.tgname
    where s.oid is not null and coalesce(t.tgenabled, 'D') = 'D'
  )
  select s.path, 'data.' || s.name, d.text
  from difference as d
  inner join chosen as s on d.id = s.id
  order by s.path, d.text;
$$;
COMMENT ON FUNCTION "meta"."table_differences"("p_filter" "text") IS 'Class tables altered by hand, a line each difference: of everything, a model, or one class (model.class).';
CREATE FUNCTION "meta"."table_of"("p_path" "text") RETURNS "regclass"
    LANGUAGE "sql" STABLE
    BEGIN ATOMIC
 SELECT ("format"('data.datarow_%s'::"text", "meta"."class_id"("p_path")))::"regclass" AS "format";
END;
COMMENT ON FUNCTION "meta"."table_of"("p_path" "text") IS 'Table that holds the rows of a class given as model.class. Raises PG106 when there is none.';
CREATE FUNCTION "meta"."timestamp_text"("p_time" timestamp with time zone) RETURNS "text"
    LANGUAGE "sql" IMMUTABLE STRICT PARALLEL SAFE
    BEGIN ATOMIC
 SELECT "to_char"(("p_time" AT TIME ZONE 'UTC'::"text"), 'YYYY-MM-DD HH24:MI'::"text") AS "to_char";
END;
COMMENT ON FUNCTION "meta"."timestamp_text"("p_time" timestamp with time zone) IS 'A point in time as YYYY-MM-DD HH24:MI in UTC.';
CREATE FUNCTION "meta"."touch_class"("p_class" bigint) RETURNS "void"
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    SET "jit" TO 'off'
    AS $$
declare
  v_noted constant text := nullif(current_setting('pgears.changed_classes', true), '');
begin
  if v_noted is not null then
    perform set_config('pgears.changed_classes', array_append(array_remove(v_noted::bigint[], p_class), p_class)::text, true);
    return;
  end if;
  perform meta.rebuild_class(a.class_id)
  from meta.ancestry as a
  where a.ancestor_id = p_class
  order by a.depth;
end;
$$;
COMMENT ON FUNCTION "meta"."touch_class"("p_class" bigint) IS 'Rebuild a class with its descendants, or note it until meta.finish_changes().';
CREATE FUNCTION "meta"."update_record"("p_class" bigint, "p_row" bigint, "p_values" "jsonb") RETURNS boolean
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_unknown text;
  v_columns text;
  v_row jsonb;
  v_count integer;
begin
  select
    min(v.code) filter (where e.column_id is null),
    string_agg(format('%1$I = n.%1$I', e.physical), ', '),
    jsonb_object_agg(e.physical, v.value) filter (where e.column_id is not null)
  into v_unknown, v_columns, v_row
  from jsonb_each(p_values) as v (code, value)
  left join meta.effective_column as e on e.class_id = p_class and v.code = e.code and e.stored;
  if v_unknown is not null then
    raise exception 'class % has no column "%"', meta.class_path(p_class), v_unknown
      using errcode = 'PG106', hint = 'Name columns of the class by their codes.';
  elsif v_row is null then
    return false;
  end if;
  perform meta.check_triggers(format('data.datarow_%s', p_class)::regclass);
  execute format(
    'update data.datarow_%1$s as r set %2$s from jsonb_populate_record(null::data.datarow_%1$s, $1) as n where r.id = $2 and r.deleted is null',
    p_class, v_columns
  )
  using v_row, p_row;
  get diagnostics v_count = row_count;
  return v_count > 0;
end;
$_$;
COMMENT ON FUNCTION "meta"."update_record"("p_class" bigint, "p_row" bigint, "p_values" "jsonb") IS 'Change a row of a class by column code; false when there is none. Raises PG106 for an unknown code, PG140 for a trigger of another owner, PG210 for broken limits.';
CREATE VIEW "meta"."view_column" AS
 WITH "family" AS (
         SELECT "a"."ancestor_id" AS "class_id",
            "jsonb_agg"(('described_'::"text" || "a"."class_id") ORDER BY "a"."depth", "a"."class_id") AS "tables",
            "array_agg"("a"."class_id" ORDER BY "a"."depth", "a"."class_id") AS "members"
           FROM "meta"."ancestry" "a"
          GROUP BY "a"."ancestor_id"
        ), "path" AS (
         SELECT "c"."id" AS "class_id",
            (("m"."code" || '.'::"text") || "c"."code") AS "path"
           FROM ("meta"."class" "c"
             JOIN "meta"."model" "m" ON (("c"."model_id" = "m"."id")))
        )
 SELECT "e"."class_id",
    "e"."position",
    0 AS "part",
    "e"."code" AS "name",
    "e"."physical" AS "source",
    'stored'::"text" AS "form",
    '{}'::"jsonb" AS "detail"
   FROM "meta"."effective_column" "e"
  WHERE "e"."stored"
UNION ALL
 SELECT "e"."class_id",
    "e"."position",
    1 AS "part",
    ("e"."code" || '__class'::"text") AS "name",
    ("e"."physical" || '_class'::"text") AS "source",
    'stored'::"text" AS "form",
    '{}'::"jsonb" AS "detail"
   FROM "meta"."effective_column" "e"
  WHERE (("e"."type" = 'reference'::"text") AND ("cardinality"("e"."targets") > 1))
UNION ALL
 SELECT "e"."class_id",
    "e"."position",
    2 AS "part",
    ("e"."code" || '__text'::"text") AS "name",
    ("e"."physical" || '__text'::"text") AS "source",
        CASE
            WHEN ("e"."type" = 'class'::"text") THEN 'class_name'::"text"
            WHEN ("e"."type" <> 'reference'::"text") THEN 'translation'::"text"
            WHEN ("e"."target_user" AND "e"."is_array") THEN 'account_names'::"text"
            WHEN "e"."target_user" THEN 'account_name'::"text"
            WHEN ("cardinality"("e"."targets") > 1) THEN 'description_by_class'::"text"
            WHEN "e"."is_array" THEN 'descriptions'::"text"
            ELSE 'description'::"text"
        END AS "form",
    (
        CASE
            WHEN (("e"."type" = 'reference'::"text") AND (NOT "e"."target_user")) THEN ( SELECT "jsonb_build_object"('targets', "jsonb_agg"("jsonb_build_object"('class', "p"."path", 'tables', "f"."tables") ORDER BY "t"."position")) AS "jsonb_build_object"
               FROM (("unnest"("e"."targets") WITH ORDINALITY "t"("class_id", "position")
                 JOIN "family" "f" ON (("t"."class_id" = "f"."class_id")))
                 JOIN "path" "p" ON (("t"."class_id" = "p"."class_id"))))
            WHEN ("e"."type" <> ALL (ARRAY['reference'::"text", 'class'::"text"])) THEN "jsonb_build_object"('language', ( SELECT "l"."code"
               FROM "meta"."language" "l"
              WHERE "l"."is_default"))
            ELSE '{}'::"jsonb"
        END || "jsonb_build_object"('physical', "e"."physical")) AS "detail"
   FROM "meta"."effective_column" "e"
  WHERE (("e"."type" = ANY (ARRAY['reference'::"text", 'class'::"text"])) OR ("e"."sql_type" = 'jsonb'::"text"))
UNION ALL
 SELECT "e"."class_id",
    "e"."position",
    0 AS "part",
    "e"."code" AS "name",
    "e"."physical" AS "source",
    'referrers'::"text" AS "form",
    "jsonb_build_object"('tables', ( SELECT "jsonb_agg"("format"('referring_%s_%s'::"text", "m"."class_id", "r"."column_id") ORDER BY "m"."position") AS "jsonb_agg"
           FROM "unnest"("f"."members") WITH ORDINALITY "m"("class_id", "position")), 'classes',
        CASE
            WHEN ("cardinality"("r"."targets") > 1) THEN ( SELECT "jsonb_agg"("p"."path" ORDER BY "a"."depth") AS "jsonb_agg"
               FROM ("meta"."ancestry" "a"
                 JOIN "path" "p" ON (("a"."ancestor_id" = "p"."class_id")))
              WHERE (("a"."class_id" = "e"."class_id") AND ("a"."ancestor_id" = ANY ("r"."targets"))))
            ELSE NULL::"jsonb"
        END) AS "detail"
   FROM (("meta"."effective_column" "e"
     JOIN "family" "f" ON (("f"."class_id" = "e"."targets"[1])))
     JOIN "meta"."effective_column" "r" ON ((("r"."class_id" = "e"."targets"[1]) AND ("r"."code" = ("e"."definition" ->> 'column'::"text")))))
  WHERE ("e"."type" = 'reverse'::"text");
COMMENT ON VIEW "meta"."view_column" IS 'Columns that API views show for the defined columns of each class, in the order of position and part.';
CREATE FUNCTION "meta"."view_definitions"("p_filter" "text" DEFAULT NULL::"text") RETURNS TABLE("kind" "text", "object_id" bigint, "name" "text", "path" "text", "stamp" "text", "context" "jsonb")
    LANGUAGE "sql" STABLE
    BEGIN ATOMIC
 WITH "chosen" AS (
          SELECT "c"."id",
             (("m"."code" || '.'::"text") || "c"."code") AS "path",
             (("m"."code" || '_'::"text") || "c"."code") AS "name",
             "c"."description_column"
            FROM ("meta"."class" "c"
              JOIN "meta"."model" "m" ON (("c"."model_id" = "m"."id")))
           WHERE (("view_definitions"."p_filter" IS NULL) OR (("view_definitions"."p_filter" = "m"."code") OR ("view_definitions"."p_filter" = (("m"."code" || '.'::"text") || "c"."code"))))
         ), "user_columns" AS (
          SELECT "v"."class_id",
             "jsonb_agg"(("jsonb_build_object"('name', "v"."name", 'source', "v"."source", 'form', "v"."form") || "v"."detail") ORDER BY "v"."position", "v"."part") AS "columns"
            FROM "meta"."view_column" "v"
           WHERE ("v"."class_id" = ANY (ARRAY( SELECT "s"."id"
                    FROM "chosen" "s")))
           GROUP BY "v"."class_id"
         ), "described" AS (
          SELECT "s"."kind",
             "c"."id",
             ("c"."name" || "s"."suffix") AS "name",
             "c"."path",
             "jsonb_build_object"('form', 1, 'name', ("c"."name" || "s"."suffix"), 'table', ('datarow_'::"text" || "c"."id"), 'description', "c"."description_column", 'comment', "format"("s"."comment", "c"."path"), 'columns', ("s"."system" || COALESCE("u"."columns", '[]'::"jsonb"))) AS "context"
            FROM (("chosen" "c"
              CROSS JOIN ( SELECT "v"."kind",
                     "v"."suffix",
                     "v"."comment",
                     "jsonb_agg"("jsonb_build_object"('name', "n"."name", 'source', "n"."name", 'form', 'stored') ORDER BY "n"."position") AS "system"
                    FROM (( VALUES ('class'::"text",''::"text",'Class %s without deleted rows'::"text",ARRAY['deleted'::"text"]), ('all'::"text",'_all'::"text",'Class %s with deleted rows'::"text",ARRAY['deleter'::"text", 'deleted'::"text", 'deleted_source'::"text"])) "v"("kind", "suffix", "comment", "own")
                      CROSS JOIN LATERAL "unnest"((ARRAY['id'::"text", 'uid'::"text", 'version'::"text", 'shortdescription'::"text", 'creator'::"text", 'created'::"text", 'modifier'::"text", 'modified'::"text", 'created_source'::"text", 'modified_source'::"text"] || "v"."own")) WITH ORDINALITY "n"("name", "position"))
                   GROUP BY "v"."kind", "v"."suffix", "v"."comment") "s")
              LEFT JOIN "user_columns" "u" ON (("c"."id" = "u"."class_id")))
         UNION ALL
          SELECT 'query'::"text",
             "q"."id",
             (("m"."code" || '_'::"text") || "q"."code"),
             (("m"."code" || '.'::"text") || "q"."code"),
             "jsonb_build_object"('form', 1, 'name', (("m"."code" || '_'::"text") || "q"."code"), 'comment', "format"('Query %s.%s'::"text", "m"."code", "q"."code"), 'query', "meta"."query_text"("m"."code", "q"."sql"), 'columns', '[]'::"jsonb") AS "jsonb_build_object"
            FROM ("meta"."query" "q"
              JOIN "meta"."model" "m" ON (("q"."model_id" = "m"."id")))
           WHERE (("view_definitions"."p_filter" IS NULL) OR (("view_definitions"."p_filter" = "m"."code") OR ("view_definitions"."p_filter" = (("m"."code" || '.'::"text") || "q"."code"))))
         )
  SELECT "d"."kind",
     "d"."id",
     "d"."name",
     "d"."path",
     "md5"(("d"."context")::"text") AS "md5",
     "d"."context"
    FROM "described" "d";
END;
COMMENT ON FUNCTION "meta"."view_definitions"("p_filter" "text") IS 'Context and stamp of the API views of everything, of a model, or of one class or query (model.code).';
CREATE FUNCTION "meta"."view_furniture"("p_view" "oid") RETURNS "text"[]
    LANGUAGE "sql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
  with kept as (
    select
      a.attnum,
      a.attname,
      a.attacl
    from pg_attribute as a
    where a.attrelid = p_view and a.attnum > 0 and a.attname not like '-%'
  ),
  statement (position, text) as (
    select
      1,
      format('alter view %s owner to %I', p_view::regclass, r.rolname)
    from pg_class as c
    inner join pg_roles as r on c.relowner = r.oid
    where c.oid = p_view and r.rolname <> current_user
    union all
    select
      2,
      format('revoke all on %s from %I', p_view::regclass, r.rolname)
    from pg_class as c
    inner join pg_roles as r on c.relowner = r.oid
    where c.oid = p_view and c.relacl is not null
    union all
    select
      3,
      format(
        'grant %s on %s to %s%s',
        x.privilege_type, p_view::regclass,
        case when x.grantee = 0 then 'public' else x.grantee::regrole::text end,
        case when x.is_grantable then ' with grant option' else '' end
      )
    from pg_class as c
    cross join lateral aclexplode(c.relacl) as x
    where c.oid = p_view
    union all
    select
      3,
      format(
        'grant %s (%I) on %s to %s%s',
        x.privilege_type, k.attname, p_view::regclass,
        case when x.grantee = 0 then 'public' else x.grantee::regrole::text end,
        case when x.is_grantable then ' with grant option' else '' end
      )
    from kept as k
    cross join lateral aclexplode(k.attacl) as x
    union all
    select
      4,
      format('comment on view %s is %L', p_view::regclass, obj_description(p_view, 'pg_class'))
    where obj_description(p_view, 'pg_class') is not null
    union all
    select
      4,
      format('comment on column %s.%I is %L', p_view::regclass, k.attname, col_description(p_view, k.attnum))
    from kept as k
    where col_description(p_view, k.attnum) is not null
    union all
    select
      5,
      format('alter view %s alter column %I set default %s', p_view::regclass, k.attname, pg_get_expr(f.adbin, f.adrelid))
    from pg_attrdef as f
    inner join kept as k on f.adnum = k.attnum
    where f.adrelid = p_view
    union all
    select
      6,
      pg_get_triggerdef(t.oid)
    from pg_trigger as t
    where t.tgrelid = p_view and not t.tgisinternal
    union all
    select
      7,
      format('comment on trigger %I on %s is %L', t.tgname, p_view::regclass, obj_description(t.oid, 'pg_trigger'))
    from pg_trigger as t
    where t.tgrelid = p_view and not t.tgisinternal and obj_description(t.oid, 'pg_trigger') is not null
    union all
    select
      6,
      pg_get_ruledef(r.oid)
    from pg_rewrite as r
    where r.ev_class = p_view and r.rulename <> '_RETURN'
    union all
    select
      7,
      format('comment on rule %I on %s is %L', r.rulename, p_view::regclass, obj_description(r.oid, 'pg_rewrite'))
    from pg_rewrite as r
    where r.ev_class = p_view and obj_description(r.oid, 'pg_rewrite') is not null
  )
  select coalesce(array_agg(s.text order by s.position, s.text), '{}')
  from statement as s;
$$;
COMMENT ON FUNCTION "meta"."view_furniture"("p_view" "oid") IS 'Statements that restore owner, grants, comments, defaults, triggers and rules of a view after it was made anew.';
CREATE FUNCTION "meta"."view_hash"("p_view" "oid") RETURNS "text"
    LANGUAGE "sql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
  select md5(
    regexp_replace(pg_get_viewdef(c.oid), '\mshortdescription_\d+( AS shortdescription\M)?', 'shortdescription', 'g')
    || coalesce(array_to_string(c.reloptions, ','), '')
  )
  from pg_class as c
  where c.oid = p_view and c.relkind = 'v';
$$;
COMMENT ON FUNCTION "meta"."view_hash"("p_view" "oid") IS 'Hash that changes when somebody alters a view by hand; null when it is no view.';
CREATE FUNCTION "meta"."view_obstacles"("p_view" "oid", "p_removed" smallint[], "p_renewed" "oid"[]) RETURNS SETOF "text"
    LANGUAGE "sql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
  with dependent as (
    select distinct
      d.classid,
      d.objid,
      d.objsubid,
      r.ev_class as relation,
      r.rulename = '_RETURN' and c.relkind = 'v' as is_view
    from pg_depend as d
    left join pg_rewrite as r on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid
    left join pg_class as c on r.ev_class = c.oid
    where d.refclassid = 'pg_class'::regclass and d.refobjid = p_view and d.deptype = 'n'
      and r.ev_class is distinct from p_view
  )
  select pg_describe_object(d.classid, d.objid, d.objsubid)
  from dependent as d
  where d.is_view is not true
  union
  select format('column %I used by view %s', ltrim(a.attname, '-'), d.relation::regclass)
  from dependent as d
  inner join pg_depend as u on d.classid = u.classid and d.objid = u.objid and u.refobjid = p_view
  inner join pg_attribute as a on u.refobjid = a.attrelid and u.refobjsubid = a.attnum
  where d.is_view and a.attnum = any (p_removed) and d.relation <> all (p_renewed)
  union
  select pg_describe_object(d.classid, d.objid, d.objsubid) || ' by its row type'
  from pg_type as t
  inner join pg_depend as d on d.refclassid = 'pg_type'::regclass and d.refobjid in (t.oid, t.typarray) and d.deptype = 'n'
  where t.typrelid = p_view
  union
  select format('view %s, which belongs to %I', d.relation::regclass, o.rolname)
  from dependent as d
  inner join pg_class as c on d.relation = c.oid
  inner join pg_roles as o on c.relowner = o.oid
  where d.is_view and not pg_has_role(o.oid, 'usage')
  union
  -- While a query waits for its new text it cannot keep this option.
  select format('check option of view %s', d.relation::regclass)
  from dependent as d
  inner join pg_class as c on d.relation = c.oid
  cross join lateral pg_options_to_table(c.reloptions) as k
  where d.is_view and d.relation = any (p_renewed) and k.option_name = 'check_option'
  union
  select format('grant to %s by %s, who is not the owner', case when a.grantee = 0 then 'public' else a.grantee::regrole::text end, a.grantor::regrole)
  from pg_class as c
  cross join lateral (
    select x.grantee, x.grantor from aclexplode(c.relacl) as x
    union
    select x.grantee, x.grantor
    from pg_attribute as k
    cross join lateral aclexplode(k.attacl) as x
    where k.attrelid = c.oid
  ) as a
  where c.oid = p_view and a.grantor <> c.relowner;
$$;
COMMENT ON FUNCTION "meta"."view_obstacles"("p_view" "oid", "p_removed" smallint[], "p_renewed" "oid"[]) IS 'Descriptions of the objects because of which an API view cannot be made anew; none when it can.';
CREATE FUNCTION "meta"."view_options"("p_view" "oid") RETURNS "text"
    LANGUAGE "sql" STABLE
    BEGIN ATOMIC
 SELECT ('security_invoker = true'::"text" || COALESCE(( SELECT "string_agg"("format"(', %s = %L'::"text", "o"."option_name", "o"."option_value"), ''::"text" ORDER BY "o"."option_name") AS "string_agg"
            FROM ("pg_class" "c"
              CROSS JOIN LATERAL "pg_options_to_table"("c"."reloptions") "o"("option_name", "option_value"))
           WHERE (("c"."oid" = "view_options"."p_view") AND ("o"."option_name" <> 'security_invoker'::"text"))), ''::"text"));
END;
COMMENT ON FUNCTION "meta"."view_options"("p_view" "oid") IS 'Options of an API view for its WITH clause; null stands for a new view.';
CREATE FUNCTION "queue"."adopt"("p_from" "uuid", "p_to" "uuid", "p_ids" bigint[]) RETURNS bigint[]
    LANGUAGE "sql" SECURITY DEFINER
    BEGIN ATOMIC
 WITH "adopted" AS (
          UPDATE "queue"."task" "t" SET "runner" = "adopt"."p_to"
           WHERE (("t"."id" = ANY ("adopt"."p_ids")) AND ("t"."runner" = "adopt"."p_from") AND ("t"."state" = 'leased'::"text"))
           RETURNING "t"."id"
         )
  SELECT COALESCE("array_agg"("a"."id"), '{}'::bigint[]) AS "coalesce"
    FROM "adopted" "a";
END;
COMMENT ON FUNCTION "queue"."adopt"("p_from" "uuid", "p_to" "uuid", "p_ids" bigint[]) IS 'Move leased tasks from one runner to another and give those that were moved.';
CREATE FUNCTION "queue"."beat"("p_runner" "uuid", "p_lease" interval DEFAULT '00:00:30'::interval, "p_listening" "text" DEFAULT 'unknown'::"text") RETURNS boolean
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  update queue.runner as r
  set seen = now(), lease_until = core.now() + p_lease, listening = p_listening
  where r.id = p_runner;
  return found;
end;
$$;
COMMENT ON FUNCTION "queue"."beat"("p_runner" "uuid", "p_lease" interval, "p_listening" "text") IS 'Extend the lease of a runner; false when it was declared dead.';
CREATE FUNCTION "queue"."cancel"("p_id" bigint) RETURNS "void"
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_state text;
  v_kind text;
  v_key text;
begin
  select t.state, t.kind, t.key into v_state, v_kind, v_key from queue.task as t where t.id = p_id for update;
  if not found then
    select d.kind, d.key into v_kind, v_key from queue.dead as d where d.id = p_id;
  end if;
  if v_state = 'leased' then
    raise exception 'task % is running', p_id
      using errcode = 'PG306', hint = 'Wait for the end of its attempt; a task that waits again can be cancelled.';
  end if;
  with waiting as (
    delete from queue.task as t where t.id = p_id returning t.*
  ),
  buried as (
    delete from queue.dead as d where d.id = p_id returning d.*
  )
  insert into queue.finished (id, kind, payload, lane, attempts, outcome, created, correlation)
  select w.id, w.kind, w.payload, w.lane, w.attempts, 'cancelled', w.created, w.correlation
  from waiting as w
  union all
  select b.id, b.kind, b.payload, b.lane, b.attempts, 'cancelled', b.created, b.correlation
  from buried as b;
  if not found then
    raise exception 'there is no task % to cancel', p_id
      using errcode = 'PG305', hint = '"pgears task list" shows the tasks that wait, run or gave up.';
  end if;
  if v_key is not null then
    perform queue.unblock(array[v_kind], array[v_key]);
  end if;
end;
$$;
COMMENT ON FUNCTION "queue"."cancel"("p_id" bigint) IS 'Cancel a task that waits or is dead. Raises PG305 when there is none, PG306 when it runs.';
CREATE FUNCTION "queue"."claim"("p_runner" "uuid", "p_token" "uuid", "p_limit" integer DEFAULT 100, "p_kinds" "text"[] DEFAULT NULL::"text"[], "p_after" bigint[] DEFAULT NULL::bigint[]) RETURNS TABLE("id" bigint, "kind" "text", "payload" "jsonb", "attempts" integer, "lane" smallint, "turn" bigint)
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    SET "enable_seqscan" TO 'off'
    SET "enable_bitmapscan" TO 'off'
    SET "enable_sort" TO 'off'
    AS $$
declare
  v_left integer := p_limit;
  v_kinds constant text[] := coalesce(p_kinds, array(select k.kind from queue.kind as k));
  v_limited text[];
  v_kind queue.kind;
  v_room integer;
  v_queue record;
  v_count integer;
begin
  perform set_config('synchronous_commit', 'off', true);
  perform from queue.runner as r where r.id = p_runner for key share;
  if not found then
    raise exception 'runner % is not registered any more', p_runner
      using errcode = 'PG302', hint = 'Its lease ran out; register anew with queue.start_runner().';
  end if;
  if p_after is null then
    perform queue.promote();
  end if;
  v_limited := array(
    select k.kind from queue.kind as k
    where (k.parallel_limit is not null or k.rate_limit is not null) and k.kind = any (v_kinds)
  );
  -- One runner at a time counts the room of a kind; others pass it by meanwhile.
  for v_kind in
    select k.* from queue.kind as k where k.kind = any (v_limited) order by k.kind for update skip locked
  loop
    v_room := least(queue.room_of(v_kind), v_left);
    continue when v_room = 0;
    return query
    with claimed as (
      update queue.task as t
      set state = 'leased', runner = p_runner, token = p_token, attempts = t.attempts + 1
      where t.ctid = any (array(
        select c.ctid
        from queue.task as c
        where c.state = 'ready' and c.kind = v_kind.kind
        order by c.lane, c.turn
        limit v_room
        for update skip locked
      ))
      returning t.id, t.kind, t.payload, t.attempts, t.lane, t.turn
    ),
    noted as (
      insert into queue.slot (kind, task_id, token, at)
      select c.kind, c.id, p_token, core.now() from claimed as c
    )
    -- Their turns are no mark to begin behind: others of the kind stay where they are.
    select c.id, c.kind, c.payload, c.attempts, c.lane, 0::bigint from claimed as c;
    get diagnostics v_count = row_count;
    v_left := v_left - v_count;
  end loop;
  for v_queue in
    select
      k.kind,
      l.lane,
      a.turn as after,
      count(*) over (partition by l.lane order by f.turn rows between current row and unbounded following) as sharers
    from unnest(v_kinds) with ordinality as k (kind, place)
    cross join generate_series(0, 2) as l (lane)
    cross join lateral (select coalesce(p_after[3 * (k.place - 1) + l.lane + 1], 0) as turn) as a
    cross join lateral (
      select c.turn
      from queue.task as c
      where c.state = 'ready' and c.kind = k.kind and c.lane = l.lane and c.turn > a.turn
      order by c.turn
      limit 1
    ) as f
    where k.kind <> all (v_limited)
    order by l.lane, f.turn
  loop
    exit when v_left <= 0;
    return query
    update queue.task as t
    set state = 'leased', runner = p_runner, token = p_token, attempts = t.attempts + 1
    where t.ctid = any (array(
      select c.ctid
      from queue.task as c
      where c.state = 'ready'
        and c.kind = v_queue.kind
        and c.lane = v_queue.lane
        and c.turn > v_queue.after
      order by c.turn
      limit ceil(v_left::numeric / v_queue.sharers)
      for update skip locked
    ))
    returning t.id, t.kind, t.payload, t.attempts, t.lane, t.turn;
    get diagnostics v_count = row_count;
    v_left := v_left - v_count;
  end loop;
end;
$$;
COMMENT ON FUNCTION "queue"."claim"("p_runner" "uuid", "p_token" "uuid", "p_limit" integer, "p_kinds" "text"[], "p_after" bigint[]) IS 'Lease tasks of the kinds named, or of all, to a runner under a token of this claim. Raises PG302 when the runner was declared dead.';
CREATE FUNCTION "queue"."enqueue_keyed"("p_kind" "text", "p_key" "text", "p_payload" "jsonb" DEFAULT '{}'::"jsonb", "p_lane" smallint DEFAULT 1) RETURNS bigint
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    SET "enable_seqscan" TO 'off'
    AS $$
declare
  v_id bigint;
  v_blocked boolean;
begin
  if not exists (select from queue.kind as k where k.kind = p_kind) then
    raise exception 'there is no kind of task "%"', p_kind
      using errcode = 'PG301', hint = 'Register it with queue.register_kind().';
  end if;
  perform pg_advisory_xact_lock(queue.lock_key(p_kind, p_key));
  v_blocked := exists (select from queue.task as t where t.kind = p_kind and t.key = p_key)
    or exists (select from queue.dead as d where d.kind = p_kind and d.key = p_key);
  insert into queue.task (kind, key, payload, lane, state)
  values (p_kind, p_key, coalesce(p_payload, '{}'), p_lane, case when v_blocked then 'blocked' else 'ready' end)
  returning id into v_id;
  if not v_blocked then
    perform queue.ring();
  end if;
  return v_id;
end;
$$;
COMMENT ON FUNCTION "queue"."enqueue_keyed"("p_kind" "text", "p_key" "text", "p_payload" "jsonb", "p_lane" smallint) IS 'Store a task in the order of a key and give its id. Raises PG301 for an unknown kind.';
CREATE FUNCTION "queue"."fall_asleep"("p_runner" "uuid") RETURNS "xid8"
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_fence xid8;
begin
  perform pg_advisory_xact_lock('queue.bell'::regclass::oid::bigint);
  perform setval('queue.bell', 2);
  v_fence := pg_current_xact_id();
  update queue.runner as r set asleep = true where r.id = p_runner;
  return v_fence;
end;
$$;
COMMENT ON FUNCTION "queue"."fall_asleep"("p_runner" "uuid") IS 'Set the doorbell flag for a runner; gives the fence for queue.fence_passed().';
CREATE FUNCTION "queue"."fence_passed"("p_fence" "xid8") RETURNS boolean
    LANGUAGE "sql"
    BEGIN ATOMIC
 SELECT ("pg_snapshot_xmin"("pg_current_snapshot"()) > "p_fence");
END;
COMMENT ON FUNCTION "queue"."fence_passed"("p_fence" "xid8") IS 'Whether all writers that may have seen the flag unset are over.';
CREATE TABLE "queue"."kind" (
    "kind" "text" NOT NULL,
    "description" "text" NOT NULL,
    "max_attempts" integer DEFAULT 10 NOT NULL,
    "backoff_base" interval DEFAULT '00:00:02'::interval NOT NULL,
    "backoff_cap" interval DEFAULT '01:00:00'::interval NOT NULL,
    "timeout" interval DEFAULT '00:01:00'::interval NOT NULL,
    "keep" interval DEFAULT '1 day'::interval NOT NULL,
    "function" "text",
    "parallel_limit" integer,
    "rate_limit" integer,
    "rate_interval" interval,
    CONSTRAINT "kind_backoff_base_check" CHECK (("backoff_base" >= '00:00:00'::interval)),
    CONSTRAINT "kind_backoff_cap_check" CHECK (("backoff_cap" >= "backoff_base")),
    CONSTRAINT "kind_keep_check" CHECK (("keep" >= '00:00:00'::interval)),
    CONSTRAINT "kind_kind_check" CHECK (("kind" ~ '^[a-z][a-z0-9_.-]*$'::"text")),
    CONSTRAINT "kind_max_attempts_check" CHECK (("max_attempts" >= 1)),
    CONSTRAINT "kind_parallel_limit_check" CHECK (("parallel_limit" >= 1)),
    CONSTRAINT "kind_rate_limit_check" CHECK (
CASE
    WHEN ("rate_limit" IS NULL) THEN ("rate_interval" IS NULL)
    ELSE (("rate_limit" >= 1) AND ("rate_interval" > '00:00:00'::interval))
END),
    CONSTRAINT "kind_timeout_check" CHECK (("timeout" > '00:00:00'::interval))
);
COMMENT ON TABLE "queue"."kind" IS 'Kinds of tasks and the limits of each.';
COMMENT ON COLUMN "queue"."kind"."backoff_base" IS 'A retry waits a random time up to base * 2 ^ (attempts - 1), but not above the cap.';
COMMENT ON COLUMN "queue"."kind"."timeout" IS 'How long one attempt may take.';
COMMENT ON COLUMN "queue"."kind"."keep" IS 'How long finished tasks stay in queue.finished; 0 = they are not stored.';
COMMENT ON COLUMN "queue"."kind"."function" IS 'Database task: function(jsonb) that does the work in the transaction that settles it. Null: a handler of the runner does.';
COMMENT ON COLUMN "queue"."kind"."parallel_limit" IS 'Most tasks that run at once, of all runners together.';
COMMENT ON COLUMN "queue"."kind"."rate_limit" IS 'Most tasks that begin in any rate_interval, of all runners together.';
CREATE FUNCTION "queue"."kinds"() RETURNS TABLE("kind" "text", "timeout_seconds" double precision, "in_database" boolean)
    LANGUAGE "sql" STABLE SECURITY DEFINER
    BEGIN ATOMIC
 SELECT "k"."kind",
     (EXTRACT("epoch" FROM "k"."timeout"))::double precision AS "extract",
     ("k"."function" IS NOT NULL)
    FROM "queue"."kind" "k";
END;
COMMENT ON FUNCTION "queue"."kinds"() IS 'Kinds of tasks with their time-out; in_database: queue.run() does them.';
CREATE FUNCTION "queue"."limit_kind"("p_kind" "text", "p_parallel" integer DEFAULT NULL::integer, "p_rate" integer DEFAULT NULL::integer, "p_interval" interval DEFAULT NULL::interval) RETURNS "void"
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  update queue.kind as k
  set parallel_limit = p_parallel, rate_limit = p_rate, rate_interval = case when p_rate is not null then coalesce(p_interval, interval '1 second') end
  where k.kind = p_kind;
  if not found then
    raise exception 'there is no kind of task "%"', p_kind
      using errcode = 'PG301', hint = 'Register it with queue.register_kind().';
  end if;
end;
$$;
COMMENT ON FUNCTION "queue"."limit_kind"("p_kind" "text", "p_parallel" integer, "p_rate" integer, "p_interval" interval) IS 'Set the limits of a kind over all runners. Raises PG301.';
CREATE FUNCTION "queue"."lock_key"("p_kind" "text", "p_key" "text") RETURNS bigint
    LANGUAGE "sql" IMMUTABLE PARALLEL SAFE
    BEGIN ATOMIC
 SELECT "hashtextextended"("format"('%s %s'::"text", "p_kind", "p_key"), (7305)::bigint) AS "hashtextextended";
END;
COMMENT ON FUNCTION "queue"."lock_key"("p_kind" "text", "p_key" "text") IS 'Key of the advisory lock of a concurrency key.';
CREATE FUNCTION "queue"."maintain"() RETURNS integer
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    SET "lock_timeout" TO '1s'
    SET "TimeZone" TO 'UTC'
    AS $_$
declare
  v_keep constant interval := coalesce((select max(k.keep) from queue.kind as k), interval '0');
  v_day date;
  v_partition text;
  v_kind queue.kind;
  v_count integer := 0;
begin
  if not pg_try_advisory_xact_lock('queue.finished'::regclass::oid::bigint) then
    return 0;
  end if;
  for v_day in
    select d::date
    from generate_series(current_date, current_date + 3, interval '1 day') as d
    where to_regclass(format('queue.finished_%s', to_char(d, 'YYYYMMDD'))) is null
  loop
    v_partition := format('finished_%s', to_char(v_day, 'YYYYMMDD'));
    lock table queue.finished_default in access exclusive mode;
    execute format(
      'create table queue.%I (like queue.finished including defaults including constraints)', v_partition
    );
    execute format(
      'with moved as (
        delete from queue.finished_default as f
        where f.finished >= $1 and f.finished < $2
        returning f.*
      )
      insert into queue.%I select m.* from moved as m', v_partition
    ) using v_day::timestamptz, (v_day + 1)::timestamptz;
    execute format(
      'alter table queue.finished attach partition queue.%I for values from (%L) to (%L)',
      v_partition, v_day::timestamptz, (v_day + 1)::timestamptz
    );
    v_count := v_count + 1;
  end loop;
  for v_partition in
    select c.relname
    from pg_inherits as i
    inner join pg_class as c on i.inhrelid = c.oid
    where i.inhparent = 'queue.finished'::regclass
      and c.relname ~ '^finished_[0-9]{8}$'
      and to_date(right(c.relname, 8), 'YYYYMMDD') + 1 <= now() - v_keep
      and to_date(right(c.relname, 8), 'YYYYMMDD') < current_date
  loop
    execute format('drop table queue.%I', v_partition);
    v_count := v_count + 1;
  end loop;
  for v_kind in select k.* from queue.kind as k loop
    delete from queue.finished as f where f.finished < now() - v_kind.keep and f.kind = v_kind.kind;
  end loop;
  return v_count;
end;
$_$;
COMMENT ON FUNCTION "queue"."maintain"() IS 'Make and drop partitions of queue.finished and give their number; delete what each kind does not keep.';
CREATE FUNCTION "queue"."next_due"() RETURNS double precision
    LANGUAGE "sql" SECURITY DEFINER
    BEGIN ATOMIC
 SELECT (EXTRACT("epoch" FROM ("min"("t"."due") - "core"."now"())))::double precision AS "extract"
    FROM "queue"."task" "t"
   WHERE ("t"."state" = 'delayed'::"text");
END;
COMMENT ON FUNCTION "queue"."next_due"() IS 'Seconds until the next delayed task is due, by core.now(); null when none waits.';
CREATE FUNCTION "queue"."probe"("p_runner" "uuid") RETURNS "void"
    LANGUAGE "sql"
    BEGIN ATOMIC
 SELECT "pg_notify"('pgears_queue'::"text", ("p_runner")::"text") AS "pg_notify";
END;
COMMENT ON FUNCTION "queue"."probe"("p_runner" "uuid") IS 'Ring so that a runner learns whether it hears the doorbell.';
CREATE FUNCTION "queue"."promote"() RETURNS integer
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    SET "enable_seqscan" TO 'off'
    SET "enable_sort" TO 'off'
    AS $$
declare
  v_now constant timestamptz := core.now();
  v_count integer;
begin
  update queue.task as t
  set state = 'ready', turn = nextval('queue.turn')
  where t.ctid = any (array(
    select d.ctid
    from queue.task as d
    where d.state = 'delayed' and d.due <= v_now
    order by d.due
    limit 1000
    for update skip locked
  ));
  get diagnostics v_count = row_count;
  return v_count;
end;
$$;
COMMENT ON FUNCTION "queue"."promote"() IS 'Make due tasks ready and give their number.';
CREATE FUNCTION "queue"."redrive"("p_id" bigint DEFAULT NULL::bigint, "p_kind" "text" DEFAULT NULL::"text") RETURNS bigint
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_count bigint;
begin
  with back as (
    delete from queue.dead as d
    where (d.id = p_id or p_id is null)
      and (d.kind = p_kind or p_kind is null)
      and (p_id is not null or p_kind is not null)
    returning d.*
  )
  insert into queue.task (id, kind, key, payload, lane, error, created, correlation)
  select b.id, b.kind, b.key, b.payload, b.lane, b.error, b.created, b.correlation
  from back as b
  order by b.id;
  get diagnostics v_count = row_count;
  if v_count = 0 and p_id is not null then
    raise exception 'there is no dead task %', p_id
      using errcode = 'PG305', hint = 'queue.dead and "pgears task list" show the tasks that gave up.';
  end if;
  perform queue.ring();
  return v_count;
end;
$$;
COMMENT ON FUNCTION "queue"."redrive"("p_id" bigint, "p_kind" "text") IS 'Make dead tasks ready again and give their number. Raises PG305 when there is no such dead task.';
CREATE FUNCTION "queue"."register_kind"("p_kind" "text", "p_description" "text" DEFAULT NULL::"text", "p_max_attempts" integer DEFAULT NULL::integer, "p_backoff_base" interval DEFAULT NULL::interval, "p_backoff_cap" interval DEFAULT NULL::interval, "p_timeout" interval DEFAULT NULL::interval, "p_keep" interval DEFAULT NULL::interval) RETURNS "void"
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  insert into queue.kind (kind, description)
  values (p_kind, coalesce(p_description, p_kind))
  on conflict (kind) do nothing;
  update queue.kind as k
  set
    description = coalesce(p_description, k.description),
    max_attempts = coalesce(p_max_attempts, k.max_attempts),
    backoff_base = coalesce(p_backoff_base, k.backoff_base),
    backoff_cap = greatest(coalesce(p_backoff_cap, k.backoff_cap), p_backoff_base),
    timeout = coalesce(p_timeout, k.timeout),
    keep = coalesce(p_keep, k.keep)
  where k.kind = p_kind;
end;
$$;
COMMENT ON FUNCTION "queue"."register_kind"("p_kind" "text", "p_description" "text", "p_max_attempts" integer, "p_backoff_base" interval, "p_backoff_cap" interval, "p_timeout" interval, "p_keep" interval) IS 'Make a kind of task known, or change its limits.';
CREATE UNLOGGED SEQUENCE "queue"."bell"
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
COMMENT ON SEQUENCE "queue"."bell" IS 'Doorbell flag: 1 nobody sleeps, 2 somebody does.';
CREATE FUNCTION "queue"."ring"() RETURNS "void"
    LANGUAGE "sql"
    BEGIN ATOMIC
 SELECT
         CASE
             WHEN ("pg_sequence_last_value"('"queue"."bell"'::"regclass") = 2) THEN "pg_notify"('pgears_queue'::"text", ''::"text")
             ELSE NULL::"void"
         END AS "case";
END;
COMMENT ON FUNCTION "queue"."ring"() IS 'Ring the doorbell if somebody sleeps. Call it after inserting tasks.';
CREATE FUNCTION "queue"."room_of"("p_kind" "queue"."kind") RETURNS integer
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    SET "enable_seqscan" TO 'off'
    AS $$
declare
  v_now constant timestamptz := core.now();
  v_room integer;
begin
  delete from queue.slot as s
  where s.kind = p_kind.kind
    and (p_kind.rate_limit is null or s.at <= v_now - p_kind.rate_interval)
    and not exists (select from queue.task as t where t.id = s.task_id and t.token = s.token);
  select
    least(
      p_kind.parallel_limit - count(*) filter (where exists (select from queue.task as t where t.id = s.task_id and t.token = s.token)),
      p_kind.rate_limit - count(*) filter (where s.at > v_now - p_kind.rate_interval)
    )
  into v_room
  from queue.slot as s
  where s.kind = p_kind.kind;
  return greatest(v_room, 0);
end;
$$;
COMMENT ON FUNCTION "queue"."room_of"("p_kind" "queue"."kind") IS 'Tasks of a kind that its limits leave room for.';
CREATE FUNCTION "queue"."run"("p_id" bigint, "p_token" "uuid") RETURNS boolean
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_task record;
begin
  select t.kind, t.payload, k.function into v_task
  from queue.task as t
  inner join queue.kind as k on t.kind = k.kind
  where t.id = p_id and t.token = p_token
  for update of t;
  if not found then
    return false;
  end if;
  if to_regprocedure(v_task.function || '(jsonb)') is null then
    raise exception 'kind "%" has no function %(jsonb)', v_task.kind, coalesce(v_task.function, '')
      using errcode = 'PG304', hint = 'Only kinds with an existing function run in the database.';
  end if;
  execute format('select %s($1)', to_regprocedure(v_task.function || '(jsonb)')::regproc) using v_task.payload;
  return queue.settle(p_token, array[p_id]) = '{}';
end;
$_$;
COMMENT ON FUNCTION "queue"."run"("p_id" bigint, "p_token" "uuid") IS 'Run a leased database task; false when its lease is lost. Raises PG304 without a function, and what the function raises.';
CREATE FUNCTION "queue"."run_many"("p_ids" bigint[], "p_token" "uuid") RETURNS TABLE("id" bigint, "error" "text")
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  foreach id in array p_ids loop
    begin
      perform queue.run(id, p_token);
    exception
      when others then
        error := format('%s: %s', sqlstate, sqlerrm);
        return next;
    end;
  end loop;
end;
$$;
COMMENT ON FUNCTION "queue"."run_many"("p_ids" bigint[], "p_token" "uuid") IS 'Run leased database tasks; gives those that failed, which are still leased.';
CREATE FUNCTION "queue"."settle"("p_token" "uuid", "p_ids" bigint[], "p_outcome" "text" DEFAULT 'done'::"text", "p_error" "text" DEFAULT NULL::"text", "p_after" interval DEFAULT NULL::interval) RETURNS bigint[]
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    SET "enable_seqscan" TO 'off'
    AS $$
declare
  v_settled bigint[];
  v_more bigint[];
  v_kinds text[];
  v_keys text[];
begin
  if p_outcome = 'done' then
    with gone as (
      delete from queue.task as t
      where t.id = any (p_ids) and t.token = p_token
      returning t.*
    ),
    stored as (
      insert into queue.finished (id, kind, payload, lane, attempts, outcome, created, runner, correlation)
      select g.id, g.kind, g.payload, g.lane, g.attempts, 'done', g.created, g.runner, g.correlation
      from gone as g
      inner join queue.kind as k on g.kind = k.kind
      where k.keep > interval '0'
    )
    select array_agg(g.id), array_agg(g.kind) filter (where g.key is not null), array_agg(g.key) filter (where g.key is not null)
    into v_settled, v_kinds, v_keys
    from gone as g;
    if v_keys is not null then
      perform queue.unblock(v_kinds, v_keys);
    end if;
    perform queue.ring() from queue.slot as s where s.token = p_token limit 1;
  elsif p_outcome = 'release' then
    with released as (
      update queue.task as t
      set
        state = case when p_after is null then 'ready' else 'delayed' end,
        due = (select core.now()) + p_after,
        turn = nextval('queue.turn'),
        attempts = t.attempts - 1,
        error = coalesce(p_error, t.error),
        runner = null,
        token = null
      where t.id = any (p_ids) and t.token = p_token
      returning t.id
    )
    select array_agg(r.id) into v_settled from released as r;
    perform queue.ring() where p_after is null;
  elsif p_outcome in ('retry', 'dead') then
    with gone as (
      delete from queue.task as t
      where t.id = any (p_ids)
        and t.token = p_token
        and (
          p_outcome = 'dead'
          or t.attempts >= coalesce((select k.max_attempts from queue.kind as k where k.kind = t.kind), 0)
        )
      returning t.*
    ),
    stored as (
      insert into queue.dead (id, kind, key, payload, lane, attempts, error, created, runner, correlation)
      select g.id, g.kind, g.key, g.payload, g.lane, g.attempts, coalesce(p_error, ''), g.created, g.runner, g.correlation
      from gone as g
    )
    select array_agg(g.id) into v_settled from gone as g;
    with delayed as (
      update queue.task as t
      set
        state = 'delayed',
        due = (select core.now()) + coalesce(
          p_after,
          random() * least(k.backoff_cap, k.backoff_base * power(2, least(t.attempts - 1, 30)))
        ),
        error = p_error,
        runner = null,
        token = null
      from queue.kind as k
      where t.id = any (p_ids) and t.token = p_token and t.kind = k.kind
      returning t.id
    )
    select array_agg(d.id) into v_more from delayed as d;
    v_settled := v_settled || v_more;
  else
    raise exception 'a task cannot end as "%"', p_outcome
      using errcode = 'PG303', hint = 'Use done, retry, dead or release.';
  end if;
  if coalesce(cardinality(v_settled), 0) = cardinality(p_ids) then
    return '{}'::bigint[];
  end if;
  return array(select i.id from unnest(p_ids) as i (id) where i.id <> all (coalesce(v_settled, '{}')));
end;
$$;
COMMENT ON FUNCTION "queue"."settle"("p_token" "uuid", "p_ids" bigint[], "p_outcome" "text", "p_error" "text", "p_after" interval) IS 'Settle leased tasks and give the ids of those whose lease is lost. Raises PG303 for an unknown outcome.';
CREATE FUNCTION "queue"."settle_one"("p_id" bigint, "p_token" "uuid", "p_outcome" "text" DEFAULT 'done'::"text", "p_error" "text" DEFAULT NULL::"text", "p_after" interval DEFAULT NULL::interval) RETURNS boolean
    LANGUAGE "sql"
    BEGIN ATOMIC
 SELECT ("queue"."settle"("p_token", ARRAY["p_id"], "p_outcome", "p_error", "p_after") = '{}'::bigint[]);
END;
COMMENT ON FUNCTION "queue"."settle_one"("p_id" bigint, "p_token" "uuid", "p_outcome" "text", "p_error" "text", "p_after" interval) IS 'Settle one task; false when its lease is lost. Raises PG303 for an unknown outcome.';
CREATE TABLE "queue"."runner" (
    "id" "uuid" DEFAULT "gen_random_uuid"() NOT NULL,
    "name" "text" NOT NULL,
    "started" timestamp with time zone DEFAULT "now"() NOT NULL,
    "seen" timestamp with time zone DEFAULT "now"() NOT NULL,
    "lease_until" timestamp with time zone NOT NULL,
    "asleep" boolean DEFAULT false NOT NULL,
    "listening" "text" DEFAULT 'unknown'::"text" NOT NULL,
    CONSTRAINT "runner_listening_check" CHECK (("listening" = ANY (ARRAY['unknown'::"text", 'ok'::"text", 'deaf'::"text"])))
)
WITH ("fillfactor"='50');
COMMENT ON TABLE "queue"."runner" IS 'Runners at work: one row per start of a process, so that two of one name never meet.';
COMMENT ON COLUMN "queue"."runner"."lease_until" IS 'Until when its tasks are its own, by core.now(); each heartbeat moves it on.';
COMMENT ON COLUMN "queue"."runner"."asleep" IS 'Writers are to ring.';
COMMENT ON COLUMN "queue"."runner"."listening" IS 'Whether it hears the doorbell: deaf behind a pooler in transaction mode.';
CREATE FUNCTION "queue"."start_runner"("p_name" "text", "p_lease" interval DEFAULT '00:00:30'::interval) RETURNS "uuid"
    LANGUAGE "sql" SECURITY DEFINER
    BEGIN ATOMIC
 INSERT INTO "queue"."runner" ("name", "lease_until")
   VALUES ("start_runner"."p_name", ("core"."now"() + "start_runner"."p_lease"))
   RETURNING "runner"."id";
END;
COMMENT ON FUNCTION "queue"."start_runner"("p_name" "text", "p_lease" interval) IS 'Register a runner and give its identity.';
CREATE FUNCTION "queue"."stop_runner"("p_runner" "uuid") RETURNS "void"
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  perform from queue.runner as r where r.id = p_runner for update;
  update queue.task as t
  set state = 'ready', turn = nextval('queue.turn'), attempts = t.attempts - 1, runner = null, token = null
  where t.state = 'leased' and t.runner = p_runner;
  perform queue.wake_up(p_runner);
  delete from queue.runner as r where r.id = p_runner;
  perform queue.ring();
end;
$$;
COMMENT ON FUNCTION "queue"."stop_runner"("p_runner" "uuid") IS 'Sign a runner off and give back what it holds.';
CREATE FUNCTION "queue"."sweep"() RETURNS integer
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_lost uuid[];
begin
  v_lost := array(
    select r.id
    from queue.runner as r
    where r.lease_until < (select core.now())
    for update skip locked
  );
  if v_lost <> '{}' then
    with gone as (
      delete from queue.task as t
      where t.state = 'leased'
        and t.runner = any (v_lost)
        and t.attempts >= coalesce((select k.max_attempts from queue.kind as k where k.kind = t.kind), 0)
      returning t.*
    )
    insert into queue.dead (id, kind, key, payload, lane, attempts, error, created, runner, correlation)
    select g.id, g.kind, g.key, g.payload, g.lane, g.attempts, 'the runner was lost', g.created, g.runner, g.correlation
    from gone as g;
    update queue.task as t
    set
      state = 'ready',
      turn = nextval('queue.turn'),
      error = 'the runner was lost',
      runner = null,
      token = null
    where t.state = 'leased' and t.runner = any (v_lost);
    perform pg_advisory_xact_lock('queue.bell'::regclass::oid::bigint);
    delete from queue.runner as r where r.id = any (v_lost);
    if not exists (select from queue.runner as r where r.asleep) then
      perform setval('queue.bell', 1);
    end if;
    perform queue.ring();
  end if;
  return cardinality(v_lost);
end;
$$;
COMMENT ON FUNCTION "queue"."sweep"() IS 'Take over the tasks of runners whose lease ran out; gives their number.';
CREATE FUNCTION "queue"."unblock"("p_kinds" "text"[] DEFAULT NULL::"text"[], "p_keys" "text"[] DEFAULT NULL::"text"[]) RETURNS integer
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    SET "enable_seqscan" TO 'off'
    AS $$
declare
  v_head record;
  v_count integer := 0;
begin
  for v_head in
    select distinct k.kind, k.key
    from (
      select u.kind, u.key from unnest(p_kinds, p_keys) as u (kind, key)
      union all
      select t.kind, t.key
      from queue.task as t
      where p_kinds is null and t.key is not null and t.state = 'blocked'
    ) as k
    limit 1000
  loop
    if v_count = 0 and p_kinds is not null then
      perform pg_advisory_xact_lock(queue.lock_key(v_head.kind, v_head.key));
    elsif not pg_try_advisory_xact_lock(queue.lock_key(v_head.kind, v_head.key)) then
      continue;
    end if;
    v_count := v_count + 1;
    update queue.task as t
    set state = 'ready', turn = nextval('queue.turn')
    where t.id = (select min(b.id) from queue.task as b where b.kind = v_head.kind and b.key = v_head.key)
      and t.state = 'blocked'
      and not exists (select from queue.dead as d where d.kind = v_head.kind and d.key = v_head.key);
  end loop;
  perform queue.ring() where v_count > 0;
  return v_count;
end;
$$;
COMMENT ON FUNCTION "queue"."unblock"("p_kinds" "text"[], "p_keys" "text"[]) IS 'Let the next task of each of these kinds and keys be claimed; of all keys for null.';
CREATE FUNCTION "queue"."wake_up"("p_runner" "uuid") RETURNS "void"
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  perform pg_advisory_xact_lock('queue.bell'::regclass::oid::bigint);
  update queue.runner as r set asleep = false where r.id = p_runner;
  if not exists (select from queue.runner as r where r.asleep) then
    perform setval('queue.bell', 1);
  end if;
end;
$$;
COMMENT ON FUNCTION "queue"."wake_up"("p_runner" "uuid") IS 'Take back a runner''s wish to be rung for.';
CREATE FUNCTION "queue"."withdraw"("p_id" bigint) RETURNS "void"
    LANGUAGE "sql"
    BEGIN ATOMIC
 DELETE FROM "queue"."task" "t"
   WHERE (("t"."id" = "withdraw"."p_id") AND ("t"."state" = 'delayed'::"text"));
END;
COMMENT ON FUNCTION "queue"."withdraw"("p_id" bigint) IS 'Delete a task if it is delayed; one that is ready or runs stays.';
CREATE FUNCTION "replica"."apply_changes"("p_subscription" bigint, "p_token" "uuid", "p_heads" "jsonb", "p_rows" "text"[]) RETURNS bigint
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    SET "jit" TO 'off'
    AS $$
declare
  v_subscription constant replica.subscription := replica.hold_lease(p_subscription, p_token);
  v_batch record;
  v_part record;
  v_rows bigint := 0;
begin
  perform replica.begin_writing(v_subscription.rules);
  select b.* into v_batch
  from jsonb_to_record(p_heads -> -1) as b (
    copied text, copied_to bigint, transaction text, position bigint, piece bigint, more boolean, behind bigint
  );
  for v_part in
    select k.class_id, h.head -> 'columns' as columns, h.n
    from jsonb_array_elements(p_heads) with ordinality as h (head, n)
    inner join replica.subscribed_class as k on k.subscription_id = p_subscription and meta.class_path(k.class_id) = h.head ->> 'class'
    order by k.position
  loop
    perform replica.note_columns(p_subscription, v_part.class_id, v_part.columns);
    v_rows := v_rows + replica.apply_class(
      v_subscription, v_part.class_id, array(select c.code from jsonb_array_elements_text(v_part.columns) as c (code)),
      p_rows[v_part.n]::json, v_subscription.policy
    );
  end loop;
  if v_rows > 0 then
    perform replica.resolve_pending();
  end if;
  if v_rows > 0 and not v_batch.more then
    perform replica.retry_refused(v_subscription);
  end if;
  perform replica.end_writing();
  if v_batch.copied is not null then
    update replica.subscribed_class as k
    set copied_to = v_batch.copied_to
    where k.subscription_id = p_subscription and meta.class_path(k.class_id) = v_batch.copied;
    update replica.subscription as s set applied = s.applied + v_rows where s.id = p_subscription;
    return v_rows;
  end if;
  update replica.subscription as s
  set
    transaction_id = v_batch.transaction::xid8,
    position = v_batch.position,
    piece = v_batch.piece,
    behind = v_batch.behind,
    applied = s.applied + v_rows,
    error = null,
    caught_up = case
      when not v_batch.more and not exists (
        select from replica.subscribed_class as k where k.subscription_id = s.id and k.copied_to is not null
      ) then core.now()
      else s.caught_up
    end
  where s.id = p_subscription;
  return v_rows;
end;
$$;
COMMENT ON FUNCTION "replica"."apply_changes"("p_subscription" bigint, "p_token" "uuid", "p_heads" "jsonb", "p_rows" "text"[]) IS 'Number of rows of a batch that were new here. Heads and rows as they were read; the last head is the position, which moves with them. Raises PG809 without the lease.';
CREATE FUNCTION "replica"."apply_class"("p_subscription" "replica"."subscription", "p_class" bigint, "p_columns" "text"[], "p_rows" json, "p_policy" "text") RETURNS bigint
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_count integer;
  v_half json;
  v_rows bigint := 0;
begin
  begin
    return replica.apply_rows(p_subscription, p_class, p_columns, p_rows, p_policy);
  exception
    when others then
      -- Of the moment, not of the row: connection, resources, conflicts of transactions.
      if left(sqlstate, 2) in ('08', '25', '40', '53', '55', '57', '58', 'XX') or sqlstate in ('PG140', '42P01', '42703') then
        raise;
      end if;
      v_count := json_array_length(p_rows);
      if v_count = 1 then
        insert into replica.conflict (subscription_id, class_id, uid, kind, state, found, incoming, columns, reason)
        values (p_subscription.id, p_class, (p_rows -> 0 ->> '@uid')::uuid, 'refused', 'open', core.now(), p_rows -> 0, p_columns, sqlerrm)
        on conflict (subscription_id, class_id, uid) where state = 'open' do update
        set incoming = excluded.incoming, columns = excluded.columns, reason = excluded.reason, kind = excluded.kind;
        return 0;
      end if;
  end;
  for v_half in
    select json_agg(r.row order by r.n)
    from json_array_elements(p_rows) with ordinality as r (row, n)
    group by r.n <= v_count / 2
    order by min(r.n)
  loop
    v_rows := v_rows + replica.apply_class(p_subscription, p_class, p_columns, v_half, p_policy);
  end loop;
  return v_rows;
end;
$$;
COMMENT ON FUNCTION "replica"."apply_class"("p_subscription" "replica"."subscription", "p_class" bigint, "p_columns" "text"[], "p_rows" json, "p_policy" "text") IS 'Number of rows written; those that are refused become rows of replica.conflict.';
CREATE FUNCTION "replica"."apply_rows"("p_subscription" "replica"."subscription", "p_class" bigint, "p_columns" "text"[], "p_rows" json, "p_policy" "text") RETURNS bigint
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_logical constant boolean := (select c.deletion = 'logical' from meta.class as c where c.id = p_class);
  v_names text;
  v_values text;
  v_references text;
  v_counts record;
  v_count bigint;
  v_missed bigint := 0;
begin
  perform replica.stage_rows(p_class, p_columns, p_rows, p_policy, replica.instance());
  perform replica.log_conflicts(p_subscription.id, p_class, p_columns, p_rows);
  select
    string_agg(', ' || l.name, '' order by l.position, l.name),
    string_agg(', s.' || l.name, '' order by l.position, l.name)
  into v_names, v_values
  from (
    select k.position, quote_ident(k.physical) as name
    from replica.exchanged_column as k
    where k.class_id = p_class and k.code = any(p_columns)
    union all
    select k.position, quote_ident(k.physical || '_class')
    from replica.exchanged_column as k
    where k.class_id = p_class and k.code = any(p_columns) and k.several
  ) as l;
  select
    count(*) filter (where s.takes and s.id is null and not s.gone) as inserted,
    count(*) filter (
      where s.takes and (s.gone or s.deleted is not null) and (s.local_live or s.id is null and v_logical and not s.gone)
    ) as deleted,
    count(*) filter (where s.takes and s.id is not null) as taken,
    count(*) filter (
      where s.takes and not s.gone and (v_logical or s.deleted is null) and (s.id is not null or s.deleted is not null)
    ) as updated,
    count(*) filter (where s.outcome = 'keep') as kept,
    count(*) filter (where s.outcome = 'keep' and s.id is not null) as touched,
    count(*) filter (where s.outcome <> 'skip') as noted
  into v_counts
  from pg_temp.pgears_staged as s;
  if v_counts.inserted > 0 then
    execute format(
      $sql$
      insert into data.datarow_%1$s (uid, version, creator, created, created_source, modifier, modified, modified_source%2$s)
      select s.uid, s.new_version, s.creator, s.created, s.created_source, s.modifier, s.modified, s.modified_source%3$s
      from pg_temp.pgears_staged as s
      where s.takes and s.id is null and not s.gone%4$s
      $sql$,
      p_class, coalesce(v_names, ''), coalesce(v_values, ''), case when v_logical then '' else ' and s.deleted is null' end
    );
  end if;
  -- Deletion is a DELETE here too, so that whatever follows deletions follows.
  if v_counts.deleted > 0 then
    execute format(
      'delete from data.datarow_%s as t using pg_temp.pgears_staged as s where t.uid = s.uid and t.deleted is null'
      ' and s.takes and (s.gone or s.deleted is not null) and (s.id is null or t.version = s.local_version)',
      p_class
    );
    get diagnostics v_count = row_count;
    v_missed := v_counts.deleted - v_count;
  end if;
  if v_counts.updated > 0 then
    execute format(
      $sql$
      update data.datarow_%1$s as t
      set
        (version, creator, created, created_source, modifier, modified, modified_source, deleter, deleted, deleted_source%2$s)
        = row(
          s.new_version, s.creator, s.created, s.created_source, s.modifier, s.modified, s.modified_source,
          s.deleter, s.deleted, s.deleted_source%3$s
        )
      from pg_temp.pgears_staged as s
      where t.uid = s.uid and s.takes and not s.gone and (
        case
          when s.id is null then s.deleted is not null
          else t.version = s.local_version + case when s.deleted is not null and s.local_live then 1 else 0 end
        end
      )
      $sql$,
      p_class, coalesce(v_names, ''), coalesce(v_values, '')
    );
    get diagnostics v_count = row_count;
    v_missed := v_missed + v_counts.updated - v_count;
  end if;
  -- A row gone for good elsewhere is marked as deleted in a class that keeps deleted rows.
  if v_logical and v_counts.taken > 0 then
    execute format(
      $sql$
      update data.datarow_%s as t
      set version = s.new_version, deleted = s.stamp, deleted_source = 'replica'
      from pg_temp.pgears_staged as s
      where t.uid = s.uid and s.takes and s.gone and s.id is not null
      $sql$,
      p_class
    );
  end if;
  -- What stays here still is news: it covers the other row now. Id 0 is of a row that is gone.
  if v_counts.kept > 0 then
    execute format(
      'update data.datarow_%s as t set version = s.new_version from pg_temp.pgears_staged as s'
      ' where t.uid = s.uid and s.outcome = ''keep'' and t.version = s.local_version',
      p_class
    );
    get diagnostics v_count = row_count;
    v_missed := v_missed + v_counts.touched - v_count;
    insert into feed.change (class_id, operation, row_ids, uids, source)
    select p_class, 'D', array_agg(0), array_agg(s.uid), 'replica'
    from pg_temp.pgears_staged as s
    where s.outcome = 'keep' and s.id is null
    having count(*) > 0;
  end if;
  if v_missed <> 0 then
    raise exception '% rows were written by others meanwhile', v_missed
      using errcode = 'serialization_failure', hint = 'Apply the batch again.';
  end if;
  if v_counts.noted > 0 then
    insert into replica.row_state as r (class_id, uid, version, vector, stamp, origin, merged, gone)
    select
      p_class, s.uid, s.new_version, s.new_vector,
      case when s.takes then s.stamp else s.local_stamp end,
      case when s.takes then s.origin else s.local_origin end,
      s.concurrent,
      case when s.takes then (s.gone or s.deleted is not null) and (not v_logical or s.id is null and s.gone) else s.id is null end
    from pg_temp.pgears_staged as s
    where s.takes or s.outcome = 'keep'
    on conflict (class_id, uid) do update
    set
      version = excluded.version, vector = excluded.vector, stamp = excluded.stamp, origin = excluded.origin,
      merged = excluded.merged, gone = excluded.gone;
    delete from replica.pending as p
    using pg_temp.pgears_staged as s
    where p.class_id = p_class and p.uid = s.uid and s.takes;
    select string_agg(format('(%s, s.%I, s.%I)', k.column_id, 'carried_' || k.physical, 'lacks_' || k.physical), ', ')
    into v_references
    from replica.exchanged_column as k
    where k.class_id = p_class and k.code = any(p_columns) and k.kind <> 'value';
    if v_references is not null then
      execute format(
        $sql$
        insert into replica.pending (class_id, uid, column_id, value)
        select %s, s.uid, c.column_id, c.value
        from pg_temp.pgears_staged as s
        cross join lateral (values %s) as c (column_id, value, lacks)
        where s.takes and not s.gone and c.lacks
        $sql$,
        p_class, v_references
      );
    end if;
  end if;
  update replica.conflict as c
  set state = 'resolved', resolution = 'superseded', resolved = core.now()
  from pg_temp.pgears_staged as s
  where c.class_id = p_class and c.uid = s.uid and c.subscription_id = p_subscription.id and c.state = 'open' and s.outcome <> 'hold';
  drop table pg_temp.pgears_staged;
  return v_counts.inserted + v_counts.taken + v_counts.kept;
end;
$_$;
COMMENT ON FUNCTION "replica"."apply_rows"("p_subscription" "replica"."subscription", "p_class" bigint, "p_columns" "text"[], "p_rows" json, "p_policy" "text") IS 'Number of rows written. Raises whatever the class refuses, and 40001 when somebody wrote a row meanwhile.';
CREATE FUNCTION "replica"."begin_turn"("p_subscription" bigint, "p_token" "uuid", "p_lease" interval DEFAULT '00:01:00'::interval) RETURNS "jsonb"
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_subscription replica.subscription;
begin
  update replica.subscription as s
  set lease_token = p_token, lease_until = core.now() + p_lease
  where s.id = p_subscription and s.enabled
    and (s.lease_until is null or s.lease_until < core.now() or s.lease_token = p_token)
    and exists (select from replica.peer as p where p.code = s.peer)
  returning s.* into v_subscription;
  if v_subscription.id is null then
    return null;
  end if;
  return jsonb_build_object(
    'url', (select p.url from replica.peer as p where p.code = v_subscription.peer),
    'transaction', v_subscription.transaction_id::text,
    'position', v_subscription.position,
    'piece', v_subscription.piece,
    'request', jsonb_build_object(
      'reader', replica.instance() || '.' || (select m.code from meta.model as m where m.id = v_subscription.model_id) || '.' || v_subscription.code,
      'instance', replica.instance(),
      'policy', v_subscription.policy,
      'anew', v_subscription.transaction_id is null,
      'classes', (
        select jsonb_object_agg(
          meta.class_path(k.class_id),
          coalesce((
            select f.value
            from jsonb_each(meta.section_of(v_subscription.definition, 'filter')) as f (key, value)
            where meta.find_class(v_subscription.model_id, f.key) = k.class_id
          ), '{}')
        )
        from replica.subscribed_class as k
        where k.subscription_id = p_subscription
      )
    )
  );
end;
$$;
COMMENT ON FUNCTION "replica"."begin_turn"("p_subscription" bigint, "p_token" "uuid", "p_lease" interval) IS 'What a runner needs to read a subscription, its lease taken; null when it rests or is being read.';
CREATE FUNCTION "replica"."begin_writing"("p_rules" boolean) RETURNS "void"
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  perform pg_advisory_xact_lock('replica.row_state'::regclass::oid::bigint);
  perform set_config('pgears.source', 'replica', true);
  perform set_config('pgears.source_seal', core.source_seal('replica'), true);
  perform set_config('pgears.replica_rules', case when p_rules then 'on' else 'off' end, true);
end;
$$;
COMMENT ON FUNCTION "replica"."begin_writing"("p_rules" boolean) IS 'Set the source mark "replica" with its seal; p_rules: rules of this instance act, too.';
CREATE TABLE "replica"."reader" (
    "code" "text" NOT NULL,
    "login" "text" NOT NULL,
    "instance" "text" NOT NULL,
    "policy" "text" NOT NULL,
    "classes" "jsonb" NOT NULL
);
COMMENT ON TABLE "replica"."reader" IS 'Subscriptions of other instances that read this one; feed.consumer has the position that each has confirmed.';
COMMENT ON COLUMN "replica"."reader"."classes" IS 'Class paths with the filter of each: values by column code.';
CREATE FUNCTION "replica"."check_reader"("p_code" "text") RETURNS "replica"."reader"
    LANGUAGE "plpgsql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_reader replica.reader;
  v_account constant text := access.current_account();
  v_class text;
begin
  select r.* into v_reader from replica.reader as r where r.code = p_code and r.login = v_account;
  if v_reader.code is null then
    raise exception 'account "%" has not opened a reading "%"', v_account, p_code
      using errcode = 'PG802', hint = 'Begin with replica.open_reading().';
  end if;
  select c.path into v_class
  from jsonb_object_keys(v_reader.classes) as c (path)
  where not replica.may_read(v_account, c.path)
  order by c.path
  limit 1;
  if v_class is not null then
    raise exception 'account "%" may not read class %, or there is none', v_account, v_class
      using errcode = 'PG803', hint = 'Give the account a role with the right read, scope all, on each class of the subscription. Nothing was passed over.';
  end if;
  return v_reader;
end;
$$;
COMMENT ON FUNCTION "replica"."check_reader"("p_code" "text") IS 'Reader of a code. Raises PG802 unless the account opened it, PG803 when it may not read a class.';
CREATE FUNCTION "replica"."covers"("p_one" "jsonb", "p_other" "jsonb") RETURNS boolean
    LANGUAGE "sql" IMMUTABLE
    BEGIN ATOMIC
 SELECT (("p_one" = "p_other") OR (NOT (EXISTS ( SELECT
            FROM "jsonb_each"("covers"."p_other") "o"("key", "value")
           WHERE (("o"."value")::bigint > COALESCE((("covers"."p_one" ->> "o"."key"))::bigint, (0)::bigint))))));
END;
COMMENT ON FUNCTION "replica"."covers"("p_one" "jsonb", "p_other" "jsonb") IS 'True when the first vector has at least as many writes of each instance.';
CREATE FUNCTION "replica"."deletions"("p_class" bigint, "p_uids" "uuid"[]) RETURNS TABLE("uid" "uuid", "changed" timestamp with time zone)
    LANGUAGE "sql" STABLE
    BEGIN ATOMIC
 SELECT "d"."uid",
     "max"("c"."changed") AS "max"
    FROM ("feed"."change" "c"
      CROSS JOIN LATERAL "unnest"("c"."uids") "d"("uid"))
   WHERE (("c"."class_id" = "deletions"."p_class") AND ("c"."operation" = 'D'::"char") AND ("d"."uid" = ANY ("deletions"."p_uids")))
   GROUP BY "d"."uid";
END;
COMMENT ON FUNCTION "replica"."deletions"("p_class" bigint, "p_uids" "uuid"[]) IS 'Rows among those given whose deletion the feed has, and its time.';
CREATE TABLE "replica"."peer" (
    "id" bigint NOT NULL,
    "code" "text" NOT NULL,
    "url" "text" NOT NULL,
    CONSTRAINT "peer_code_check" CHECK (("code" ~ '^[a-z][a-z0-9_-]*$'::"text")),
    CONSTRAINT "peer_url_check" CHECK (("url" ~ '^(env|file):.'::"text"))
);
COMMENT ON TABLE "replica"."peer" IS 'Other instances that this one may read; url is a reference (env:NAME, file:PATH) to the URL of the database.';
CREATE FUNCTION "replica"."drop_peer"("p_code" "text") RETURNS "void"
    LANGUAGE "sql" SECURITY DEFINER
    BEGIN ATOMIC
 DELETE FROM "replica"."peer" "p"
   WHERE ("p"."code" = "drop_peer"."p_code");
END;
COMMENT ON FUNCTION "replica"."drop_peer"("p_code" "text") IS 'Forget a peer.';
CREATE FUNCTION "replica"."drop_reader"("p_code" "text") RETURNS boolean
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  delete from feed.consumer as c where c.code = 'replica:' || p_code;
  delete from replica.reader as r where r.code = p_code;
  return found;
end;
$$;
COMMENT ON FUNCTION "replica"."drop_reader"("p_code" "text") IS 'Forget a reading of another instance; true when there was one.';
CREATE FUNCTION "replica"."drop_subscription"("p_subscription" bigint) RETURNS "void"
    LANGUAGE "sql" SECURITY DEFINER
    BEGIN ATOMIC
 DELETE FROM "replica"."subscription" "s"
   WHERE ("s"."id" = "drop_subscription"."p_subscription");
END;
COMMENT ON FUNCTION "replica"."drop_subscription"("p_subscription" bigint) IS 'Drop a subscription; the peer keeps its feed for it until replica.drop_reader() is called there.';
CREATE FUNCTION "replica"."due"() RETURNS SETOF bigint
    LANGUAGE "sql" STABLE SECURITY DEFINER
    BEGIN ATOMIC
 SELECT "s"."id"
    FROM "replica"."subscription" "s"
   WHERE ("s"."enabled" AND (("s"."lease_until" IS NULL) OR ("s"."lease_until" < "core"."now"())) AND (EXISTS ( SELECT
            FROM "replica"."peer" "p"
           WHERE ("p"."code" = "s"."peer"))))
   ORDER BY "s"."id";
END;
COMMENT ON FUNCTION "replica"."due"() IS 'Ids of subscriptions that a runner may take.';
CREATE FUNCTION "replica"."end_turn"("p_subscription" bigint, "p_token" "uuid", "p_error" "text" DEFAULT NULL::"text") RETURNS "void"
    LANGUAGE "sql" SECURITY DEFINER
    BEGIN ATOMIC
 UPDATE "replica"."subscription" "s" SET "lease_until" = NULL::timestamp with time zone, "error" = "end_turn"."p_error", "failed" =
         CASE
             WHEN ("end_turn"."p_error" IS NULL) THEN "s"."failed"
             ELSE "core"."now"()
         END
   WHERE (("s"."id" = "end_turn"."p_subscription") AND ("s"."lease_token" = "end_turn"."p_token"));
END;
COMMENT ON FUNCTION "replica"."end_turn"("p_subscription" bigint, "p_token" "uuid", "p_error" "text") IS 'End a turn; without an error the last one is forgotten.';
CREATE FUNCTION "replica"."end_writing"() RETURNS "void"
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  perform set_config('pgears.source', '', true);
  perform set_config('pgears.source_seal', '', true);
  perform set_config('pgears.replica_rules', '', true);
end;
$$;
COMMENT ON FUNCTION "replica"."end_writing"() IS 'End what replica.begin_writing() began.';
CREATE FUNCTION "replica"."hold_lease"("p_subscription" bigint, "p_token" "uuid") RETURNS "replica"."subscription"
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_subscription replica.subscription;
begin
  update replica.subscription as s
  set lease_until = core.now() + interval '1 minute', contacted = core.now()
  where s.id = p_subscription and s.lease_token = p_token
  returning s.* into v_subscription;
  if v_subscription.id is null then
    raise exception 'the lease of the subscription is lost'
      using errcode = 'PG809', hint = 'Another runner reads it now; nothing needs to be done.';
  end if;
  return v_subscription;
end;
$$;
COMMENT ON FUNCTION "replica"."hold_lease"("p_subscription" bigint, "p_token" "uuid") IS 'Subscription whose lease the token holds. Raises PG809 otherwise.';
CREATE FUNCTION "replica"."instance"() RETURNS "text"
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  if not exists (select from replica.instance as i) then
    insert into replica.instance (code)
    values (left(replace(gen_random_uuid()::text, '-', ''), 12))
    on conflict (id) do nothing;
  end if;
  return (select i.code from replica.instance as i);
end;
$$;
COMMENT ON FUNCTION "replica"."instance"() IS 'Code of this instance in replication, 12 hexadecimal digits.';
CREATE FUNCTION "replica"."log_conflicts"("p_subscription" bigint, "p_class" bigint, "p_columns" "text"[], "p_rows" json) RETURNS "void"
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_ids constant bigint[] := array(
    select s.id
    from pg_temp.pgears_staged as s
    where s.concurrent and (s.stamp, s.origin) <> (s.local_stamp, s.local_origin)
  );
  v_me constant text := replica.instance();
  v_current jsonb[];
  v_old jsonb;
begin
  if v_ids = '{}' then
    return;
  end if;
  execute format('select array(select c.text::jsonb from (%s) as c (text))', replica.reading_statement(p_class, v_me)) into v_current using v_ids, '', null::jsonb;
  if to_regclass('data.archive_' || p_class) is not null then
    execute (
      select format(
        $sql$
        select coalesce(jsonb_object_agg(r.uid, jsonb_build_object('@version', r.version%s)), '{}')
        from data.archive_%s as r
        inner join pg_temp.pgears_staged as s
          on s.concurrent and r.id = s.id and r.version = coalesce(s.known_version, (s.vector ->> %L)::bigint)
        $sql$,
        string_agg(format(', %L, %s', k.code, k.reads), '' order by k.position), p_class, v_me
      )
      from replica.exchanged_column as k
      where k.class_id = p_class
    )
    into v_old;
  end if;
  insert into replica.conflict (
    subscription_id, class_id, uid, kind, state, found, old, current, incoming, columns, resolution, resolved
  )
  select
    p_subscription, p_class, s.uid, 'conflict', case s.outcome when 'hold' then 'open' else 'resolved' end, core.now(),
    v_old -> s.uid::text,
    (select c.row from unnest(v_current) as c (row) where c.row ->> '@uid' = s.uid::text),
    (select r.row from json_array_elements(p_rows) as r (row) where r.row ->> '@uid' = s.uid::text),
    p_columns,
    case s.outcome when 'take' then 'source' when 'keep' then 'target' end,
    case when s.outcome <> 'hold' then core.now() end
  from pg_temp.pgears_staged as s
  where s.concurrent and (s.stamp, s.origin) <> (s.local_stamp, s.local_origin)
  on conflict (subscription_id, class_id, uid) where state = 'open' do update
  set current = excluded.current, incoming = excluded.incoming, columns = excluded.columns, kind = excluded.kind;
end;
$_$;
COMMENT ON FUNCTION "replica"."log_conflicts"("p_subscription" bigint, "p_class" bigint, "p_columns" "text"[], "p_rows" json) IS 'Make rows of replica.conflict for staged rows that were changed on both sides.';
CREATE FUNCTION "replica"."may_read"("p_account" "text", "p_class" "text") RETURNS boolean
    LANGUAGE "sql" STABLE SECURITY DEFINER
    BEGIN ATOMIC
 SELECT ("count"(*) > 0)
    FROM ("meta"."class_name" "n"
      JOIN "pg_class" "t" ON (("t"."oid" = ("to_regclass"(('data.datarow_'::"text" || "n"."id")))::"oid")))
   WHERE (("n"."path" = "may_read"."p_class") AND ("pg_has_role"(("may_read"."p_account")::"name", "t"."relowner", 'usage'::"text") OR (EXISTS ( SELECT
            FROM ("access"."effective_right" "r"
              JOIN "pg_roles" "g" ON (("r"."group_name" = "g"."rolname")))
           WHERE (("r"."class_id" = "n"."id") AND ("r"."operation" = 'read'::"text") AND ("r"."structure_id" IS NULL) AND ("r"."hidden" = '{}'::bigint[]) AND "pg_has_role"(("may_read"."p_account")::"name", "g"."oid", 'usage'::"text"))))));
END;
COMMENT ON FUNCTION "replica"."may_read"("p_account" "text", "p_class" "text") IS 'True when there is such a class and a role of the account reads all of it.';
CREATE FUNCTION "replica"."merged"("p_one" "jsonb", "p_other" "jsonb") RETURNS "jsonb"
    LANGUAGE "sql" IMMUTABLE
    BEGIN ATOMIC
 SELECT "jsonb_object_agg"("w"."key", "w"."writes") AS "jsonb_object_agg"
    FROM ( SELECT "v"."key",
             "max"(("v"."value")::bigint) AS "writes"
            FROM ( SELECT "a"."key",
                     "a"."value"
                    FROM "jsonb_each"("merged"."p_one") "a"("key", "value")
                 UNION ALL
                  SELECT "b"."key",
                     "b"."value"
                    FROM "jsonb_each"("merged"."p_other") "b"("key", "value")) "v"
           GROUP BY "v"."key") "w";
END;
COMMENT ON FUNCTION "replica"."merged"("p_one" "jsonb", "p_other" "jsonb") IS 'Vector with the greater number of writes of each instance.';
CREATE FUNCTION "replica"."missing_contents"("p_batch" "jsonb") RETURNS SETOF "text"
    LANGUAGE "sql" STABLE SECURITY DEFINER
    BEGIN ATOMIC
 SELECT DISTINCT ("f"."sha256" #>> '{}'::"text"[])
    FROM "jsonb_path_query"("missing_contents"."p_batch", 'strict $.**."sha256"'::"jsonpath") "f"("sha256")
   WHERE (("jsonb_typeof"("f"."sha256") = 'string'::"text") AND (("f"."sha256" #>> '{}'::"text"[]) ~ '^[0-9a-f]{64}$'::"text") AND (NOT (EXISTS ( SELECT
            FROM "core"."file_content" "c"
           WHERE ("c"."sha256" = "decode"(("f"."sha256" #>> '{}'::"text"[]), 'hex'::"text"))))));
END;
COMMENT ON FUNCTION "replica"."missing_contents"("p_batch" "jsonb") IS 'SHA-256 of contents to be fetched before the batch is applied.';
CREATE TABLE "replica"."subscribed_class" (
    "subscription_id" bigint NOT NULL,
    "class_id" bigint NOT NULL,
    "position" integer NOT NULL,
    "copied_to" bigint DEFAULT 0,
    "unknown" "text"[] DEFAULT '{}'::"text"[] NOT NULL,
    "missing" "text"[] DEFAULT '{}'::"text"[] NOT NULL
);
COMMENT ON TABLE "replica"."subscribed_class" IS 'Classes of a subscription in the order in which they are applied.';
COMMENT ON COLUMN "replica"."subscribed_class"."copied_to" IS 'Id of the peer up to which its rows were copied; null once all are.';
COMMENT ON COLUMN "replica"."subscribed_class"."unknown" IS 'Columns that the peer sent and this instance does not have.';
COMMENT ON COLUMN "replica"."subscribed_class"."missing" IS 'Columns that this instance has and the peer did not send.';
CREATE FUNCTION "replica"."next_copy"("p_subscription" bigint) RETURNS TABLE("class" "text", "copied_to" bigint)
    LANGUAGE "sql" STABLE SECURITY DEFINER
    BEGIN ATOMIC
 SELECT "meta"."class_path"("k"."class_id") AS "class_path",
     "k"."copied_to"
    FROM "replica"."subscribed_class" "k"
   WHERE (("k"."subscription_id" = "next_copy"."p_subscription") AND ("k"."copied_to" IS NOT NULL))
   ORDER BY "k"."position"
  LIMIT 1;
END;
COMMENT ON FUNCTION "replica"."next_copy"("p_subscription" bigint) IS 'Class and id behind which to copy.';
CREATE VIEW "replica"."exchanged_column" AS
 SELECT "class_id",
    "column_id",
    "code",
    "physical",
    "position",
    "kind",
    "is_array",
    "sql_type",
    "several",
        CASE
            WHEN ("kind" = 'value'::"text") THEN "sql_type"
            WHEN ("kind" = 'file'::"text") THEN 'jsonb'::"text"
            WHEN ("kind" = 'row'::"text") THEN ('uuid'::"text" || "brackets")
            ELSE ('text'::"text" || "brackets")
        END AS "carried_type",
        CASE
            WHEN ("kind" = 'value'::"text") THEN "format"('r.%I'::"text", "physical")
            WHEN (NOT "is_array") THEN "format"('(select %s from (%s) as t where t.id = r.%I%s)'::"text", "shown", "targets", "physical",
            CASE
                WHEN "several" THEN "format"(' and t.path = r.%I'::"text", ("physical" || '_class'::"text"))
                ELSE ''::"text"
            END)
            WHEN ("kind" = 'file'::"text") THEN "format"('case when r.%1$I is not null then (select coalesce(jsonb_agg(%2$s order by u.n), ''[]'') from unnest(r.%1$I) with ordinality as u (id, n) inner join (%3$s) as t on u.id = t.id) end'::"text", "physical", "shown", "targets")
            ELSE "format"('case when r.%1$I is not null then array(select t.key from unnest(r.%1$I) with ordinality as u (id, n) inner join (%2$s) as t on u.id = t.id order by u.n) end'::"text", "physical", "targets")
        END AS "reads",
        CASE
            WHEN ("kind" = 'value'::"text") THEN "format"('x.%I'::"text", "code")
            WHEN (NOT "is_array") THEN "format"('(select t.id from (%s) as t where t.key = %s limit 1)'::"text", "targets", "given")
            ELSE "format"('case when x.%1$I is not null then array(select t.id from %2$s inner join (%3$s) as t on %4$s = t.key order by u.n) end'::"text", "code", "format"((
            CASE "kind"
                WHEN 'file'::"text" THEN 'jsonb_array_elements(x.%I)'::"text"
                ELSE 'unnest(x.%I)'::"text"
            END || ' with ordinality as u (key, n)'::"text"), "code"), "targets",
            CASE "kind"
                WHEN 'file'::"text" THEN '(u.key ->> ''uid'')::uuid'::"text"
                ELSE 'u.key'::"text"
            END)
        END AS "writes",
        CASE
            WHEN "several" THEN "format"('(select t.path from (%s) as t where t.key = x.%I limit 1)'::"text", "targets", "code")
            ELSE NULL::"text"
        END AS "writes_class"
   FROM ( SELECT "e"."class_id",
            "e"."column_id",
            "e"."code",
            "e"."physical",
            "e"."position",
            "e"."is_array",
            "e"."sql_type",
            ("cardinality"("e"."targets") > 1) AS "several",
                CASE
                    WHEN "e"."is_array" THEN '[]'::"text"
                    ELSE ''::"text"
                END AS "brackets",
            "k"."kind",
                CASE "k"."kind"
                    WHEN 'file'::"text" THEN "format"('(x.%I ->> ''uid'')::uuid'::"text", "e"."code")
                    ELSE "format"('x.%I'::"text", "e"."code")
                END AS "given",
                CASE "k"."kind"
                    WHEN 'file'::"text" THEN 'jsonb_build_object(''uid'', t.key, ''name'', t.name, ''media_type'', t.media_type, ''sha256'', encode(t.sha256, ''hex''), ''created'', t.created, ''creator'', t.creator)'::"text"
                    ELSE 't.key'::"text"
                END AS "shown",
                CASE "k"."kind"
                    WHEN 'user'::"text" THEN 'select a.id, a.login as key, null::text as path from access.account as a'::"text"
                    WHEN 'class'::"text" THEN 'select n.id, n.path as key, null::text as path from meta.class_name as n'::"text"
                    WHEN 'file'::"text" THEN 'select f.id, f.uid as key, null::text as path, f.name, f.media_type, f.sha256, f.created, f.creator from core.file as f'::"text"
                    WHEN 'row'::"text" THEN ( SELECT "string_agg"("format"('select d.id, d.uid as key, %L::text as path from data.datarow_%s as d'::"text", "meta"."class_path"("g"."id"), "a"."class_id"), ' union all '::"text" ORDER BY "g"."n", "a"."depth", "a"."class_id") AS "string_agg"
                       FROM ("unnest"("e"."targets") WITH ORDINALITY "g"("id", "n")
                         JOIN "meta"."ancestry" "a" ON (("g"."id" = "a"."ancestor_id"))))
                    ELSE NULL::"text"
                END AS "targets"
           FROM ("meta"."effective_column" "e"
             CROSS JOIN LATERAL ( SELECT
                        CASE
                            WHEN (("e"."type" = 'reference'::"text") AND "e"."target_user") THEN 'user'::"text"
                            WHEN ("e"."type" = 'reference'::"text") THEN 'row'::"text"
                            WHEN ("e"."type" = ANY (ARRAY['file'::"text", 'class'::"text"])) THEN "e"."type"
                            ELSE 'value'::"text"
                        END AS "kind") "k")
          WHERE ("e"."stored" AND ("e"."type" <> 'calculated'::"text"))) "t";
COMMENT ON VIEW "replica"."exchanged_column" IS 'Columns of classes as replication reads and writes them.';
CREATE FUNCTION "replica"."note_columns"("p_subscription" bigint, "p_class" bigint, "p_columns" "jsonb") RETURNS "void"
    LANGUAGE "sql"
    BEGIN ATOMIC
 WITH "sent" AS (
          SELECT "c"."code"
            FROM "jsonb_array_elements_text"("note_columns"."p_columns") "c"("code")
         ), "own" AS (
          SELECT "k_1"."code"
            FROM "replica"."exchanged_column" "k_1"
           WHERE ("k_1"."class_id" = "note_columns"."p_class")
         ), "difference" AS (
          SELECT ARRAY( SELECT "s"."code"
                    FROM "sent" "s"
                   WHERE (NOT ("s"."code" IN ( SELECT "o"."code"
                            FROM "own" "o")))
                   ORDER BY "s"."code") AS "unknown",
             ARRAY( SELECT "o"."code"
                    FROM "own" "o"
                   WHERE (NOT ("o"."code" IN ( SELECT "s"."code"
                            FROM "sent" "s")))
                   ORDER BY "o"."code") AS "missing"
         )
  UPDATE "replica"."subscribed_class" "k" SET "unknown" = "d"."unknown", "missing" = "d"."missing"
    FROM "difference" "d"
   WHERE (("k"."subscription_id" = "note_columns"."p_subscription") AND ("k"."class_id" = "note_columns"."p_class") AND (("k"."unknown" IS DISTINCT FROM "d"."unknown") OR ("k"."missing" IS DISTINCT FROM "d"."missing")));
END;
COMMENT ON FUNCTION "replica"."note_columns"("p_subscription" bigint, "p_class" bigint, "p_columns" "jsonb") IS 'Columns that are ignored, and columns that keep their values, because one side is older.';
CREATE FUNCTION "replica"."open_reading"("p_request" "jsonb") RETURNS "jsonb"
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_code constant text := p_request ->> 'reader';
  v_instance constant text := p_request ->> 'instance';
  v_classes constant jsonb := p_request -> 'classes';
  v_policy constant text := p_request ->> 'policy';
  v_epoch constant text := (select c.system_identifier from pg_control_system() as c)::text
    || '/' || (select d.oid from pg_database as d where d.datname = current_database());
  v_own text;
  v_position feed.consumer;
begin
  if v_instance = replica.instance() then
    raise exception 'both sides are instance %', v_instance
      using errcode = 'PG804', hint = 'A copied database keeps the code of its original: delete the row of replica.instance in the copy, before it replicates.';
  elsif coalesce(v_classes, '{}') = '{}' then
    raise exception 'the subscription names no class'
      using errcode = 'PG805', hint = 'Name the classes to read; nothing was changed.';
  end if;
  -- Two authorities would hand their rows to and fro for ever.
  select s.policy into v_own
  from replica.subscription as s
  where s.instance = v_instance and s.enabled
    and (s.policy in ('source', 'target') or v_policy in ('source', 'target'))
    and (s.policy, v_policy) not in (('source', 'target'), ('target', 'source'))
    and exists (
      select
      from replica.subscribed_class as k
      where k.subscription_id = s.id and v_classes ? meta.class_path(k.class_id)
    )
  limit 1;
  if v_own is not null then
    raise exception 'both sides replicate the class, here conflict: %, there conflict: %', v_own, v_policy
      using errcode = 'PG806', hint = 'Write source on one side and target on the other, or the same of newer and manual on both.';
  end if;
  insert into replica.reader as r (code, login, instance, policy, classes)
  values (v_code, access.current_account(), v_instance, v_policy, v_classes)
  on conflict (code) do update
  set instance = excluded.instance, policy = excluded.policy, classes = excluded.classes
  where r.login = excluded.login;
  perform replica.check_reader(v_code);
  perform feed.subscribe('replica:' || v_code, 'instance ' || v_instance);
  if p_request ->> 'anew' = 'true' then
    update feed.consumer as c
    set transaction_id = pg_snapshot_xmin(pg_current_snapshot()), position = 0
    where c.code = 'replica:' || v_code;
  end if;
  select c.* into v_position from feed.consumer as c where c.code = 'replica:' || v_code;
  return jsonb_build_object(
    'instance', replica.instance(),
    'epoch', v_epoch,
    'transaction', v_position.transaction_id::text,
    'position', v_position.position
  );
end;
$$;
COMMENT ON FUNCTION "replica"."open_reading"("p_request" "jsonb") IS 'Register a reading of another instance: reader, instance, policy, classes with filters. Gives instance, epoch and position. Raises PG802 to PG806.';
CREATE FUNCTION "replica"."peers"() RETURNS TABLE("code" "text", "url" "text")
    LANGUAGE "sql" STABLE SECURITY DEFINER
    BEGIN ATOMIC
 SELECT "p"."code",
     "p"."url"
    FROM "replica"."peer" "p"
   ORDER BY "p"."code";
END;
COMMENT ON FUNCTION "replica"."peers"() IS 'Code and reference of each peer.';
CREATE FUNCTION "replica"."prune"("p_keep" interval DEFAULT '30 days'::interval) RETURNS bigint
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_count bigint;
begin
  delete from replica.conflict as c where c.state = 'resolved' and c.resolved < core.now() - p_keep;
  get diagnostics v_count = row_count;
  return v_count;
end;
$$;
COMMENT ON FUNCTION "replica"."prune"("p_keep" interval) IS 'Number of resolved conflicts deleted.';
CREATE FUNCTION "replica"."read_changes"("p_reader" "text", "p_transaction" "xid8", "p_position" bigint, "p_piece" bigint, "p_limit" integer DEFAULT 2000, "p_confirm" boolean DEFAULT true) RETURNS TABLE("head" "jsonb", "rows" "text")
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    SET "jit" TO 'off'
    AS $$
declare
  v_reader constant replica.reader := replica.check_reader(p_reader);
  v_horizon constant xid8 := pg_snapshot_xmin(pg_current_snapshot());
  v_me constant text := replica.instance();
  v_last jsonb;
  v_statements bigint;
  v_classes jsonb;
  v_behind bigint;
begin
  if p_confirm then
    update feed.consumer as c
    set transaction_id = p_transaction, position = p_position - case when p_piece > 0 then 1 else 0 end, advanced = core.now()
    where c.code = 'replica:' || p_reader
      and (c.transaction_id, c.position) <= (p_transaction, p_position)
      and p_transaction <= pg_snapshot_xmax(pg_current_snapshot());
  end if;
  if p_confirm and not found then
    raise exception 'reading "%" is at a position that this instance does not have any more', p_reader
      using errcode = 'PG807', hint = 'One of the two databases was restored from a backup: "pgears replicate resync" copies the classes again.';
  end if;
  with statement as (
    select
      c.transaction_id,
      c.position,
      n.path,
      c.class_id,
      c.row_ids,
      c.uids,
      c.changed,
      case when (c.transaction_id, c.position) = (p_transaction, p_position) then p_piece else 0 end::integer as piece
    from feed.change as c
    left join meta.class_name as n on c.class_id = n.id and v_reader.classes ? n.path
    where (c.transaction_id, c.position) >= (p_transaction, p_position) and c.transaction_id < v_horizon
      -- A piece of 0 at the position itself: all of that change was read.
      and ((c.transaction_id, c.position) > (p_transaction, p_position) or p_piece > 0)
    order by c.transaction_id, c.position
    limit p_limit
  ),
  counted as (
    select
      s.*,
      case when s.path is null then 0 else cardinality(s.row_ids) - s.piece end as rows,
      coalesce(
        sum(case when s.path is null then 0 else cardinality(s.row_ids) - s.piece end) over (
          order by s.transaction_id, s.position rows between unbounded preceding and 1 preceding
        ), 0
      ) as before
    from statement as s
  ),
  taken as (
    select c.*, least(c.rows, p_limit - c.before)::integer as take
    from counted as c
    where c.before < p_limit
  ),
  changed_row as (
    select t.path, t.class_id, t.changed, u.row_id, u.uid
    from taken as t
    cross join lateral unnest(
      t.row_ids[t.piece + 1:t.piece + t.take], t.uids[t.piece + 1:t.piece + t.take]
    ) as u (row_id, uid)
    where t.path is not null
  )
  select
    (
      select jsonb_agg(g)
      from (
        select
          r.path,
          r.class_id,
          array_agg(distinct r.row_id) as ids,
          jsonb_object_agg(r.uid, r.changed) filter (where r.uid is not null) as gone
        from changed_row as r
        group by r.path, r.class_id
      ) as g
    ),
    (
      select jsonb_build_object(
        'transaction', x.transaction_id, 'position', x.position, 'piece', case when x.take < x.rows then x.piece + x.take else 0 end
      )
      from taken as x
      order by x.transaction_id desc, x.position desc
      limit 1
    ),
    (select count(*) from statement as s),
    (select coalesce(sum(c.rows), 0) - (select coalesce(sum(t.take), 0) from taken as t) from counted as c)
  into v_classes, v_last, v_statements, v_behind;
  return query select r.head, r.rows from replica.rows_of(v_reader, v_classes, v_me) as r;
  head := jsonb_build_object(
    'transaction', coalesce(v_last ->> 'transaction', p_transaction::text),
    'position', coalesce((v_last ->> 'position')::bigint, p_position),
    'piece', coalesce((v_last ->> 'piece')::bigint, p_piece),
    'more', v_behind > 0 or v_statements = p_limit,
    'behind', v_behind
  );
  rows := null;
  return next;
end;
$$;
COMMENT ON FUNCTION "replica"."read_changes"("p_reader" "text", "p_transaction" "xid8", "p_position" bigint, "p_piece" bigint, "p_limit" integer, "p_confirm" boolean) IS 'Confirm a position (p_confirm) and give what changed after it, at most so many rows or statements. Raises PG802, PG803, PG807.';
CREATE FUNCTION "replica"."read_content"("p_reader" "text", "p_sha256" "text", "p_offset" bigint, "p_length" integer DEFAULT 1048576) RETURNS "bytea"
    LANGUAGE "plpgsql" STABLE SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_reader constant replica.reader := replica.check_reader(p_reader);
  v_held boolean;
begin
  execute (
    select 'select ' || coalesce(string_agg(
      format(
        'exists (select from data.%I as h inner join core.file as f on h.%s = f.id where f.sha256 = $1)',
        case when k.is_array then 'link_' || k.column_id else 'datarow_' || k.class_id end,
        case when k.is_array then 'target_id' else k.physical end
      ), ' or '
    ), 'false')
    from replica.exchanged_column as k
    inner join meta.class_name as n on k.class_id = n.id
    where v_reader.classes ? n.path and k.kind = 'file'
  )
  into v_held
  using decode(p_sha256, 'hex');
  if not v_held then
    return null;
  end if;
  return (
    select substring(c.content from (p_offset + 1)::integer for p_length)
    from core.file_content as c
    where c.sha256 = decode(p_sha256, 'hex')
  );
end;
$_$;
COMMENT ON FUNCTION "replica"."read_content"("p_reader" "text", "p_sha256" "text", "p_offset" bigint, "p_length" integer) IS 'Bytes of a content by its SHA-256; null when no row of the reading holds it. Raises PG802, PG803.';
CREATE FUNCTION "replica"."read_copy"("p_reader" "text", "p_class" "text", "p_after" bigint, "p_limit" integer DEFAULT 2000) RETURNS TABLE("head" "jsonb", "rows" "text")
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    SET "jit" TO 'off'
    AS $_$
declare
  v_reader replica.reader := replica.check_reader(p_reader);
  v_class constant bigint := meta.class_id(p_class);
  v_ids bigint[];
begin
  if not v_reader.classes ? p_class then
    raise exception 'class % is not of this subscription', p_class
      using errcode = 'PG803', hint = 'Name it when the reading is opened.';
  end if;
  execute format('select array(select r.id from data.datarow_%s as r where r.id > $1 order by r.id limit $2)', v_class)
  into v_ids
  using p_after, p_limit;
  -- A copy holds what the reader wrote, too: it may have lost it.
  v_reader.instance := '';
  return query
  select r.head, r.rows
  from replica.rows_of(
    v_reader, jsonb_build_array(jsonb_build_object('class_id', v_class, 'path', p_class, 'ids', v_ids)), replica.instance()
  ) as r;
  head := jsonb_build_object('copied', p_class, 'copied_to', case when cardinality(v_ids) = p_limit then v_ids[p_limit] end);
  rows := null;
  return next;
end;
$_$;
COMMENT ON FUNCTION "replica"."read_copy"("p_reader" "text", "p_class" "text", "p_after" bigint, "p_limit" integer) IS 'Rows of a class behind an id; copied_to is null with the last ones. Raises PG802, PG803.';
CREATE FUNCTION "replica"."state_expressions"("p_me" "text", OUT "vector" "text", OUT "stamp" "text", OUT "origin" "text", OUT "lost_vector" "text") RETURNS "record"
    LANGUAGE "sql" IMMUTABLE
    BEGIN ATOMIC
 SELECT "format"('case when s.uid is null then jsonb_build_object(%1$L, r.version) when s.version = r.version and not s.gone then s.vector else s.vector || jsonb_build_object(%1$L, coalesce((s.vector ->> %1$L)::bigint, 0) + r.version - s.version) end'::"text", "p_me") AS "format",
     'case when s.version = r.version then s.stamp else greatest(r.created, r.modified, r.deleted, s.stamp + interval ''1 microsecond'') end'::"text",
     "format"('case when s.version = r.version then s.origin else %L end'::"text", "p_me") AS "format",
     "format"('case when s.gone then s.vector else coalesce(s.vector, ''{}'') || jsonb_build_object(%1$L, coalesce((s.vector ->> %1$L)::bigint, 0) + 1000000000000) end'::"text", "p_me") AS "format";
END;
COMMENT ON FUNCTION "replica"."state_expressions"("p_me" "text", OUT "vector" "text", OUT "stamp" "text", OUT "origin" "text", OUT "lost_vector" "text") IS 'SQL expressions over a row r and its row_state s, for the instance given.';
CREATE FUNCTION "replica"."reading_statement"("p_class" bigint, "p_me" "text") RETURNS "text"
    LANGUAGE "sql" STABLE
    BEGIN ATOMIC
 SELECT "format"('
    select case when p.shown is null then to_json(x)::text else (to_jsonb(x) || p.shown)::text end
    from (
      select
        r.uid as "@uid", r.version as "@version", %2$s as "@vector", %3$s as "@stamp", %4$s as "@origin",
        r.creator as "@creator", r.created as "@created", r.created_source as "@created_source", r.modifier as "@modifier",
        r.modified as "@modified", r.modified_source as "@modified_source", r.deleter as "@deleter", r.deleted as "@deleted",
        r.deleted_source as "@deleted_source"%5$s
      from data.datarow_%1$s as r
      left join replica.row_state as s on s.class_id = %1$s and r.uid = s.uid
      where r.id = any($1) and (s.origin is distinct from $2 or s.merged or s.version <> r.version)
      order by r.id
    ) as x
    left join (
      select p.uid, jsonb_object_agg(k.code, p.value) as shown
      from replica.pending as p
      inner join meta.class_column as k on p.column_id = k.id
      where p.class_id = %1$s
      group by p.uid
    ) as p on x."@uid" = p.uid
    where $3 is null or not exists (
      select
      from jsonb_each($3) as f (code, value)
      where not coalesce(
        to_jsonb(x) ->> f.code = any(array(
          select v.text
          from jsonb_array_elements_text(case jsonb_typeof(f.value) when ''array'' then f.value else jsonb_build_array(f.value) end) as v (text)
        )),
        false
      )
    )
    '::"text", "reading_statement"."p_class", "e"."vector", "e"."stamp", "e"."origin", ( SELECT "string_agg"("format"(', %s as %I'::"text", "k"."reads", "k"."code"), ''::"text" ORDER BY "k"."position") AS "string_agg"
            FROM "replica"."exchanged_column" "k"
           WHERE ("k"."class_id" = "reading_statement"."p_class"))) AS "format"
    FROM "replica"."state_expressions"("reading_statement"."p_me") "e"("vector", "stamp", "origin", "lost_vector");
END;
COMMENT ON FUNCTION "replica"."reading_statement"("p_class" bigint, "p_me" "text") IS 'SQL that reads rows of a class for another instance, each as JSON.';
CREATE FUNCTION "replica"."resolve"("p_conflict" bigint, "p_winner" "text") RETURNS "void"
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_conflict replica.conflict;
  v_subscription replica.subscription;
  v_me constant text := replica.instance();
  v_id bigint;
  v_own jsonb;
  v_winner jsonb;
  v_vector jsonb;
begin
  if p_winner not in ('source', 'target') then
    raise exception 'a conflict is not won by "%"', p_winner
      using errcode = 'PG810', hint = 'Write source for the row of the peer, target for the one here.';
  end if;
  perform replica.begin_writing(false);
  select c.* into v_conflict from replica.conflict as c where c.id = p_conflict and c.state = 'open' for update;
  if v_conflict.id is null then
    raise exception 'there is no open conflict %', p_conflict
      using errcode = 'PG811', hint = '"pgears replicate conflicts" shows the open ones.';
  end if;
  select s.* into strict v_subscription from replica.subscription as s where s.id = v_conflict.subscription_id;
  execute format('select r.id from data.datarow_%s as r where r.uid = $1 for update', v_conflict.class_id) into v_id using v_conflict.uid;
  execute replica.reading_statement(v_conflict.class_id, v_me) into v_own using array[v_id], '', null::jsonb;
  v_own := coalesce(v_own, (
    select jsonb_build_object(
      '@uid', s.uid, '@gone', true, '@stamp', s.stamp,
      '@vector', case when s.gone then s.vector else s.vector || jsonb_build_object(v_me, coalesce((s.vector ->> v_me)::bigint, 0) + 1000000000000) end
    )
    from replica.row_state as s
    where s.class_id = v_conflict.class_id and s.uid = v_conflict.uid
  ));
  v_winner := case when p_winner = 'source' then v_conflict.incoming else v_own end;
  if v_winner is not null and (v_conflict.kind = 'conflict' or p_winner = 'target') then
    v_vector := replica.merged(v_conflict.incoming -> '@vector', coalesce(v_own -> '@vector', '{}'));
    v_winner := v_winner || jsonb_build_object(
      '@vector', v_vector || jsonb_build_object(v_me, coalesce((v_vector ->> v_me)::bigint, 0) + 1),
      '@version', greatest((v_conflict.incoming ->> '@version')::bigint, (v_own ->> '@version')::bigint, 0) + 1,
      '@origin', v_me,
      '@stamp', greatest(
        now(), (v_conflict.incoming ->> '@stamp')::timestamptz + interval '1 microsecond', (v_own ->> '@stamp')::timestamptz + interval '1 microsecond'
      )
    );
  end if;
  if v_winner is not null then
    perform replica.apply_rows(
      v_subscription, v_conflict.class_id,
      case when p_winner = 'source' then v_conflict.columns else array(select k.code from replica.exchanged_column as k where k.class_id = v_conflict.class_id) end,
      json_build_array(v_winner), 'source'
    );
    perform replica.resolve_pending();
  end if;
  update replica.conflict as c
  set state = 'resolved', resolution = p_winner, resolved = core.now(), resolver = access.current_account()
  where c.id = p_conflict;
  perform replica.end_writing();
end;
$_$;
COMMENT ON FUNCTION "replica"."resolve"("p_conflict" bigint, "p_winner" "text") IS 'End a conflict in favour of source or target. Raises PG810, PG811, or whatever the class refuses.';
CREATE FUNCTION "replica"."resolve_pending"() RETURNS bigint
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_column record;
  v_count bigint;
  v_rows bigint := 0;
begin
  for v_column in
    select k.*
    from replica.exchanged_column as k
    where exists (select from replica.pending as p where p.class_id = k.class_id and p.column_id = k.column_id)
  loop
    execute format(
      $sql$
      with found as (
        select p.uid, %3$s as ids%4$s, %5$s as complete
        from replica.pending as p
        cross join lateral (select %6$s as %7$I) as x
        where p.class_id = %1$s and p.column_id = %2$s
      ),
      filled as (
        update data.datarow_%1$s as t
        set %8$I = f.ids%9$s
        from found as f
        where t.uid = f.uid and %10$s
      )
      delete from replica.pending as p
      using found as f
      left join data.datarow_%1$s as t on f.uid = t.uid
      where p.class_id = %1$s and p.column_id = %2$s and p.uid = f.uid and (%11$s)
      $sql$,
      v_column.class_id,
      v_column.column_id,
      v_column.writes,
      case when v_column.several then format(', %s as path', v_column.writes_class) else '' end,
      case when v_column.is_array then format('coalesce(cardinality(%s), 0) >= jsonb_array_length(p.value)', v_column.writes) else format('%s is not null', v_column.writes) end,
      case
        when v_column.kind = 'file' then 'p.value'
        when v_column.is_array then format('array(select e.key::%s from jsonb_array_elements_text(p.value) with ordinality as e (key, n) order by e.n)', rtrim(v_column.carried_type, '[]'))
        else format('(p.value #>> ''{}'')::%s', v_column.carried_type)
      end,
      v_column.code,
      v_column.physical,
      case when v_column.several then format(', %I = f.path', v_column.physical || '_class') else '' end,
      case
        when v_column.is_array then format('f.ids is distinct from t.%1$I and coalesce(t.%1$I, ''{}'') <@ f.ids', v_column.physical)
        else format('f.ids is not null and t.%I is null', v_column.physical)
      end,
      case
        when v_column.is_array then format('f.complete or t.uid is null or not coalesce(t.%I, ''{}'') <@ f.ids', v_column.physical)
        else format('f.complete or t.uid is null or t.%I is not null', v_column.physical)
      end
    );
    get diagnostics v_count = row_count;
    v_rows := v_rows + v_count;
  end loop;
  return v_rows;
end;
$_$;
COMMENT ON FUNCTION "replica"."resolve_pending"() IS 'Number of references that wait no longer.';
CREATE FUNCTION "replica"."resync"("p_subscription" bigint, "p_class" "text" DEFAULT NULL::"text") RETURNS integer
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_count integer;
begin
  update replica.subscribed_class as k
  set copied_to = 0
  from replica.subscription as s
  where s.id = p_subscription and k.subscription_id = s.id
    and (p_class is null or k.class_id = meta.find_class(s.model_id, p_class));
  get diagnostics v_count = row_count;
  if v_count = 0 then
    raise exception 'class "%" is not of the subscription', p_class
      using errcode = 'PG106', hint = '"pgears replicate status" shows the classes.';
  elsif p_class is null then
    update replica.subscription as s
    set instance = null, epoch = null, transaction_id = null, position = 0, piece = 0
    where s.id = p_subscription;
  end if;
  return v_count;
end;
$$;
COMMENT ON FUNCTION "replica"."resync"("p_subscription" bigint, "p_class" "text") IS 'Number of classes that will be copied again. Raises PG106.';
CREATE FUNCTION "replica"."retry_refused"("p_subscription" "replica"."subscription", "p_limit" integer DEFAULT 100) RETURNS bigint
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_conflict replica.conflict;
  v_rows bigint := 0;
begin
  for v_conflict in
    select c.*
    from replica.conflict as c
    where c.subscription_id = p_subscription.id and c.state = 'open' and c.kind = 'refused'
    order by c.id
    limit p_limit
  loop
    v_rows := v_rows + replica.apply_class(
      p_subscription, v_conflict.class_id, v_conflict.columns, json_build_array(v_conflict.incoming), p_subscription.policy
    );
  end loop;
  if v_rows > 0 then
    perform replica.resolve_pending();
  end if;
  return v_rows;
end;
$$;
COMMENT ON FUNCTION "replica"."retry_refused"("p_subscription" "replica"."subscription", "p_limit" integer) IS 'Number of refused rows that were written after all.';
CREATE FUNCTION "replica"."rows_of"("p_reader" "replica"."reader", "p_classes" "jsonb", "p_me" "text") RETURNS TABLE("head" "jsonb", "rows" "text")
    LANGUAGE "plpgsql" STABLE
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_class record;
  v_rows text;
  v_gone text;
begin
  for v_class in
    select c.*
    from jsonb_to_recordset(p_classes) as c (class_id bigint, path text, ids bigint[], gone jsonb)
  loop
    execute format('select string_agg(c.text, '','') from (%s) as c (text)', replica.reading_statement(v_class.class_id, p_me))
    into v_rows
    using v_class.ids, p_reader.instance, nullif(p_reader.classes -> v_class.path, '{}');
    v_gone := null;
    if v_class.gone is not null then
      execute (
        select format(
          $sql$
          select string_agg(
            json_build_object(
              '@uid', d.uid, '@gone', true, '@vector', %2$s,
              '@stamp', case when s.gone then s.stamp else greatest(d.changed, s.stamp + interval '1 microsecond') end,
              '@origin', case when s.gone then s.origin else %3$L end
            )::text, ','
          )
          from (select g.key::uuid as uid, g.value::timestamptz as changed from jsonb_each_text($1) as g (key, value)) as d
          left join replica.row_state as s on s.class_id = %1$s and d.uid = s.uid
          where not exists (select from data.datarow_%1$s as r where r.uid = d.uid)
            and not coalesce(s.gone and s.origin = $2 and not s.merged, false)
          $sql$,
          v_class.class_id, e.lost_vector, p_me
        )
        from replica.state_expressions(p_me) as e
      )
      into v_gone
      using v_class.gone, p_reader.instance;
    end if;
    continue when v_rows is null and v_gone is null;
    head := jsonb_build_object(
      'class', v_class.path,
      'columns', (select jsonb_agg(k.code order by k.position) from replica.exchanged_column as k where k.class_id = v_class.class_id)
    );
    rows := '[' || concat_ws(',', v_rows, v_gone) || ']';
    return next;
  end loop;
end;
$_$;
COMMENT ON FUNCTION "replica"."rows_of"("p_reader" "replica"."reader", "p_classes" "jsonb", "p_me" "text") IS 'For each class: head with class and columns, and its rows as a JSON list.';
CREATE FUNCTION "replica"."set_peer"("p_code" "text", "p_url" "text") RETURNS "void"
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  perform meta.check_code(p_code, 'peer');
  if p_url !~ '^(env|file):.' then
    raise exception 'the URL of peer "%" is to be a reference', p_code
      using errcode = 'PG801', hint = 'Write env:NAME or file:PATH, where the URL with its password is kept.';
  end if;
  insert into replica.peer as p (code, url)
  values (p_code, p_url)
  on conflict (code) do update set url = excluded.url;
end;
$$;
COMMENT ON FUNCTION "replica"."set_peer"("p_code" "text", "p_url" "text") IS 'Make or change a peer. Raises PG101, PG801.';
CREATE FUNCTION "replica"."set_subscription"("p_model" bigint, "p_code" "text", "p_definition" "jsonb") RETURNS bigint
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_classes bigint[];
  v_unknown text;
  v_id bigint;
begin
  perform meta.check_code(p_code, 'subscription');
  perform meta.check_definition('subscription', p_definition, '$');
  v_classes := array(
    select meta.find_class(p_model, c.name)
    from jsonb_array_elements_text(p_definition -> 'classes') with ordinality as c (name, n)
    order by c.n
  );
  if v_classes = '{}' then
    raise exception 'subscription "%" names no class', p_code
      using errcode = 'PG805', detail = '$.classes', hint = 'Name the classes to read, or drop the subscription.';
  end if;
  select format('%s.%s', f.key, v.code) into v_unknown
  from jsonb_each(meta.section_of(p_definition, 'filter')) as f (key, value)
  cross join lateral jsonb_object_keys(f.value) as v (code)
  where not exists (
    select
    from replica.exchanged_column as k
    where k.class_id = meta.find_class(p_model, f.key) and k.class_id = any(v_classes) and k.code = v.code and k.kind = 'value'
  )
  limit 1;
  if v_unknown is not null then
    raise exception 'the filter of subscription "%" cannot be on %', p_code, v_unknown
      using errcode = 'PG808', detail = '$.filter', hint = 'Name columns with plain values, of classes of the subscription.';
  end if;
  insert into replica.subscription as s (model_id, code, enabled, peer, policy, rules, definition)
  values (
    p_model,
    p_code,
    coalesce((p_definition ->> 'enabled')::boolean, true),
    p_definition ->> 'peer',
    coalesce(p_definition ->> 'conflict', 'newer'),
    coalesce((p_definition ->> 'rules')::boolean, false),
    p_definition
  )
  on conflict (model_id, code) do update
  set
    enabled = excluded.enabled,
    peer = excluded.peer,
    policy = excluded.policy,
    rules = excluded.rules,
    definition = excluded.definition
  returning s.id into v_id;
  delete from replica.subscribed_class as k where k.subscription_id = v_id and k.class_id <> all (v_classes);
  insert into replica.subscribed_class as k (subscription_id, class_id, position)
  select v_id, c.id, min(c.n)
  from unnest(v_classes) with ordinality as c (id, n)
  group by c.id
  on conflict (subscription_id, class_id) do update set position = excluded.position;
  perform replica.instance();
  return v_id;
end;
$_$;
COMMENT ON FUNCTION "replica"."set_subscription"("p_model" bigint, "p_code" "text", "p_definition" "jsonb") IS 'Id of a subscription, made or changed. Keys: see meta.vocabulary. Raises PG110 to PG114, PG805, PG808.';
CREATE FUNCTION "replica"."stage_rows"("p_class" bigint, "p_columns" "text"[], "p_rows" json, "p_policy" "text", "p_me" "text") RETURNS "void"
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_foreign text;
  v_files text[];
  v_types text;
  v_values text;
  v_state record;
begin
  select min(t.tgname) into v_foreign
  from pg_trigger as t
  inner join pg_class as c on t.tgrelid = c.oid
  inner join pg_proc as p on t.tgfoid = p.oid
  inner join pg_roles as o on p.proowner = o.oid
  where t.tgrelid = format('data.datarow_%s', p_class)::regclass and not t.tgisinternal and t.tgenabled <> 'D'
    and p.proowner <> c.relowner and not p.prosecdef and not o.rolsuper;
  if v_foreign is not null then
    raise exception 'a trigger of another owner would run with the rights of the system'
      using
        errcode = 'PG140', detail = v_foreign,
        hint = 'Make its function "security definer", or give the function to the owner of the class table, who then vouches for it.';
  end if;
  select
    string_agg(format(', %I %s', k.code, k.carried_type), '' order by k.position),
    string_agg(
      format(', %s as %I', k.writes, k.physical)
      || case when k.several then format(', %s as %I', k.writes_class, k.physical || '_class') else '' end
      || case
        when k.kind = 'value' then ''
        when k.is_array then format(
          ', to_jsonb(x.%1$I) as %2$I, %3$s <> coalesce(cardinality(%4$s), 0) as %5$I',
          k.code, 'carried_' || k.physical,
          case k.kind when 'file' then format('coalesce(jsonb_array_length(x.%I), 0)', k.code) else format('coalesce(cardinality(x.%I), 0)', k.code) end,
          k.writes, 'lacks_' || k.physical
        )
        else format(
          ', to_jsonb(x.%1$I) as %2$I, x.%1$I is not null and %3$s is null as %4$I',
          k.code, 'carried_' || k.physical, k.writes, 'lacks_' || k.physical
        )
      end, '' order by k.position
    ),
    array_agg(k.code) filter (where k.kind = 'file')
  into v_types, v_values, v_files
  from replica.exchanged_column as k
  where k.class_id = p_class and k.code = any(p_columns);
  if v_files is not null then
    insert into core.file (uid, name, media_type, size, sha256, created, creator)
    select distinct on (f.uid) f.uid, f.name, f.media_type, coalesce(c.size, 0), c.sha256, f.created, f.creator
    from json_array_elements(p_rows) as r (row)
    cross join lateral unnest(v_files) as k (code)
    cross join lateral jsonb_to_recordset(
      case jsonb_typeof((r.row -> k.code)::jsonb)
        when 'array' then (r.row -> k.code)::jsonb
        when 'object' then jsonb_build_array((r.row -> k.code)::jsonb)
        else '[]'
      end
    ) as f (uid uuid, name text, media_type text, sha256 text, created timestamptz, creator text)
    left join core.file_content as c on c.sha256 = decode(f.sha256, 'hex')
    where f.uid is not null and (f.sha256 is null or c.sha256 is not null)
    on conflict (uid) do nothing;
  end if;
  select e.* into v_state from replica.state_expressions(p_me) as e;
  execute format(
    $sql$
    create temporary table pgears_staged on commit drop as
    with compared as (
      select
        x."@uid" as uid, coalesce(x."@gone", false) as gone, x."@version" as version, x."@vector" as vector, x."@stamp" as stamp,
        x."@origin" as origin, x."@creator" as creator, x."@created" as created, x."@created_source" as created_source,
        x."@modifier" as modifier, x."@modified" as modified, x."@modified_source" as modified_source, x."@deleter" as deleter,
        x."@deleted" as deleted, x."@deleted_source" as deleted_source,
        r.id, r.version as local_version, r.id is not null and r.deleted is null as local_live, s.version as known_version,
        case
          when r.id is not null then %3$s
          when s.uid is not null or x."@vector" ? %2$L then %6$s
        end as local_vector,
        case
          when r.id is not null then %4$s
          when s.gone then s.stamp
          when s.uid is not null or x."@vector" ? %2$L then greatest(
            coalesce((select d.changed from replica.deletions(%1$s, array[x."@uid"]) as d), '-infinity'),
            s.stamp + interval '1 microsecond'
          )
        end as local_stamp,
        case when r.id is not null then %5$s when s.gone then s.origin else %2$L end as local_origin%8$s
      from json_to_recordset($1) as x (
        "@uid" uuid, "@gone" boolean, "@version" bigint, "@vector" jsonb, "@stamp" timestamptz, "@origin" text,
        "@creator" text, "@created" timestamptz, "@created_source" text, "@modifier" text, "@modified" timestamptz,
        "@modified_source" text, "@deleter" text, "@deleted" timestamptz, "@deleted_source" text%7$s
      )
      left join data.datarow_%1$s as r on x."@uid" = r.uid
      left join replica.row_state as s on s.class_id = %1$s and x."@uid" = s.uid
      -- Each step is computed once a row, without being stored.
      offset 0
    ),
    -- Mostly only the writer's own count differs; asking each count costs ten times as much.
    related as (
      select
        c.*,
        case
          when c.local_vector is null then 'new'
          when c.vector = c.local_vector then 'same'
          when c.vector - c.origin = c.local_vector - c.origin then
            case when (c.vector ->> c.origin)::bigint > coalesce((c.local_vector ->> c.origin)::bigint, 0) then 'after' else 'before' end
          when replica.covers(c.local_vector, c.vector) then 'before'
          when replica.covers(c.vector, c.local_vector) then 'after'
          else 'beside'
        end as relation
      from compared as c
      offset 0
    ),
    judged as (
      select
        r.*,
        r.relation = 'beside' as concurrent,
        case
          when r.relation = 'new' then 'new'
          when r.relation in ('same', 'before') then 'skip'
          when r.relation = 'after' then 'take'
          when (r.stamp, r.origin) = (r.local_stamp, r.local_origin) then 'keep'
          when $2 = 'manual' then 'hold'
          when $2 = 'source' or $2 = 'newer' and (r.stamp, r.origin) > (r.local_stamp, r.local_origin) then 'take'
          else 'keep'
        end as outcome
      from related as r
      offset 0
    )
    select
      j.*,
      j.outcome in ('new', 'take') as takes,
      case when j.concurrent then replica.merged(j.vector, j.local_vector) else j.vector end as new_vector,
      greatest(j.version, j.local_version, 1) as new_version
    from judged as j
    $sql$,
    p_class, p_me, v_state.vector, v_state.stamp, v_state.origin, v_state.lost_vector, coalesce(v_types, ''), coalesce(v_values, '')
  )
  using p_rows, p_policy;
end;
$_$;
COMMENT ON FUNCTION "replica"."stage_rows"("p_class" bigint, "p_columns" "text"[], "p_rows" json, "p_policy" "text", "p_me" "text") IS 'Make the temporary table pgears_staged for replica.apply_rows. Raises PG140 for a trigger of another owner.';
CREATE FUNCTION "replica"."start_reading"("p_subscription" bigint, "p_token" "uuid", "p_answer" "jsonb") RETURNS "jsonb"
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_subscription replica.subscription := replica.hold_lease(p_subscription, p_token);
begin
  if v_subscription.epoch <> p_answer ->> 'epoch' or v_subscription.instance <> p_answer ->> 'instance' then
    raise exception 'peer "%" is another database than before', v_subscription.peer
      using errcode = 'PG807', hint = 'It was restored or replaced: "pgears replicate resync" takes a new position and copies the classes again.';
  end if;
  update replica.subscription as s
  set
    instance = p_answer ->> 'instance',
    epoch = p_answer ->> 'epoch',
    position = case when s.transaction_id is null then (p_answer ->> 'position')::bigint else s.position end,
    piece = case when s.transaction_id is null then 0 else s.piece end,
    transaction_id = coalesce(s.transaction_id, (p_answer ->> 'transaction')::xid8)
  where s.id = p_subscription
  returning s.* into v_subscription;
  return jsonb_build_object(
    'transaction', v_subscription.transaction_id::text,
    'position', v_subscription.position,
    'piece', v_subscription.piece
  );
end;
$$;
COMMENT ON FUNCTION "replica"."start_reading"("p_subscription" bigint, "p_token" "uuid", "p_answer" "jsonb") IS 'Position from which to read the feed of the peer. Raises PG807 when the peer is another database than before, PG809.';
CREATE FUNCTION "replica"."store_content"("p_upload" "uuid") RETURNS "text"
    LANGUAGE "sql" SECURITY DEFINER
    BEGIN ATOMIC
 WITH "content" AS (
          SELECT COALESCE("string_agg"("u"."content", '\x'::"bytea" ORDER BY "u"."position"), '\x'::"bytea") AS "bytes"
            FROM "core"."upload_piece" "u"
           WHERE ("u"."upload" = "store_content"."p_upload")
         ), "stored" AS (
          INSERT INTO "core"."file_content" ("sha256", "size", "content")  SELECT "sha256"("c_1"."bytes") AS "sha256",
                     "octet_length"("c_1"."bytes") AS "octet_length",
                     "c_1"."bytes"
                    FROM "content" "c_1" ON CONFLICT("sha256") DO NOTHING
         ), "removed" AS (
          DELETE FROM "core"."upload_piece" "u"
           WHERE ("u"."upload" = "store_content"."p_upload")
         )
  SELECT "encode"("sha256"("c"."bytes"), 'hex'::"text") AS "encode"
    FROM "content" "c";
END;
COMMENT ON FUNCTION "replica"."store_content"("p_upload" "uuid") IS 'SHA-256 of the content that the pieces make.';
CREATE FUNCTION "replica"."subscription_definitions"("p_model" bigint) RETURNS TABLE("id" bigint, "code" "text", "definition" "jsonb")
    LANGUAGE "sql" STABLE
    BEGIN ATOMIC
 SELECT "s"."id",
     "s"."code",
     ("s"."definition" || "jsonb_build_object"('classes', ( SELECT "jsonb_agg"(
                 CASE
                     WHEN ("c"."model_id" = "subscription_definitions"."p_model") THEN "c"."code"
                     ELSE "meta"."class_path"("c"."id")
                 END ORDER BY "k"."position") AS "jsonb_agg"
            FROM ("replica"."subscribed_class" "k"
              JOIN "meta"."class" "c" ON (("k"."class_id" = "c"."id")))
           WHERE ("k"."subscription_id" = "s"."id"))))
    FROM "replica"."subscription" "s"
   WHERE ("s"."model_id" = "subscription_definitions"."p_model");
END;
COMMENT ON FUNCTION "replica"."subscription_definitions"("p_model" bigint) IS 'Id, code and definition of each subscription of a model.';
ALTER TABLE "access"."account" ALTER COLUMN "id" ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME "access"."account_id_seq"
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE VIEW "access"."account_name" AS
 SELECT "id",
    COALESCE("full_name", "login") AS "name"
   FROM "access"."account" "a";
COMMENT ON VIEW "access"."account_name" IS 'Account number and the name shown for it, readable by everybody through API views.';
CREATE TABLE "access"."membership" (
    "account_id" bigint NOT NULL,
    "role_id" bigint NOT NULL,
    "by_hand" boolean DEFAULT false NOT NULL,
    "from_outside" boolean DEFAULT false NOT NULL,
    "granted" timestamp with time zone DEFAULT "now"() NOT NULL,
    CONSTRAINT "membership_origin_check" CHECK (("by_hand" OR "from_outside"))
);
COMMENT ON TABLE "access"."membership" IS 'Who belongs to a role and how that came about; a suspended account keeps its rows and loses the membership of PostgreSQL.';
CREATE VIEW "access"."account_state" AS
 SELECT "a"."id",
    "a"."login",
    "a"."full_name",
    "a"."email",
    "a"."language",
        CASE
            WHEN ("p"."oid" IS NULL) THEN 'dropped'::"text"
            WHEN (NOT "a"."enabled") THEN 'suspended'::"text"
            WHEN "p"."rolcanlogin" THEN 'login'::"text"
            ELSE 'no login'::"text"
        END AS "state",
    ARRAY( SELECT "r"."code"
           FROM ("access"."role" "r"
             LEFT JOIN "access"."membership" "m" ON ((("r"."id" = "m"."role_id") AND ("m"."account_id" = "a"."id"))))
          WHERE (("m"."account_id" IS NOT NULL) OR "access"."belongs"("a"."login", "access"."group_name"("r"."code")))
          ORDER BY "r"."code") AS "roles"
   FROM ("access"."account" "a"
     LEFT JOIN "pg_roles" "p" ON (("a"."login" = "p"."rolname")));
COMMENT ON VIEW "access"."account_state" IS 'Accounts: login, no login (taken on by the web service), suspended, or dropped when PostgreSQL has no such role any more; and their roles.';
CREATE VIEW "access"."findings" AS
 WITH "member" AS (
         SELECT "a"."id",
            "a"."login",
            "p"."oid",
            ("p"."rolsuper" OR "p"."rolbypassrls") AS "unguarded",
            ARRAY( SELECT "r"."id"
                   FROM ("access"."role" "r"
                     JOIN "pg_roles" "g" ON (("g"."rolname" = "access"."group_name"("r"."code"))))
                  WHERE "pg_has_role"("p"."oid", "g"."oid", 'usage'::"text")) AS "roles"
           FROM ("access"."account" "a"
             LEFT JOIN "pg_roles" "p" ON (("a"."login" = "p"."rolname")))
        )
 SELECT 'account'::"text" AS "kind",
    "m"."login" AS "name",
    'the PostgreSQL role was dropped'::"text" AS "finding",
    'access.create_account() makes it again, without roles.'::"text" AS "mend"
   FROM "member" "m"
  WHERE ("m"."oid" IS NULL)
UNION ALL
 SELECT 'account'::"text" AS "kind",
    "m"."login" AS "name",
    'sees every row: superuser or bypassrls'::"text" AS "finding",
    'Let people and programs work under another account.'::"text" AS "mend"
   FROM "member" "m"
  WHERE ("m"."unguarded" AND ("m"."login" <> CURRENT_USER))
UNION ALL
 SELECT 'account'::"text" AS "kind",
    "m"."login" AS "name",
    "access"."hidden_conflict"("m"."roles") AS "finding",
    'Take one of the roles away.'::"text" AS "mend"
   FROM "member" "m"
  WHERE (("m"."oid" IS NOT NULL) AND (NOT "m"."unguarded") AND ("access"."hidden_conflict"("m"."roles") IS NOT NULL))
UNION ALL
 SELECT 'account'::"text" AS "kind",
    "a"."login" AS "name",
    "format"('member of "%s" past access.grant_role()'::"text", "access"."group_name"("r"."code")) AS "finding",
    'access.grant_role() makes it known, revoke takes it back.'::"text" AS "mend"
   FROM (("access"."account" "a"
     CROSS JOIN "access"."role" "r")
     LEFT JOIN "access"."membership" "m" ON ((("a"."id" = "m"."account_id") AND ("r"."id" = "m"."role_id"))))
  WHERE ("access"."belongs"("a"."login", "access"."group_name"("r"."code")) AND (("m"."account_id" IS NULL) OR (NOT "a"."enabled")))
UNION ALL
 SELECT 'account'::"text" AS "kind",
    "a"."login" AS "name",
    "format"('not a member of "%s", which access.grant_role() gave'::"text", "access"."group_name"("r"."code")) AS "finding",
    'access.grant_role() gives it again, access.revoke_role() forgets it.'::"text" AS "mend"
   FROM ((("access"."membership" "m"
     JOIN "access"."account" "a" ON ((("m"."account_id" = "a"."id") AND "a"."enabled")))
     JOIN "pg_roles" "p" ON (("a"."login" = "p"."rolname")))
     JOIN "access"."role" "r" ON (("m"."role_id" = "r"."id")))
  WHERE (NOT "access"."belongs"("a"."login", "access"."group_name"("r"."code")))
UNION ALL
 SELECT 'role'::"text" AS "kind",
    "r"."code" AS "name",
    "format"('the group role "%s" is missing'::"text", "access"."group_name"("r"."code")) AS "finding",
    'pgears upgrade makes it; members must be granted again.'::"text" AS "mend"
   FROM "access"."role" "r"
  WHERE (NOT (EXISTS ( SELECT
           FROM "pg_roles" "g"
          WHERE ("g"."rolname" = "access"."group_name"("r"."code")))))
UNION ALL
 SELECT 'class'::"text" AS "kind",
    "meta"."class_path"("t"."class_id") AS "name",
    "format"('row security of %s was switched off'::"text", "t"."relation") AS "finding",
    'pgears upgrade switches it on.'::"text" AS "mend"
   FROM ("access"."class_relation" "t"
     JOIN "pg_class" "c" ON ((("t"."relation")::"oid" = "c"."oid")))
  WHERE (("t"."kind" = ANY (ARRAY['rows'::"text", 'archive'::"text"])) AND (NOT "c"."relrowsecurity"));
COMMENT ON VIEW "access"."findings" IS 'Accounts and roles that somebody changed past the functions of access, and what mends it.';
CREATE VIEW "access"."my_scope" AS
 SELECT "structure_id",
    "depth",
    "unit_ids"
   FROM "access"."scope" "s"
  WHERE ("login" = CURRENT_USER);
COMMENT ON VIEW "access"."my_scope" IS 'Units that the current account reaches, by structure and depth; readable by everybody, because policies read it.';
CREATE TABLE "access"."outside_group" (
    "name" "text" NOT NULL,
    "role_id" bigint NOT NULL
);
COMMENT ON TABLE "access"."outside_group" IS 'Groups of a directory by their exact names, and the roles that their members have here.';
ALTER TABLE "access"."role" ALTER COLUMN "id" ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME "access"."role_id_seq"
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
ALTER TABLE "access"."role_model" ALTER COLUMN "id" ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME "access"."role_model_id_seq"
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
ALTER TABLE "access"."role_right" ALTER COLUMN "id" ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME "access"."role_right_id_seq"
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE VIEW "access"."role_state" AS
 SELECT "id",
    "code",
    "name",
    "access"."group_name"("code") AS "group_name",
    "enabled",
    ARRAY( SELECT ("m"."code" ||
                CASE
                    WHEN "x"."enabled" THEN ''::"text"
                    ELSE ' (off)'::"text"
                END)
           FROM ("access"."role_model" "x"
             JOIN "meta"."model" "m" ON (("x"."model_id" = "m"."id")))
          WHERE ("x"."role_id" = "r"."id")
          ORDER BY "m"."code") AS "models",
    ARRAY( SELECT "a"."login"
           FROM ("access"."membership" "x"
             JOIN "access"."account" "a" ON (("x"."account_id" = "a"."id")))
          WHERE ("x"."role_id" = "r"."id")
          ORDER BY "a"."login") AS "members"
   FROM "access"."role" "r";
COMMENT ON VIEW "access"."role_state" IS 'Roles: switched on or off, everywhere and in models, and the accounts that have them.';
ALTER TABLE "access"."structure" ALTER COLUMN "id" ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME "access"."structure_id_seq"
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE VIEW "api"."file" WITH ("security_invoker"='true') AS
 SELECT "f"."id",
    "f"."uid",
    "f"."name",
    "f"."media_type",
    "f"."size",
    "f"."created",
    "f"."creator",
    "c"."content"
   FROM ("core"."file" "f"
     JOIN "core"."file_content" "c" ON (("f"."sha256" = "c"."sha256")));
COMMENT ON VIEW "api"."file" IS 'Name, type and content of files by id, as far as the reader may read a row that holds them.';
CREATE TABLE "core"."alembic_version" (
    "version_num" character varying(32) NOT NULL
);
ALTER TABLE "core"."file" ALTER COLUMN "id" ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME "core"."file_id_seq"
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
ALTER TABLE "core"."upload_piece" ALTER COLUMN "position" ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME "core"."upload_piece_position_seq"
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
ALTER TABLE "feed"."change" ALTER COLUMN "position" ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME "feed"."change_position_seq"
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE VIEW "feed"."changed_row" AS
 SELECT "c"."position",
    "c"."transaction_id",
    "c"."class_id",
    "c"."operation",
    "c"."source",
    "c"."changed",
    "r"."row_id",
    "c"."uids"["r"."ordinal"] AS "uid"
   FROM ("feed"."change" "c"
     CROSS JOIN LATERAL "unnest"("c"."row_ids") WITH ORDINALITY "r"("row_id", "ordinal"));
COMMENT ON VIEW "feed"."changed_row" IS 'Changed rows with their class and statement; uid only for deleted ones.';
ALTER TABLE "flow"."assignment" ALTER COLUMN "id" ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME "flow"."assignment_id_seq"
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
ALTER TABLE "flow"."branch" ALTER COLUMN "id" ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME "flow"."branch_id_seq"
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
ALTER TABLE "flow"."event" ALTER COLUMN "id" ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME "flow"."event_id_seq"
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE VIEW "flow"."event_status" AS
 SELECT "id",
    "code",
    "scope",
    "scope_id",
    "raised",
        CASE
            WHEN ("taken" IS NOT NULL) THEN 'taken'::"text"
            WHEN ("keep_until" > "core"."now"()) THEN 'kept'::"text"
            ELSE 'expired'::"text"
        END AS "state",
    "keep_until",
    "taken",
    "woken",
    "payload"
   FROM "flow"."event" "e";
COMMENT ON VIEW "flow"."event_status" IS 'Events with what became of them.';
CREATE TABLE "flow"."fired_date" (
    "rule_id" bigint NOT NULL,
    "position" integer NOT NULL,
    "record_id" bigint NOT NULL,
    "at" timestamp with time zone NOT NULL
);
COMMENT ON TABLE "flow"."fired_date" IS 'Offsets of rules by date that have acted, once for each record.';
ALTER TABLE "flow"."frame" ALTER COLUMN "id" ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME "flow"."frame_id_seq"
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
ALTER TABLE "flow"."instance" ALTER COLUMN "id" ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME "flow"."instance_id_seq"
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE VIEW "flow"."instance_status" AS
 SELECT "i"."id",
    (("m"."code" || '.'::"text") || "w"."code") AS "workflow",
    "i"."version",
    "i"."state",
    "flow"."state_name"("i"."state") AS "state_name",
    "i"."record_id" AS "record",
    "i"."started",
    "i"."ended",
    "i"."error",
    ( SELECT "string_agg"(("b"."step" || COALESCE(((' ('::"text" || "b"."waits_for") || ')'::"text"), ''::"text")), ', '::"text" ORDER BY "b"."id") AS "string_agg"
           FROM "flow"."branch" "b"
          WHERE ("b"."instance_id" = "i"."id")) AS "stands_at"
   FROM (("flow"."instance" "i"
     JOIN "flow"."workflow" "w" ON (("i"."workflow_id" = "w"."id")))
     JOIN "meta"."model" "m" ON (("w"."model_id" = "m"."id")));
COMMENT ON VIEW "flow"."instance_status" IS 'Instances with workflow, state and the steps at which they stand.';
ALTER TABLE "flow"."job" ALTER COLUMN "id" ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME "flow"."job_id_seq"
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE "flow"."job_log" (
    "id" bigint NOT NULL,
    "run_id" bigint NOT NULL,
    "position" integer NOT NULL,
    "step" "text" NOT NULL,
    "outcome" "text" NOT NULL,
    "at" timestamp with time zone NOT NULL,
    "detail" "text",
    CONSTRAINT "job_log_outcome_check" CHECK (("outcome" = ANY (ARRAY['done'::"text", 'failed'::"text", 'skipped'::"text", 'begun'::"text"])))
);
COMMENT ON TABLE "flow"."job_log" IS 'What became of each step of each run.';
ALTER TABLE "flow"."job_log" ALTER COLUMN "id" ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME "flow"."job_log_id_seq"
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE "flow"."job_run" (
    "id" bigint NOT NULL,
    "job_id" bigint NOT NULL,
    "slot" timestamp with time zone,
    "cause" "text" NOT NULL,
    "state" "text" NOT NULL,
    "position" integer DEFAULT 0 NOT NULL,
    "created" timestamp with time zone NOT NULL,
    "started" timestamp with time zone,
    "ended" timestamp with time zone,
    "error" "text",
    CONSTRAINT "job_run_cause_check" CHECK (("cause" = ANY (ARRAY['schedule'::"text", 'service start'::"text", 'manual'::"text", 'job'::"text"]))),
    CONSTRAINT "job_run_state_check" CHECK (("state" = ANY (ARRAY['waiting'::"text", 'running'::"text", 'done'::"text", 'failed'::"text", 'skipped'::"text", 'missed'::"text"])))
);
COMMENT ON TABLE "flow"."job_run" IS 'Runs of jobs: one row for each slot, whether it ran, was skipped because one was running, or was missed.';
COMMENT ON COLUMN "flow"."job_run"."slot" IS 'Scheduled time; null for runs that somebody started.';
COMMENT ON COLUMN "flow"."job_run"."position" IS 'Step that is being done, from 1.';
ALTER TABLE "flow"."job_run" ALTER COLUMN "id" ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME "flow"."job_run_id_seq"
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE VIEW "flow"."job_status" AS
 SELECT "j"."id",
    (COALESCE(("m"."code" || '.'::"text"), ''::"text") || "j"."code") AS "job",
    "j"."enabled",
    "j"."integration",
    ("j"."definition" ->> 'cron'::"text") AS "cron",
    COALESCE(("j"."definition" ->> 'time_zone'::"text"), 'UTC'::"text") AS "time_zone",
    "j"."next_slot",
    "r"."state" AS "last_state",
    COALESCE("r"."started", "r"."created") AS "last_run",
    "r"."error" AS "last_error"
   FROM (("flow"."job" "j"
     LEFT JOIN "meta"."model" "m" ON (("j"."model_id" = "m"."id")))
     LEFT JOIN LATERAL ( SELECT "l"."id",
            "l"."job_id",
            "l"."slot",
            "l"."cause",
            "l"."state",
            "l"."position",
            "l"."created",
            "l"."started",
            "l"."ended",
            "l"."error"
           FROM "flow"."job_run" "l"
          WHERE ("l"."job_id" = "j"."id")
          ORDER BY "l"."id" DESC
         LIMIT 1) "r" ON (true));
COMMENT ON VIEW "flow"."job_status" IS 'Jobs with their times and what became of the last run.';
ALTER TABLE "flow"."notification" ALTER COLUMN "id" ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME "flow"."notification_id_seq"
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
ALTER TABLE "flow"."rule" ALTER COLUMN "id" ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME "flow"."rule_id_seq"
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE VIEW "flow"."run_log" AS
 SELECT "id",
    "run_id" AS "run",
    "position",
    "step",
    "outcome",
    "at",
    "detail"
   FROM "flow"."job_log" "l";
COMMENT ON VIEW "flow"."run_log" IS 'Log of the steps of runs of jobs.';
CREATE VIEW "flow"."run_status" AS
 SELECT "r"."id",
    (COALESCE(("m"."code" || '.'::"text"), ''::"text") || "j"."code") AS "job",
    "r"."cause",
    "r"."slot",
    "r"."state",
    "r"."started",
    "r"."ended",
    "r"."error"
   FROM (("flow"."job_run" "r"
     JOIN "flow"."job" "j" ON (("r"."job_id" = "j"."id")))
     LEFT JOIN "meta"."model" "m" ON (("j"."model_id" = "m"."id")));
COMMENT ON VIEW "flow"."run_status" IS 'Runs of jobs: run, skipped or missed, with start, end and error.';
ALTER TABLE "flow"."script" ALTER COLUMN "id" ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME "flow"."script_id_seq"
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE VIEW "flow"."script_status" AS
 SELECT "s"."id",
    (("m"."code" || '.'::"text") || "s"."code") AS "script",
    "s"."enabled",
    "s"."integration",
    "s"."url",
    "s"."web_service",
    ("pg_get_userbyid"("p"."proowner"))::"text" AS "runs_as"
   FROM (("flow"."script" "s"
     JOIN "meta"."model" "m" ON (("s"."model_id" = "m"."id")))
     LEFT JOIN "pg_proc" "p" ON (("p"."oid" = ("to_regprocedure"("format"('data.script_%s(jsonb)'::"text", "s"."id")))::"oid")));
COMMENT ON VIEW "flow"."script_status" IS 'Scripts by code with flags and the account with whose rights each runs.';
CREATE VIEW "flow"."step_history" AS
 SELECT "id",
    "instance_id" AS "instance",
    "branch_id" AS "branch",
    "step",
    "outcome",
    "next",
    "at",
    "detail"
   FROM "flow"."step_log" "l";
COMMENT ON VIEW "flow"."step_history" IS 'What became of each step of each instance, in order of id.';
ALTER TABLE "flow"."step_log" ALTER COLUMN "id" ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME "flow"."step_log_id_seq"
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE VIEW "flow"."waiting" AS
 SELECT "instance_id" AS "instance",
    "step",
    "waits_for",
    "event_code" AS "event",
    "until",
    "since"
   FROM "flow"."branch" "b"
  WHERE ("waits_for" IS NOT NULL);
COMMENT ON VIEW "flow"."waiting" IS 'Branches that wait: for an event, timer, person, workflow or their own branches, and until when.';
ALTER TABLE "flow"."workflow" ALTER COLUMN "id" ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME "flow"."workflow_id_seq"
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE VIEW "flow"."workflow_status" AS
SELECT
    NULL::bigint AS "id",
    NULL::"text" AS "workflow",
    NULL::integer AS "version",
    NULL::boolean AS "enabled",
    NULL::bigint AS "running",
    NULL::bigint AS "paused",
    NULL::bigint AS "failed";
COMMENT ON VIEW "flow"."workflow_status" IS 'Workflows with current version and numbers of open instances.';
ALTER TABLE "mail"."account" ALTER COLUMN "id" ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME "mail"."account_id_seq"
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE VIEW "mail"."account_status" AS
 SELECT "a"."code",
    "a"."is_default",
    "a"."enabled",
    "a"."is_sink",
    "a"."host",
    "a"."port",
    "a"."tls",
    "a"."login",
    "a"."secret",
    "a"."from_address",
    "a"."from_name",
    "a"."on_unknown",
        CASE
            WHEN "a"."is_sink" THEN 'deliver'::"text"
            ELSE "g"."guard"
        END AS "guard",
        CASE
            WHEN (NOT "a"."is_sink") THEN "g"."address"
            ELSE NULL::"text"
        END AS "guard_address",
    "a"."auth",
    "a"."max_parallel",
    "a"."per_minute"
   FROM ("mail"."account" "a"
     CROSS JOIN "mail"."guard"() "g"("guard", "address"));
COMMENT ON VIEW "mail"."account_status" IS 'Mail accounts and what the guard does with their mail.';
CREATE VIEW "mail"."content" AS
 SELECT "id",
    "from_address",
    "from_name",
    "reply_to",
    "in_reply_to",
    "priority",
    "subject",
    "body",
    "html",
    ARRAY( SELECT "f"."name"
           FROM ("mail"."attachment" "t"
             JOIN "core"."file" "f" ON (("t"."file_id" = "f"."id")))
          WHERE ("t"."message_id" = "m"."id")
          ORDER BY "t"."position") AS "attachments"
   FROM "mail"."message" "m";
COMMENT ON VIEW "mail"."content" IS 'Sender, texts and names of attachments of outgoing mails.';
CREATE VIEW "mail"."driver_key" AS
 SELECT "row_number"() OVER () AS "position",
    "k"."driver",
    "k"."key",
    "k"."needed"
   FROM ( VALUES ('maildir'::"text",'path'::"text",'always'::"text"), ('imap'::"text",'host'::"text",'always'::"text"), ('imap'::"text",'port'::"text",'never'::"text"), ('imap'::"text",'tls'::"text",'never'::"text"), ('imap'::"text",'ca_file'::"text",'never'::"text"), ('imap'::"text",'login'::"text",'always'::"text"), ('imap'::"text",'secret'::"text",'with passwords'::"text"), ('imap'::"text",'push'::"text",'never'::"text"), ('ews'::"text",'url'::"text",'always'::"text"), ('ews'::"text",'address'::"text",'always'::"text"), ('ews'::"text",'login'::"text",'with passwords'::"text"), ('ews'::"text",'secret'::"text",'with passwords'::"text"), ('graph'::"text",'url'::"text",'never'::"text"), ('graph'::"text",'address'::"text",'always'::"text")) "k"("driver", "key", "needed")
UNION ALL
 SELECT (100 + "row_number"() OVER ()) AS "position",
    "d"."driver",
    "k"."key",
    "k"."needed"
   FROM (( VALUES ('imap'::"text"), ('ews'::"text"), ('graph'::"text")) "d"("driver")
     CROSS JOIN ( VALUES ('auth'::"text",'never'::"text"), ('token_url'::"text",'with tokens'::"text"), ('client_id'::"text",'with tokens'::"text"), ('client_secret'::"text",'never'::"text"), ('refresh_token'::"text",'never'::"text"), ('scope'::"text",'never'::"text"), ('secret_expires'::"text",'never'::"text"), ('source_folder'::"text",'never'::"text"), ('timeout_seconds'::"text",'never'::"text")) "k"("key", "needed"))
  WHERE (NOT (("d"."driver" = 'graph'::"text") AND ("k"."key" = 'auth'::"text")));
COMMENT ON VIEW "mail"."driver_key" IS 'Keys of mailboxes by driver: needed always, with passwords, with tokens, or never.';
ALTER TABLE "mail"."mailbox" ALTER COLUMN "id" ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME "mail"."mailbox_id_seq"
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE VIEW "mail"."mailbox_status" AS
 SELECT "b"."id",
    (("m"."code" || '.'::"text") || "b"."code") AS "mailbox",
    "meta"."class_path"("b"."class_id") AS "class",
    "b"."enabled",
    ("b"."definition" ->> 'driver'::"text") AS "driver",
    ("b"."definition" ->> 'path'::"text") AS "path",
    "b"."poll_every",
    "b"."polled",
    "b"."error",
    "r"."stored",
    "r"."done",
    "r"."skipped",
    "r"."quarantined",
    COALESCE(("b"."definition" ->> 'host'::"text"), ("b"."definition" ->> 'url'::"text"), ("b"."definition" ->> 'path'::"text"), ("b"."definition" ->> 'address'::"text")) AS "place",
    ("b"."lease_until" > "core"."now"()) AS "reading",
    ("b"."listener_until" > "core"."now"()) AS "listening",
    LEAST((("b"."definition" ->> 'secret_expires'::"text"))::"date", ("b"."token_expires")::"date") AS "secret_expires",
    (LEAST((("b"."definition" ->> 'secret_expires'::"text"))::"date", ("b"."token_expires")::"date") - ("core"."now"())::"date") AS "secret_days_left",
    ("b"."definition" ->> 'script'::"text") AS "script",
    ( SELECT "pg_get_userbyid"("p"."proowner") AS "pg_get_userbyid"
           FROM "pg_proc" "p"
          WHERE ("p"."oid" = ("to_regprocedure"((("b"."definition" ->> 'script'::"text") || '(jsonb, jsonb)'::"text")))::"oid")) AS "script_runs_as"
   FROM (("mail"."mailbox" "b"
     JOIN "meta"."model" "m" ON (("b"."model_id" = "m"."id")))
     CROSS JOIN LATERAL ( SELECT "count"(*) FILTER (WHERE ("r_1"."state" = 'stored'::"text")) AS "stored",
            "count"(*) FILTER (WHERE ("r_1"."state" = 'done'::"text")) AS "done",
            "count"(*) FILTER (WHERE ("r_1"."state" = 'skipped'::"text")) AS "skipped",
            "count"(*) FILTER (WHERE ("r_1"."state" = 'quarantined'::"text")) AS "quarantined"
           FROM "mail"."received" "r_1"
          WHERE ("r_1"."mailbox_id" = "b"."id")) "r");
COMMENT ON VIEW "mail"."mailbox_status" IS 'Mailboxes with the numbers of their messages by state and the error of the last turn.';
ALTER TABLE "mail"."message" ALTER COLUMN "id" ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME "mail"."message_id_seq"
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE VIEW "mail"."message_part" AS
 SELECT "row_number"() OVER () AS "position",
    "part",
    "kind",
    "note"
   FROM ( VALUES ('subject'::"text",'text'::"text",'Subject, decoded.'::"text"), ('from_address'::"text",'text'::"text",'Address of From, in lower case.'::"text"), ('from_name'::"text",'text'::"text",'Display name of From.'::"text"), ('reply_address'::"text",'text'::"text",'Address to answer to: Reply-To, else From; in lower case.'::"text"), ('to'::"text",'text'::"text",'Recipients, separated by semicolons.'::"text"), ('cc'::"text",'text'::"text",'Recipients of copies.'::"text"), ('date'::"text",'time'::"text",'Date of the message, else the time of arrival.'::"text"), ('received'::"text",'time'::"text",'Time of arrival here.'::"text"), ('text'::"text",'text'::"text",'Plain text; of a message that has HTML only, its text.'::"text"), ('html'::"text",'text'::"text",'HTML, when the message has it.'::"text"), ('message_id'::"text",'text'::"text",'Message-ID.'::"text"), ('in_reply_to'::"text",'text'::"text",'Message-ID of the message answered.'::"text"), ('references'::"text",'text'::"text",'Message-IDs of the messages before it.'::"text"), ('attachments'::"text",'files'::"text",'All parts that are not the text, as files.'::"text"), ('raw'::"text",'files'::"text",'The whole message as a file.'::"text")) "p"("part", "kind", "note");
COMMENT ON VIEW "mail"."message_part" IS 'Parts of a received message that the mapping of a mailbox may name.';
CREATE VIEW "mail"."message_status" AS
 SELECT "m"."id",
    "m"."state",
    "m"."created",
    "r"."recipients",
    (("r"."sent" || '/'::"text") || "r"."total") AS "delivered",
    "m"."subject",
    "m"."error",
    "a"."code" AS "account",
    "m"."message_id",
    "m"."attempts",
    "m"."attempted",
    "m"."settled",
    "meta"."class_path"("m"."class_id") AS "class",
    "m"."row_id",
    "m"."creator",
    "m"."correlation"
   FROM (("mail"."message" "m"
     JOIN "mail"."account" "a" ON (("m"."account_id" = "a"."id")))
     CROSS JOIN LATERAL ( SELECT "string_agg"("r_1"."address", '; '::"text" ORDER BY "r_1"."position") FILTER (WHERE ("r_1"."kind" <> 'audit'::"text")) AS "recipients",
            "count"(*) FILTER (WHERE ("r_1"."state" = 'sent'::"text")) AS "sent",
            "count"(*) AS "total"
           FROM "mail"."recipient" "r_1"
          WHERE ("r_1"."message_id" = "m"."id")) "r");
COMMENT ON VIEW "mail"."message_status" IS 'Outgoing mails with their state, recipients, and the error that keeps them.';
COMMENT ON COLUMN "mail"."message_status"."delivered" IS 'Recipients that have it and all recipients, audit copies included.';
ALTER TABLE "mail"."received" ALTER COLUMN "id" ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME "mail"."received_id_seq"
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE VIEW "mail"."received_status" AS
 SELECT "r"."id",
    (("m"."code" || '.'::"text") || "b"."code") AS "mailbox",
    "r"."key",
    "r"."state",
    "r"."received",
    "r"."from_address",
    "r"."subject",
    "r"."reason",
    "r"."error",
    "meta"."class_path"("r"."class_id") AS "class",
    "r"."row_id",
    "r"."message_id",
    "octet_length"("r"."raw") AS "size",
    "r"."settled"
   FROM (("mail"."received" "r"
     JOIN "mail"."mailbox" "b" ON (("r"."mailbox_id" = "b"."id")))
     JOIN "meta"."model" "m" ON (("b"."model_id" = "m"."id")));
COMMENT ON VIEW "mail"."received_status" IS 'Received messages with their state, the reason of a skipped and the error of a quarantined one.';
ALTER TABLE "mail"."recipient_group" ALTER COLUMN "id" ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME "mail"."recipient_group_id_seq"
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE VIEW "mail"."recipient_status" AS
 SELECT "message_id",
    "position",
    "kind",
    "address",
    "name",
    "state",
    "delivered_to",
    "code",
    "answer",
    "settled"
   FROM "mail"."recipient" "r";
COMMENT ON VIEW "mail"."recipient_status" IS 'Recipients of outgoing mails with state and answer.';
CREATE VIEW "meta"."api_view_status" AS
 SELECT "name",
    "kind",
    "object",
    "state",
    "difference"
   FROM "meta"."api_view_states"() "s"("name", "kind", "object", "object_id", "state", "difference", "stamp", "context");
COMMENT ON VIEW "meta"."api_view_status" IS 'API views that are current, stale, missing, altered by hand, or orphaned, with the columns that renewing would change.';
ALTER TABLE "meta"."class_column" ALTER COLUMN "id" ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME "meta"."class_column_id_seq"
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
ALTER TABLE "meta"."class" ALTER COLUMN "id" ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME "meta"."class_id_seq"
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
ALTER TABLE "meta"."class_key" ALTER COLUMN "id" ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME "meta"."class_key_id_seq"
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE "meta"."dropped_column" (
    "column_id" bigint,
    "class_id" bigint NOT NULL,
    "physical" "text" NOT NULL,
    "dropped" timestamp with time zone DEFAULT "now"() NOT NULL
);
COMMENT ON TABLE "meta"."dropped_column" IS 'Physical columns whose definition is gone but which an API view may still show; swept when the view is renewed.';
ALTER TABLE "meta"."model" ALTER COLUMN "id" ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME "meta"."model_id_seq"
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE VIEW "meta"."model_summary" AS
 SELECT "code",
    "name",
    "languages",
    ( SELECT "count"(*) AS "count"
           FROM "meta"."class" "c"
          WHERE ("c"."model_id" = "m"."id")) AS "classes",
    ( SELECT "count"(*) AS "count"
           FROM ("meta"."class_column" "k"
             JOIN "meta"."class" "c" ON (("k"."class_id" = "c"."id")))
          WHERE ("c"."model_id" = "m"."id")) AS "columns",
    ( SELECT "count"(*) AS "count"
           FROM "meta"."query" "q"
          WHERE ("q"."model_id" = "m"."id")) AS "queries",
    ( SELECT "count"(*) AS "count"
           FROM "meta"."api_view_states"("m"."code") "s"("name", "kind", "object", "object_id", "state", "difference", "stamp", "context")
          WHERE ("s"."state" <> ALL (ARRAY['current'::"text", 'orphaned'::"text"]))) AS "views_to_renew"
   FROM "meta"."model" "m";
COMMENT ON VIEW "meta"."model_summary" IS 'Models with the numbers of their classes, columns and queries, and of API views that wait for renewal.';
ALTER TABLE "meta"."query" ALTER COLUMN "id" ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME "meta"."query_id_seq"
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE VIEW "meta"."value_kind" AS
 SELECT "kind",
    "phrase",
    ("test")::"jsonpath" AS "test",
    ("schema")::"jsonb" AS "schema"
   FROM ( VALUES ('text'::"text",'a text'::"text",'$.type() == "string"'::"text",'{"type": "string"}'::"text"), ('code'::"text",'a code (a-z, 0-9, "_", "-", beginning with a letter)'::"text",'strict $.type() == "string" && $ like_regex "^[a-z][a-z0-9_-]*$"'::"text",'{"type": "string", "pattern": "^[a-z][a-z0-9_-]*$"}'::"text"), ('class'::"text",'the code of a class, or model.class'::"text",'strict $.type() == "string" && $ like_regex "^[a-z][a-z0-9_-]*([.][a-z][a-z0-9_-]*)?$"'::"text",'{"type": "string", "pattern": "^[a-z][a-z0-9_-]*([.][a-z][a-z0-9_-]*)?$"}'::"text"), ('path'::"text",'a code, or model.code'::"text",'strict $.type() == "string" && $ like_regex "^[a-z][a-z0-9_-]*([.][a-z][a-z0-9_-]*)?$"'::"text",'{"type": "string", "pattern": "^[a-z][a-z0-9_-]*([.][a-z][a-z0-9_-]*)?$"}'::"text"), ('texts'::"text",'a text, or texts by language such as {en: Name, de: Name}'::"text",'strict $.type() == "string" || ($.type() == "object" && !exists ($.* ? (@.type() <> "string")))'::"text",'{"type": ["string", "object"], "additionalProperties": {"type": "string"}}'::"text"), ('integer'::"text",'a whole number'::"text",'strict $.type() == "number" && $.floor() == $'::"text",'{"type": "integer"}'::"text"), ('boolean'::"text",'true or false'::"text",'strict $.type() == "boolean"'::"text",'{"type": "boolean"}'::"text"), ('literal'::"text",'a text, a number, true or false'::"text",'strict $.type() == "string" || $.type() == "number" || $.type() == "boolean"'::"text",'{"type": ["string", "number", "boolean"]}'::"text"), ('list'::"text",'a list of texts such as [one, two]'::"text",'strict $.type() == "array" && !exists ($[*] ? (@.type() <> "string"))'::"text",'{"type": "array", "items": {"type": "string"}}'::"text"), ('keys'::"text",'a list of lists of column codes such as [[email], [name, city]]'::"text",'strict $.type() == "array" && !exists ($[*] ? (@.type() <> "array" || @.size() == 0)) && !exists ($[*][*] ? (@.type() <> "string"))'::"text",'{"type": "array", "items": {"type": "array", "minItems": 1, "items": {"type": "string"}}}'::"text"), ('mapping'::"text",'a list of pairs such as {subject: title}'::"text",'strict $.type() == "object" && !exists ($.* ? (@.type() <> "string"))'::"text",'{"type": "object", "additionalProperties": {"type": "string"}}'::"text"), ('values'::"text",'a list of pairs of a code and a text, a number, true or false'::"text",'strict $.type() == "null" || ($.type() == "object" && !exists ($.* ? (@.type() == "array" || @.type() == "object" || @.type() == "null")))'::"text",'{"type": ["object", "null"], "additionalProperties": {"type": ["string", "number", "boolean"]}}'::"text"), ('section'::"text",'definitions by code'::"text",'strict $.type() == "null" || ($.type() == "object" && !exists ($.* ? (@.type() <> "object")))'::"text",'{"type": ["object", "null"]}'::"text"), ('filters'::"text",'values by class and column such as {ticket: {region: [north, east]}}'::"text",'strict $.type() == "object" && !exists ($.* ? (@.type() <> "object")) && !exists ($.*.* ? (@.type() == "object" || @.type() == "null"))'::"text",'{"type": "object", "additionalProperties": {"type": "object", "additionalProperties": {"type": ["string", "number", "boolean", "array"]}}}'::"text"), ('steps'::"text",'steps by code, each with its kind'::"text",'strict $.type() == "object" && exists ($.*) && !exists ($.* ? (@.type() <> "object")) && !exists ($.* ? (!exists (@.kind)))'::"text",'{"type": "object", "minProperties": 1, "additionalProperties": {"type": "object", "required": ["kind"]}}'::"text"), ('entries'::"text",'a list of definitions'::"text",'strict $.type() == "array" && !exists ($[*] ? (@.type() <> "object"))'::"text",'{"type": "array", "items": {"type": "object"}}'::"text"), ('later'::"text",'left empty in this version'::"text",'strict $.type() == "null" || ($.type() == "object" && !exists ($.*))'::"text",'{"type": ["object", "null"], "maxProperties": 0}'::"text")) "v"("kind", "phrase", "test", "schema");
COMMENT ON VIEW "meta"."value_kind" IS 'Kinds of values that the keys of meta.vocabulary take, with a test in jsonpath and a JSON Schema.';
CREATE TABLE "queue"."dead" (
    "id" bigint NOT NULL,
    "kind" "text" NOT NULL,
    "payload" "jsonb" NOT NULL,
    "lane" smallint NOT NULL,
    "attempts" integer NOT NULL,
    "error" "text" NOT NULL,
    "created" timestamp with time zone NOT NULL,
    "died" timestamp with time zone DEFAULT "now"() NOT NULL,
    "runner" "uuid",
    "correlation" "uuid",
    "key" "text"
);
COMMENT ON TABLE "queue"."dead" IS 'Tasks that gave up, with their last error; queue.redrive() makes them ready again.';
CREATE VIEW "queue"."blocked_key" AS
 SELECT "b"."kind",
    "b"."key",
    "b"."blocked",
    "h"."id" AS "head",
    "h"."state" AS "head_state",
    "h"."error" AS "head_error"
   FROM (( SELECT "t"."kind",
            "t"."key",
            "count"(*) AS "blocked"
           FROM "queue"."task" "t"
          WHERE (("t"."key" IS NOT NULL) AND ("t"."state" = 'blocked'::"text"))
          GROUP BY "t"."kind", "t"."key") "b"
     LEFT JOIN LATERAL ( SELECT "x"."id",
            "x"."state",
            "x"."error"
           FROM ( SELECT "d"."id",
                    'dead'::"text" AS "state",
                    "d"."error"
                   FROM "queue"."dead" "d"
                  WHERE (("d"."kind" = "b"."kind") AND ("d"."key" = "b"."key"))
                UNION ALL
                 SELECT "t"."id",
                    "t"."state",
                    "t"."error"
                   FROM "queue"."task" "t"
                  WHERE (("t"."kind" = "b"."kind") AND ("t"."key" = "b"."key") AND ("t"."state" <> 'blocked'::"text"))) "x"
          ORDER BY "x"."id"
         LIMIT 1) "h" ON (true));
COMMENT ON VIEW "queue"."blocked_key" IS 'Keys that tasks wait behind: number of those, and the task that is first, with its error.';
CREATE TABLE "queue"."finished" (
    "id" bigint NOT NULL,
    "kind" "text" NOT NULL,
    "payload" "jsonb" NOT NULL,
    "lane" smallint NOT NULL,
    "attempts" integer NOT NULL,
    "outcome" "text" NOT NULL,
    "created" timestamp with time zone NOT NULL,
    "finished" timestamp with time zone DEFAULT "now"() NOT NULL,
    "runner" "uuid",
    "correlation" "uuid",
    CONSTRAINT "finished_outcome_check" CHECK (("outcome" = ANY (ARRAY['done'::"text", 'cancelled'::"text"])))
)
PARTITION BY RANGE ("finished");
COMMENT ON TABLE "queue"."finished" IS 'Tasks that are done or were cancelled; a partition a day, dropped when old.';
CREATE TABLE "queue"."finished_default" (
    "id" bigint CONSTRAINT "finished_id_not_null" NOT NULL,
    "kind" "text" CONSTRAINT "finished_kind_not_null" NOT NULL,
    "payload" "jsonb" CONSTRAINT "finished_payload_not_null" NOT NULL,
    "lane" smallint CONSTRAINT "finished_lane_not_null" NOT NULL,
    "attempts" integer CONSTRAINT "finished_attempts_not_null" NOT NULL,
    "outcome" "text" CONSTRAINT "finished_outcome_not_null" NOT NULL,
    "created" timestamp with time zone CONSTRAINT "finished_created_not_null" NOT NULL,
    "finished" timestamp with time zone DEFAULT "now"() CONSTRAINT "finished_finished_not_null" NOT NULL,
    "runner" "uuid",
    "correlation" "uuid",
    CONSTRAINT "finished_outcome_check" CHECK (("outcome" = ANY (ARRAY['done'::"text", 'cancelled'::"text"])))
);
CREATE VIEW "queue"."runner_status" AS
 SELECT "name",
    "id",
    "started",
    "seen",
        CASE
            WHEN ("lease_until" < "core"."now"()) THEN 'lost'::"text"
            WHEN "asleep" THEN 'asleep'::"text"
            ELSE 'awake'::"text"
        END AS "state",
    "listening",
    ( SELECT "count"(*) AS "count"
           FROM "queue"."task" "t"
          WHERE (("t"."state" = 'leased'::"text") AND ("t"."runner" = "r"."id"))) AS "holds"
   FROM "queue"."runner" "r"
  ORDER BY "name", "started";
COMMENT ON VIEW "queue"."runner_status" IS 'Runners: awake, asleep or lost, whether they hear the doorbell, how many tasks they hold.';
COMMENT ON COLUMN "queue"."runner_status"."listening" IS 'deaf: it polls; LISTEN wants a connection past the pooler, PGEARS_DATABASE_DIRECT_URL.';
CREATE TABLE "queue"."slot" (
    "kind" "text" NOT NULL,
    "task_id" bigint NOT NULL,
    "token" "uuid" NOT NULL,
    "at" timestamp with time zone NOT NULL
);
COMMENT ON TABLE "queue"."slot" IS 'Tasks of kinds with limits that run, or began within the interval of their rate.';
CREATE VIEW "queue"."status" AS
 WITH "waiting" AS (
         SELECT "t"."kind",
            "count"(*) FILTER (WHERE ("t"."state" = 'ready'::"text")) AS "ready",
            "count"(*) FILTER (WHERE ("t"."state" = 'delayed'::"text")) AS "delayed",
            "count"(*) FILTER (WHERE ("t"."state" = 'leased'::"text")) AS "leased",
            ("now"() - "min"("t"."created") FILTER (WHERE ("t"."state" = 'ready'::"text"))) AS "oldest"
           FROM "queue"."task" "t"
          GROUP BY "t"."kind"
        ), "dead" AS (
         SELECT "d_1"."kind",
            "count"(*) AS "dead"
           FROM "queue"."dead" "d_1"
          GROUP BY "d_1"."kind"
        ), "done" AS (
         SELECT "f_1"."kind",
            "count"(*) AS "done"
           FROM "queue"."finished" "f_1"
          WHERE (("f_1"."finished" > ("now"() - '01:00:00'::interval)) AND ("f_1"."outcome" = 'done'::"text"))
          GROUP BY "f_1"."kind"
        )
 SELECT "kind",
    COALESCE("w"."ready", (0)::bigint) AS "ready",
    COALESCE("w"."delayed", (0)::bigint) AS "delayed",
    COALESCE("w"."leased", (0)::bigint) AS "leased",
    COALESCE("d"."dead", (0)::bigint) AS "dead",
    "w"."oldest",
    COALESCE("f"."done", (0)::bigint) AS "done_last_hour"
   FROM ((("queue"."kind" "k"
     FULL JOIN "waiting" "w" USING ("kind"))
     FULL JOIN "dead" "d" USING ("kind"))
     FULL JOIN "done" "f" USING ("kind"))
  ORDER BY "kind";
COMMENT ON VIEW "queue"."status" IS 'Per kind: tasks ready, delayed, leased and dead, age of the oldest ready one, done in the last hour.';
COMMENT ON COLUMN "queue"."status"."done_last_hour" IS 'Of kinds that keep finished tasks.';
ALTER TABLE "queue"."task" ALTER COLUMN "id" ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME "queue"."task_id_seq"
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE VIEW "queue"."task_list" AS
 SELECT "t"."id",
    "t"."kind",
    "t"."state",
    "t"."lane",
    "t"."attempts",
    "t"."created",
    "t"."due" AS "at",
    ( SELECT "r"."name"
           FROM "queue"."runner" "r"
          WHERE ("r"."id" = "t"."runner")) AS "runner",
    "t"."error",
    "t"."correlation",
    "t"."payload"
   FROM "queue"."task" "t"
UNION ALL
 SELECT "d"."id",
    "d"."kind",
    'dead'::"text" AS "state",
    "d"."lane",
    "d"."attempts",
    "d"."created",
    "d"."died" AS "at",
    ( SELECT "r"."name"
           FROM "queue"."runner" "r"
          WHERE ("r"."id" = "d"."runner")) AS "runner",
    "d"."error",
    "d"."correlation",
    "d"."payload"
   FROM "queue"."dead" "d"
UNION ALL
 SELECT "f"."id",
    "f"."kind",
    "f"."outcome" AS "state",
    "f"."lane",
    "f"."attempts",
    "f"."created",
    "f"."finished" AS "at",
    ( SELECT "r"."name"
           FROM "queue"."runner" "r"
          WHERE ("r"."id" = "f"."runner")) AS "runner",
    NULL::"text" AS "error",
    "f"."correlation",
    "f"."payload"
   FROM "queue"."finished" "f";
COMMENT ON VIEW "queue"."task_list" IS 'Tasks that are ready, delayed, blocked, leased, dead, done or cancelled.';
COMMENT ON COLUMN "queue"."task_list"."at" IS 'When it is due, died or was finished.';
COMMENT ON COLUMN "queue"."task_list"."runner" IS 'Name of the runner that has or had it, while that is registered.';
CREATE TABLE "replica"."conflict" (
    "id" bigint NOT NULL,
    "subscription_id" bigint NOT NULL,
    "class_id" bigint NOT NULL,
    "uid" "uuid" NOT NULL,
    "kind" "text" NOT NULL,
    "state" "text" NOT NULL,
    "found" timestamp with time zone NOT NULL,
    "old" "jsonb",
    "current" "jsonb",
    "incoming" "jsonb" NOT NULL,
    "columns" "text"[] NOT NULL,
    "reason" "text",
    "resolution" "text",
    "resolved" timestamp with time zone,
    "resolver" "text",
    CONSTRAINT "conflict_kind_check" CHECK (("kind" = ANY (ARRAY['conflict'::"text", 'refused'::"text"]))),
    CONSTRAINT "conflict_state_check" CHECK (("state" = ANY (ARRAY['open'::"text", 'resolved'::"text"])))
);
COMMENT ON TABLE "replica"."conflict" IS 'Rows changed on both sides since their last common state, and rows that this instance refused.';
COMMENT ON COLUMN "replica"."conflict"."old" IS 'Last common values, from the archive of the class if it keeps one.';
COMMENT ON COLUMN "replica"."conflict"."incoming" IS 'The row as the peer sent it.';
COMMENT ON COLUMN "replica"."conflict"."columns" IS 'Columns that the peer sent.';
COMMENT ON COLUMN "replica"."conflict"."resolution" IS 'newer, source, target or superseded; who won.';
ALTER TABLE "replica"."conflict" ALTER COLUMN "id" ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME "replica"."conflict_id_seq"
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE VIEW "replica"."conflict_status" AS
 SELECT "c"."id",
    (("m"."code" || '.'::"text") || "s"."code") AS "subscription",
    "n"."path" AS "class",
    "c"."uid",
    "c"."kind",
    "c"."state",
    "c"."found",
    "c"."reason",
        CASE
            WHEN "a"."reads" THEN "d"."differences"
            ELSE NULL::"jsonb"
        END AS "differences",
        CASE
            WHEN "a"."reads" THEN "c"."old"
            ELSE NULL::"jsonb"
        END AS "old",
        CASE
            WHEN "a"."reads" THEN "c"."current"
            ELSE NULL::"jsonb"
        END AS "current",
        CASE
            WHEN "a"."reads" THEN "c"."incoming"
            ELSE NULL::"jsonb"
        END AS "incoming",
    "c"."resolution",
    "c"."resolved",
    "c"."resolver"
   FROM ((((("replica"."conflict" "c"
     JOIN "replica"."subscription" "s" ON (("c"."subscription_id" = "s"."id")))
     JOIN "meta"."model" "m" ON (("s"."model_id" = "m"."id")))
     JOIN "meta"."class_name" "n" ON (("c"."class_id" = "n"."id")))
     CROSS JOIN LATERAL ( SELECT "replica"."may_read"("access"."current_account"(), "n"."path") AS "reads") "a")
     CROSS JOIN LATERAL ( SELECT "jsonb_object_agg"("k"."code", "jsonb_build_object"('old', ("c"."old" -> "k"."code"), 'current', ("c"."current" -> "k"."code"), 'incoming', ("c"."incoming" -> "k"."code"))) AS "differences"
           FROM "unnest"("array_append"("c"."columns", '@deleted'::"text")) "k"("code")
          WHERE (("c"."current" -> "k"."code") IS DISTINCT FROM ("c"."incoming" -> "k"."code"))) "d");
COMMENT ON VIEW "replica"."conflict_status" IS 'Rows changed on both sides (conflict) or not accepted here (refused), with old, current and incoming values.';
CREATE TABLE "replica"."instance" (
    "id" boolean DEFAULT true NOT NULL,
    "code" "text" NOT NULL,
    CONSTRAINT "instance_id_check" CHECK ("id")
);
COMMENT ON TABLE "replica"."instance" IS 'One row once this instance replicates: the code under which its writes are counted everywhere. Two instances must not share one.';
ALTER TABLE "replica"."peer" ALTER COLUMN "id" ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME "replica"."peer_id_seq"
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE "replica"."pending" (
    "class_id" bigint NOT NULL,
    "uid" "uuid" NOT NULL,
    "column_id" bigint NOT NULL,
    "value" "jsonb" NOT NULL
);
COMMENT ON TABLE "replica"."pending" IS 'References whose targets have not arrived: the column shows what is there, the value holds all.';
CREATE VIEW "replica"."reader_status" AS
 SELECT "r"."code" AS "reader",
    "r"."login",
    "r"."instance",
    ARRAY( SELECT "c"."path"
           FROM "jsonb_object_keys"("r"."classes") "c"("path")
          ORDER BY "c"."path") AS "classes",
    ((("f"."transaction_id")::"text" || '/'::"text") || "f"."position") AS "position",
    "f"."advanced"
   FROM ("replica"."reader" "r"
     JOIN "feed"."consumer" "f" ON (("f"."code" = ('replica:'::"text" || "r"."code"))));
COMMENT ON VIEW "replica"."reader_status" IS 'Readings of other instances; drop one that will not come back with replica.drop_reader(), or the feed is kept for it.';
CREATE TABLE "replica"."row_state" (
    "class_id" bigint NOT NULL,
    "uid" "uuid" NOT NULL,
    "version" bigint NOT NULL,
    "vector" "jsonb" NOT NULL,
    "stamp" timestamp with time zone NOT NULL,
    "origin" "text" NOT NULL,
    "merged" boolean DEFAULT false NOT NULL,
    "gone" boolean DEFAULT false NOT NULL
);
COMMENT ON TABLE "replica"."row_state" IS 'Of rows that came from a peer, whose writes they hold. A row without one was written here alone; one of a later version was written here since.';
COMMENT ON COLUMN "replica"."row_state"."version" IS 'Version of the row when this was noted.';
COMMENT ON COLUMN "replica"."row_state"."vector" IS 'Number of writes by instance: a row covers another when it has at least as many of each.';
COMMENT ON COLUMN "replica"."row_state"."stamp" IS 'Time of the last write, later than those of all writes that it covers.';
COMMENT ON COLUMN "replica"."row_state"."origin" IS 'Instance of the last write.';
COMMENT ON COLUMN "replica"."row_state"."merged" IS 'Whether two rows that did not cover each other became this one.';
COMMENT ON COLUMN "replica"."row_state"."gone" IS 'Whether the row was physically deleted.';
CREATE VIEW "replica"."status" AS
 SELECT "s"."id",
    (("m"."code" || '.'::"text") || "s"."code") AS "subscription",
    "s"."peer",
    "s"."instance",
        CASE
            WHEN (NOT "s"."enabled") THEN 'off'::"text"
            WHEN ("p"."code" IS NULL) THEN 'no peer'::"text"
            WHEN ("s"."error" IS NOT NULL) THEN 'failing'::"text"
            WHEN ("s"."transaction_id" IS NULL) THEN 'new'::"text"
            WHEN ("c"."copying" IS NOT NULL) THEN 'copying'::"text"
            ELSE 'streaming'::"text"
        END AS "state",
    "s"."policy" AS "conflict",
    "c"."classes",
    "c"."copying",
    (((("s"."transaction_id")::"text" || '/'::"text") || "s"."position") ||
        CASE
            WHEN ("s"."piece" > 0) THEN ('/'::"text" || "s"."piece")
            ELSE ''::"text"
        END) AS "position",
    "s"."applied",
    "s"."behind" AS "lag_rows",
    "round"(EXTRACT("epoch" FROM ("core"."now"() - "s"."caught_up")), 3) AS "lag_seconds",
    "f"."conflicts",
    "f"."refused",
    "w"."waiting",
    "c"."unknown",
    "c"."missing",
    "s"."contacted",
    "s"."caught_up",
    "s"."failed",
    "s"."error"
   FROM ((((("replica"."subscription" "s"
     JOIN "meta"."model" "m" ON (("s"."model_id" = "m"."id")))
     LEFT JOIN "replica"."peer" "p" ON (("s"."peer" = "p"."code")))
     CROSS JOIN LATERAL ( SELECT "array_agg"("meta"."class_path"("k"."class_id") ORDER BY "k"."position") AS "classes",
            ("array_agg"("meta"."class_path"("k"."class_id") ORDER BY "k"."position") FILTER (WHERE ("k"."copied_to" IS NOT NULL)))[1] AS "copying",
            COALESCE("jsonb_object_agg"("meta"."class_path"("k"."class_id"), "k"."unknown") FILTER (WHERE ("k"."unknown" <> '{}'::"text"[])), '{}'::"jsonb") AS "unknown",
            COALESCE("jsonb_object_agg"("meta"."class_path"("k"."class_id"), "k"."missing") FILTER (WHERE ("k"."missing" <> '{}'::"text"[])), '{}'::"jsonb") AS "missing"
           FROM "replica"."subscribed_class" "k"
          WHERE ("k"."subscription_id" = "s"."id")) "c")
     CROSS JOIN LATERAL ( SELECT "count"(*) FILTER (WHERE ("o"."kind" = 'conflict'::"text")) AS "conflicts",
            "count"(*) FILTER (WHERE ("o"."kind" = 'refused'::"text")) AS "refused"
           FROM "replica"."conflict" "o"
          WHERE (("o"."subscription_id" = "s"."id") AND ("o"."state" = 'open'::"text"))) "f")
     CROSS JOIN LATERAL ( SELECT "count"(*) AS "waiting"
           FROM "replica"."pending" "g"
          WHERE ("g"."class_id" IN ( SELECT "k"."class_id"
                   FROM "replica"."subscribed_class" "k"
                  WHERE ("k"."subscription_id" = "s"."id")))) "w");
COMMENT ON VIEW "replica"."status" IS 'Subscriptions with position, lag in rows and seconds, open conflicts, references that wait, and the last error.';
ALTER TABLE "replica"."subscription" ALTER COLUMN "id" ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME "replica"."subscription_id_seq"
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
ALTER TABLE ONLY "queue"."finished" ATTACH PARTITION "queue"."finished_default" DEFAULT;
ALTER TABLE ONLY "meta"."class_column"
    ADD CONSTRAINT "class_column_pkey" PRIMARY KEY ("id");
CREATE FUNCTION "meta"."column_definition"("p_column" bigint) RETURNS "jsonb"
    LANGUAGE "sql" STABLE
    BEGIN ATOMIC
 SELECT (("k"."definition" || "jsonb_build_object"('type', "k"."type")) ||
         CASE
             WHEN ("count"("t"."class_id") > 1) THEN "jsonb_build_object"('classes', "jsonb_agg"("meta"."class_path"("t"."class_id") ORDER BY "t"."position"))
             WHEN ("count"("t"."class_id") = 1) THEN "jsonb_build_object"('class', "min"("meta"."class_path"("t"."class_id")))
             ELSE '{}'::"jsonb"
         END)
    FROM ("meta"."class_column" "k"
      LEFT JOIN "meta"."column_target" "t" ON (("k"."id" = "t"."column_id")))
   WHERE ("k"."id" = "column_definition"."p_column")
   GROUP BY "k"."id";
END;
COMMENT ON FUNCTION "meta"."column_definition"("p_column" bigint) IS 'Definition of a column; classes are model.class.';
CREATE FUNCTION "meta"."column_target_table"("p_column" bigint) RETURNS "text"
    LANGUAGE "sql" STABLE
    BEGIN ATOMIC
 SELECT
         CASE
             WHEN ("k"."type" = 'file'::"text") THEN 'core.file'::"text"
             WHEN ("k"."type" = 'class'::"text") THEN 'meta.class'::"text"
             WHEN ("k"."type" <> 'reference'::"text") THEN NULL::"text"
             WHEN (("k"."definition" ->> 'target'::"text") = 'user'::"text") THEN 'access.account'::"text"
             WHEN ("count"("t"."class_id") = 1) THEN "meta"."link_target"("min"("t"."class_id"))
             ELSE NULL::"text"
         END AS "case"
    FROM ("meta"."class_column" "k"
      LEFT JOIN "meta"."column_target" "t" ON (("k"."id" = "t"."column_id")))
   WHERE ("k"."id" = "column_target_table"."p_column")
   GROUP BY "k"."id";
END;
COMMENT ON FUNCTION "meta"."column_target_table"("p_column" bigint) IS 'Table that a reference, file or class column points to; null for other types and for references to several classes.';
ALTER TABLE ONLY "access"."account"
    ADD CONSTRAINT "account_login_key" UNIQUE ("login");
ALTER TABLE ONLY "access"."account"
    ADD CONSTRAINT "account_pkey" PRIMARY KEY ("id");
ALTER TABLE ONLY "access"."closure"
    ADD CONSTRAINT "closure_pkey" PRIMARY KEY ("structure_id", "ancestor", "descendant");
ALTER TABLE ONLY "access"."member"
    ADD CONSTRAINT "member_pkey" PRIMARY KEY ("structure_id", "unit", "account_id");
ALTER TABLE ONLY "access"."membership"
    ADD CONSTRAINT "membership_pkey" PRIMARY KEY ("account_id", "role_id");
ALTER TABLE ONLY "access"."outside_group"
    ADD CONSTRAINT "outside_group_pkey" PRIMARY KEY ("name", "role_id");
ALTER TABLE ONLY "access"."role"
    ADD CONSTRAINT "role_code_key" UNIQUE ("code");
ALTER TABLE ONLY "access"."role_model"
    ADD CONSTRAINT "role_model_id_key" UNIQUE ("id");
ALTER TABLE ONLY "access"."role_model"
    ADD CONSTRAINT "role_model_pkey" PRIMARY KEY ("role_id", "model_id");
ALTER TABLE ONLY "access"."role"
    ADD CONSTRAINT "role_pkey" PRIMARY KEY ("id");
ALTER TABLE ONLY "access"."role_right"
    ADD CONSTRAINT "role_right_pkey" PRIMARY KEY ("id");
ALTER TABLE ONLY "access"."scope"
    ADD CONSTRAINT "scope_pkey" PRIMARY KEY ("login", "structure_id", "depth");
ALTER TABLE ONLY "access"."structure"
    ADD CONSTRAINT "structure_model_id_code_key" UNIQUE ("model_id", "code");
ALTER TABLE ONLY "access"."structure"
    ADD CONSTRAINT "structure_pkey" PRIMARY KEY ("id");
ALTER TABLE ONLY "core"."alembic_version"
    ADD CONSTRAINT "alembic_version_pkc" PRIMARY KEY ("version_num");
ALTER TABLE ONLY "core"."clock"
    ADD CONSTRAINT "clock_pkey" PRIMARY KEY ("id");
ALTER TABLE ONLY "core"."file_content"
    ADD CONSTRAINT "file_content_pkey" PRIMARY KEY ("sha256");
ALTER TABLE ONLY "core"."file"
    ADD CONSTRAINT "file_pkey" PRIMARY KEY ("id");
ALTER TABLE ONLY "core"."file"
    ADD CONSTRAINT "file_uid_key" UNIQUE ("uid");
ALTER TABLE ONLY "core"."parameter"
    ADD CONSTRAINT "parameter_pkey" PRIMARY KEY ("code");
ALTER TABLE ONLY "core"."seal"
    ADD CONSTRAINT "seal_pkey" PRIMARY KEY ("id");
ALTER TABLE ONLY "core"."setting"
    ADD CONSTRAINT "setting_pkey" PRIMARY KEY ("code");
ALTER TABLE ONLY "core"."upload_piece"
    ADD CONSTRAINT "upload_piece_pkey" PRIMARY KEY ("upload", "position");
ALTER TABLE ONLY "feed"."change"
    ADD CONSTRAINT "change_pkey" PRIMARY KEY ("transaction_id", "position");
ALTER TABLE ONLY "feed"."consumer"
    ADD CONSTRAINT "consumer_pkey" PRIMARY KEY ("code");
ALTER TABLE ONLY "flow"."assignment"
    ADD CONSTRAINT "assignment_pkey" PRIMARY KEY ("id");
ALTER TABLE ONLY "flow"."branch"
    ADD CONSTRAINT "branch_pkey" PRIMARY KEY ("id");
ALTER TABLE ONLY "flow"."event"
    ADD CONSTRAINT "event_pkey" PRIMARY KEY ("id");
ALTER TABLE ONLY "flow"."fired_date"
    ADD CONSTRAINT "fired_date_pkey" PRIMARY KEY ("rule_id", "position", "record_id");
ALTER TABLE ONLY "flow"."frame"
    ADD CONSTRAINT "frame_model_id_code_key" UNIQUE ("model_id", "code");
ALTER TABLE ONLY "flow"."frame"
    ADD CONSTRAINT "frame_pkey" PRIMARY KEY ("id");
ALTER TABLE ONLY "flow"."instance"
    ADD CONSTRAINT "instance_pkey" PRIMARY KEY ("id");
ALTER TABLE ONLY "flow"."job_log"
    ADD CONSTRAINT "job_log_pkey" PRIMARY KEY ("id");
ALTER TABLE ONLY "flow"."job"
    ADD CONSTRAINT "job_model_id_code_key" UNIQUE NULLS NOT DISTINCT ("model_id", "code");
ALTER TABLE ONLY "flow"."job"
    ADD CONSTRAINT "job_pkey" PRIMARY KEY ("id");
ALTER TABLE ONLY "flow"."job_run"
    ADD CONSTRAINT "job_run_job_id_cause_slot_key" UNIQUE ("job_id", "cause", "slot");
ALTER TABLE ONLY "flow"."job_run"
    ADD CONSTRAINT "job_run_pkey" PRIMARY KEY ("id");
ALTER TABLE ONLY "flow"."notification"
    ADD CONSTRAINT "notification_model_id_code_key" UNIQUE ("model_id", "code");
ALTER TABLE ONLY "flow"."notification"
    ADD CONSTRAINT "notification_pkey" PRIMARY KEY ("id");
ALTER TABLE ONLY "flow"."rule"
    ADD CONSTRAINT "rule_model_id_code_key" UNIQUE ("model_id", "code");
ALTER TABLE ONLY "flow"."rule"
    ADD CONSTRAINT "rule_pkey" PRIMARY KEY ("id");
ALTER TABLE ONLY "flow"."script"
    ADD CONSTRAINT "script_model_id_code_key" UNIQUE ("model_id", "code");
ALTER TABLE ONLY "flow"."script"
    ADD CONSTRAINT "script_pkey" PRIMARY KEY ("id");
ALTER TABLE ONLY "flow"."step_log"
    ADD CONSTRAINT "step_log_pkey" PRIMARY KEY ("id");
ALTER TABLE ONLY "flow"."workflow"
    ADD CONSTRAINT "workflow_model_id_code_key" UNIQUE ("model_id", "code");
ALTER TABLE ONLY "flow"."workflow"
    ADD CONSTRAINT "workflow_pkey" PRIMARY KEY ("id");
ALTER TABLE ONLY "flow"."workflow_version"
    ADD CONSTRAINT "workflow_version_pkey" PRIMARY KEY ("workflow_id", "version");
ALTER TABLE ONLY "mail"."account"
    ADD CONSTRAINT "account_code_key" UNIQUE ("code");
ALTER TABLE ONLY "mail"."account"
    ADD CONSTRAINT "account_pkey" PRIMARY KEY ("id");
ALTER TABLE ONLY "mail"."attachment"
    ADD CONSTRAINT "attachment_pkey" PRIMARY KEY ("message_id", "position");
ALTER TABLE ONLY "mail"."mailbox"
    ADD CONSTRAINT "mailbox_model_id_code_key" UNIQUE ("model_id", "code");
ALTER TABLE ONLY "mail"."mailbox"
    ADD CONSTRAINT "mailbox_pkey" PRIMARY KEY ("id");
ALTER TABLE ONLY "mail"."message"
    ADD CONSTRAINT "message_message_id_key" UNIQUE ("message_id");
ALTER TABLE ONLY "mail"."message"
    ADD CONSTRAINT "message_pkey" PRIMARY KEY ("id");
ALTER TABLE ONLY "mail"."received"
    ADD CONSTRAINT "received_mailbox_id_key_sha256_key" UNIQUE ("mailbox_id", "key", "sha256");
ALTER TABLE ONLY "mail"."received"
    ADD CONSTRAINT "received_pkey" PRIMARY KEY ("id");
ALTER TABLE ONLY "mail"."recipient_group"
    ADD CONSTRAINT "recipient_group_model_id_code_key" UNIQUE ("model_id", "code");
ALTER TABLE ONLY "mail"."recipient_group"
    ADD CONSTRAINT "recipient_group_pkey" PRIMARY KEY ("id");
ALTER TABLE ONLY "mail"."recipient"
    ADD CONSTRAINT "recipient_pkey" PRIMARY KEY ("message_id", "position");
ALTER TABLE ONLY "meta"."api_view"
    ADD CONSTRAINT "api_view_kind_object_id_key" UNIQUE ("kind", "object_id");
ALTER TABLE ONLY "meta"."api_view"
    ADD CONSTRAINT "api_view_pkey" PRIMARY KEY ("name");
ALTER TABLE ONLY "meta"."class_column"
    ADD CONSTRAINT "class_column_class_id_code_key" UNIQUE ("class_id", "code");
ALTER TABLE ONLY "meta"."class_hook"
    ADD CONSTRAINT "class_hook_pkey" PRIMARY KEY ("class_id", "code");
ALTER TABLE ONLY "meta"."class_key"
    ADD CONSTRAINT "class_key_class_id_column_ids_key" UNIQUE ("class_id", "column_ids");
ALTER TABLE ONLY "meta"."class_key"
    ADD CONSTRAINT "class_key_pkey" PRIMARY KEY ("id");
ALTER TABLE ONLY "meta"."class"
    ADD CONSTRAINT "class_model_id_code_key" UNIQUE ("model_id", "code");
ALTER TABLE ONLY "meta"."class"
    ADD CONSTRAINT "class_pkey" PRIMARY KEY ("id");
ALTER TABLE ONLY "meta"."column_target"
    ADD CONSTRAINT "column_target_pkey" PRIMARY KEY ("column_id", "class_id");
ALTER TABLE ONLY "meta"."dropped_column"
    ADD CONSTRAINT "dropped_column_pkey" PRIMARY KEY ("class_id", "physical");
ALTER TABLE ONLY "meta"."language"
    ADD CONSTRAINT "language_pkey" PRIMARY KEY ("code");
ALTER TABLE ONLY "meta"."model"
    ADD CONSTRAINT "model_code_key" UNIQUE ("code");
ALTER TABLE ONLY "meta"."model"
    ADD CONSTRAINT "model_pkey" PRIMARY KEY ("id");
ALTER TABLE ONLY "meta"."model_section"
    ADD CONSTRAINT "model_section_pkey" PRIMARY KEY ("code");
ALTER TABLE ONLY "meta"."model_section"
    ADD CONSTRAINT "model_section_place_key" UNIQUE ("place");
ALTER TABLE ONLY "meta"."model_section"
    ADD CONSTRAINT "model_section_position_key" UNIQUE ("position");
ALTER TABLE ONLY "meta"."query"
    ADD CONSTRAINT "query_model_id_code_key" UNIQUE ("model_id", "code");
ALTER TABLE ONLY "meta"."query"
    ADD CONSTRAINT "query_pkey" PRIMARY KEY ("id");
ALTER TABLE ONLY "queue"."dead"
    ADD CONSTRAINT "dead_pkey" PRIMARY KEY ("id");
ALTER TABLE ONLY "queue"."kind"
    ADD CONSTRAINT "kind_pkey" PRIMARY KEY ("kind");
ALTER TABLE ONLY "queue"."runner"
    ADD CONSTRAINT "runner_pkey" PRIMARY KEY ("id");
ALTER TABLE ONLY "queue"."slot"
    ADD CONSTRAINT "slot_pkey" PRIMARY KEY ("kind", "task_id", "token");
ALTER TABLE ONLY "queue"."task"
    ADD CONSTRAINT "task_pkey" PRIMARY KEY ("id");
ALTER TABLE ONLY "replica"."conflict"
    ADD CONSTRAINT "conflict_pkey" PRIMARY KEY ("id");
ALTER TABLE ONLY "replica"."instance"
    ADD CONSTRAINT "instance_pkey" PRIMARY KEY ("id");
ALTER TABLE ONLY "replica"."peer"
    ADD CONSTRAINT "peer_code_key" UNIQUE ("code");
ALTER TABLE ONLY "replica"."peer"
    ADD CONSTRAINT "peer_pkey" PRIMARY KEY ("id");
ALTER TABLE ONLY "replica"."pending"
    ADD CONSTRAINT "pending_pkey" PRIMARY KEY ("class_id", "uid", "column_id");
ALTER TABLE ONLY "replica"."reader"
    ADD CONSTRAINT "reader_pkey" PRIMARY KEY ("code");
ALTER TABLE ONLY "replica"."row_state"
    ADD CONSTRAINT "row_state_pkey" PRIMARY KEY ("class_id", "uid");
ALTER TABLE ONLY "replica"."subscribed_class"
    ADD CONSTRAINT "subscribed_class_pkey" PRIMARY KEY ("subscription_id", "class_id");
ALTER TABLE ONLY "replica"."subscription"
    ADD CONSTRAINT "subscription_model_id_code_key" UNIQUE ("model_id", "code");
ALTER TABLE ONLY "replica"."subscription"
    ADD CONSTRAINT "subscription_pkey" PRIMARY KEY ("id");
CREATE INDEX "account_email_idx" ON "access"."account" USING "btree" ("lower"("email"));
CREATE INDEX "closure_structure_id_descendant_idx" ON "access"."closure" USING "btree" ("structure_id", "descendant", "ancestor");
CREATE INDEX "member_account_id_idx" ON "access"."member" USING "btree" ("account_id");
CREATE INDEX "member_structure_id_account_id_idx" ON "access"."member" USING "btree" ("structure_id", "account_id");
CREATE INDEX "membership_role_id_idx" ON "access"."membership" USING "btree" ("role_id");
CREATE INDEX "outside_group_role_id_idx" ON "access"."outside_group" USING "btree" ("role_id");
CREATE INDEX "role_model_model_id_idx" ON "access"."role_model" USING "btree" ("model_id");
CREATE INDEX "role_right_class_id_idx" ON "access"."role_right" USING "btree" ("class_id");
CREATE INDEX "role_right_column_id_idx" ON "access"."role_right" USING "btree" ("column_id");
CREATE UNIQUE INDEX "role_right_key" ON "access"."role_right" USING "btree" ("role_id", "model_id", "kind", COALESCE("class_id", "query_id", (0)::bigint), COALESCE("object", ''::"text"), "operation", COALESCE("structure_id", (0)::bigint), COALESCE("column_id", (0)::bigint), COALESCE("depth", 0));
CREATE INDEX "role_right_query_id_idx" ON "access"."role_right" USING "btree" ("query_id");
CREATE INDEX "role_right_structure_id_idx" ON "access"."role_right" USING "btree" ("structure_id");
CREATE INDEX "scope_structure_id_idx" ON "access"."scope" USING "btree" ("structure_id");
CREATE INDEX "structure_class_id_idx" ON "access"."structure" USING "btree" ("class_id");
CREATE INDEX "structure_membership_id_idx" ON "access"."structure" USING "btree" ("membership_id");
CREATE INDEX "structure_superior_id_idx" ON "access"."structure" USING "btree" ("superior_id");
CREATE INDEX "structure_unit_id_idx" ON "access"."structure" USING "btree" ("unit_id");
CREATE INDEX "structure_user_id_idx" ON "access"."structure" USING "btree" ("user_id");
CREATE INDEX "file_removed_idx" ON "core"."file" USING "btree" ("removed") WHERE ("removed" IS NOT NULL);
CREATE INDEX "file_sha256_idx" ON "core"."file" USING "btree" ("sha256");
CREATE INDEX "upload_piece_created_idx" ON "core"."upload_piece" USING "btree" ("created");
CREATE INDEX "assignment_assignee_idx" ON "flow"."assignment" USING "btree" ("assignee") WHERE ("state" = 'open'::"text");
CREATE INDEX "assignment_branch_id_idx" ON "flow"."assignment" USING "btree" ("branch_id");
CREATE INDEX "assignment_instance_id_idx" ON "flow"."assignment" USING "btree" ("instance_id");
CREATE INDEX "branch_instance_id_idx" ON "flow"."branch" USING "btree" ("instance_id");
CREATE INDEX "branch_parent_id_idx" ON "flow"."branch" USING "btree" ("parent_id") WHERE ("parent_id" IS NOT NULL);
CREATE INDEX "branch_scope_scope_id_event_code_idx" ON "flow"."branch" USING "btree" ("scope", "scope_id", "event_code") WHERE ("waits_for" = 'event'::"text");
CREATE INDEX "event_raised_idx" ON "flow"."event" USING "btree" ("raised");
CREATE UNIQUE INDEX "event_scope_scope_id_code_idx" ON "flow"."event" USING "btree" ("scope", "scope_id", "code") WHERE ("taken" IS NULL);
CREATE INDEX "instance_class_id_record_id_idx" ON "flow"."instance" USING "btree" ("class_id", "record_id");
CREATE INDEX "instance_parent_branch_id_idx" ON "flow"."instance" USING "btree" ("parent_branch_id") WHERE ("parent_branch_id" IS NOT NULL);
CREATE INDEX "instance_state_idx" ON "flow"."instance" USING "btree" ("state", "id") WHERE ("state" = ANY (ARRAY[0, 3, 6]));
CREATE UNIQUE INDEX "instance_workflow_id_key_idx" ON "flow"."instance" USING "btree" ("workflow_id", "key") WHERE ("key" IS NOT NULL);
CREATE INDEX "instance_workflow_id_version_idx" ON "flow"."instance" USING "btree" ("workflow_id", "version");
CREATE INDEX "job_log_run_id_idx" ON "flow"."job_log" USING "btree" ("run_id", "id");
CREATE INDEX "job_next_slot_idx" ON "flow"."job" USING "btree" ("next_slot") WHERE "enabled";
CREATE INDEX "job_run_created_idx" ON "flow"."job_run" USING "btree" ("created");
CREATE INDEX "job_run_job_id_id_idx" ON "flow"."job_run" USING "btree" ("job_id", "id") WHERE ("state" = ANY (ARRAY['waiting'::"text", 'running'::"text"]));
CREATE INDEX "notification_class_id_idx" ON "flow"."notification" USING "btree" ("class_id");
CREATE INDEX "notification_frame_id_idx" ON "flow"."notification" USING "btree" ("frame_id");
CREATE INDEX "rule_class_id_idx" ON "flow"."rule" USING "btree" ("class_id");
CREATE INDEX "rule_notification_id_idx" ON "flow"."rule" USING "btree" ("notification_id");
CREATE INDEX "rule_script_id_idx" ON "flow"."rule" USING "btree" ("script_id");
CREATE INDEX "script_class_id_idx" ON "flow"."script" USING "btree" ("class_id");
CREATE INDEX "step_log_instance_id_idx" ON "flow"."step_log" USING "btree" ("instance_id", "id");
CREATE INDEX "workflow_class_id_idx" ON "flow"."workflow" USING "btree" ("class_id");
CREATE UNIQUE INDEX "account_is_default_idx" ON "mail"."account" USING "btree" ("is_default") WHERE "is_default";
CREATE INDEX "attachment_file_id_idx" ON "mail"."attachment" USING "btree" ("file_id");
CREATE INDEX "mailbox_class_id_idx" ON "mail"."mailbox" USING "btree" ("class_id");
CREATE INDEX "mailbox_reply_class_id_idx" ON "mail"."mailbox" USING "btree" ("reply_class_id");
CREATE INDEX "message_account_id_idx" ON "mail"."message" USING "btree" ("account_id");
CREATE INDEX "message_row_id_idx" ON "mail"."message" USING "btree" ("class_id", "row_id");
CREATE INDEX "message_sending_idx" ON "mail"."message" USING "btree" ("account_id") WHERE ("state" = 'sending'::"text");
CREATE INDEX "message_settled_idx" ON "mail"."message" USING "btree" ("settled") WHERE ("settled" IS NOT NULL);
CREATE INDEX "message_state_idx" ON "mail"."message" USING "btree" ("state", "id") WHERE ("state" <> 'sent'::"text");
CREATE INDEX "received_about_row_id_idx" ON "mail"."received" USING "btree" ("about_class_id", "about_row_id");
CREATE INDEX "received_epoch_idx" ON "mail"."received" USING "btree" ("mailbox_id", "sha256") WHERE ("epoch" IS NOT NULL);
CREATE INDEX "received_from_address_idx" ON "mail"."received" USING "btree" ("mailbox_id", "from_address", "received") WHERE ("state" = 'done'::"text");
CREATE INDEX "received_mail_id_idx" ON "mail"."received" USING "btree" ("mail_id");
CREATE INDEX "received_message_id_idx" ON "mail"."received" USING "btree" ("message_id");
CREATE INDEX "received_quarantined_idx" ON "mail"."received" USING "btree" ("mailbox_id", "id") WHERE ("state" = 'quarantined'::"text");
CREATE INDEX "received_row_id_idx" ON "mail"."received" USING "btree" ("class_id", "row_id");
CREATE INDEX "received_stored_idx" ON "mail"."received" USING "btree" ("mailbox_id", "id") WHERE ("state" = 'stored'::"text");
CREATE INDEX "class_parent_id_idx" ON "meta"."class" USING "btree" ("parent_id");
CREATE INDEX "column_target_class_id_idx" ON "meta"."column_target" USING "btree" ("class_id");
CREATE UNIQUE INDEX "language_is_default_idx" ON "meta"."language" USING "btree" ("is_default") WHERE "is_default";
CREATE INDEX "dead_kind_idx" ON "queue"."dead" USING "btree" ("kind", "id");
CREATE INDEX "dead_kind_key_idx" ON "queue"."dead" USING "btree" ("kind", "key") WHERE ("key" IS NOT NULL);
CREATE INDEX "finished_finished_idx" ON ONLY "queue"."finished" USING "btree" ("finished", "kind");
CREATE INDEX "finished_default_finished_kind_idx" ON "queue"."finished_default" USING "btree" ("finished", "kind");
CREATE INDEX "task_delayed_idx" ON "queue"."task" USING "btree" ("due") WHERE ("state" = 'delayed'::"text");
CREATE INDEX "task_kind_key_id_idx" ON "queue"."task" USING "btree" ("kind", "key", "id") WHERE ("key" IS NOT NULL);
CREATE INDEX "task_ready_idx" ON "queue"."task" USING "btree" ("kind", "lane", "turn") WHERE ("state" = 'ready'::"text");
CREATE INDEX "conflict_class_id_idx" ON "replica"."conflict" USING "btree" ("class_id");
CREATE UNIQUE INDEX "conflict_open_idx" ON "replica"."conflict" USING "btree" ("subscription_id", "class_id", "uid") WHERE ("state" = 'open'::"text");
CREATE INDEX "conflict_resolved_idx" ON "replica"."conflict" USING "btree" ("resolved") WHERE ("state" = 'resolved'::"text");
CREATE INDEX "pending_column_id_idx" ON "replica"."pending" USING "btree" ("column_id");
CREATE INDEX "subscribed_class_class_id_idx" ON "replica"."subscribed_class" USING "btree" ("class_id");
ALTER INDEX "queue"."finished_finished_idx" ATTACH PARTITION "queue"."finished_default_finished_kind_idx";
CREATE OR REPLACE VIEW "flow"."workflow_status" AS
 SELECT "w"."id",
    (("m"."code" || '.'::"text") || "w"."code") AS "workflow",
    "w"."version",
    "w"."enabled",
    "count"("i"."id") FILTER (WHERE ("i"."state" = 0)) AS "running",
    "count"("i"."id") FILTER (WHERE ("i"."state" = 6)) AS "paused",
    "count"("i"."id") FILTER (WHERE ("i"."state" = 3)) AS "failed"
   FROM (("flow"."workflow" "w"
     JOIN "meta"."model" "m" ON (("w"."model_id" = "m"."id")))
     LEFT JOIN "flow"."instance" "i" ON ((("w"."id" = "i"."workflow_id") AND ("i"."state" = ANY (ARRAY[0, 3, 6])))))
  GROUP BY "w"."id", "m"."code";
CREATE CONSTRAINT TRIGGER "t50_sub_workflows" AFTER INSERT OR UPDATE OF "steps" ON "flow"."workflow_version" DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION "flow"."check_sub_workflows"();
CREATE TRIGGER "t40_guard" BEFORE DELETE ON "meta"."class_column" FOR EACH ROW EXECUTE FUNCTION "access"."guard_column"();
CREATE TRIGGER "t50_follow_drop" AFTER DELETE ON "meta"."class_column" FOR EACH ROW EXECUTE FUNCTION "flow"."follow_column"();
CREATE TRIGGER "t50_follow_rename" AFTER UPDATE OF "code" ON "meta"."class_column" FOR EACH ROW WHEN (("new"."code" <> "old"."code")) EXECUTE FUNCTION "flow"."follow_column"();
CREATE TRIGGER "t60_follow_drop" AFTER DELETE ON "meta"."class_column" FOR EACH ROW EXECUTE FUNCTION "mail"."follow_column"();
CREATE TRIGGER "t60_follow_rename" AFTER UPDATE OF "code" ON "meta"."class_column" FOR EACH ROW WHEN (("new"."code" <> "old"."code")) EXECUTE FUNCTION "mail"."follow_column"();
CREATE TRIGGER "t61_follow_drop" AFTER DELETE ON "meta"."class_column" FOR EACH ROW EXECUTE FUNCTION "mail"."follow_reply_column"();
CREATE TRIGGER "t61_follow_rename" AFTER UPDATE OF "code" ON "meta"."class_column" FOR EACH ROW WHEN (("new"."code" <> "old"."code")) EXECUTE FUNCTION "mail"."follow_reply_column"();
ALTER TABLE ONLY "access"."closure"
    ADD CONSTRAINT "closure_structure_id_fkey" FOREIGN KEY ("structure_id") REFERENCES "access"."structure"("id") ON DELETE CASCADE;
ALTER TABLE ONLY "access"."member"
    ADD CONSTRAINT "member_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "access"."account"("id") ON DELETE CASCADE;
ALTER TABLE ONLY "access"."member"
    ADD CONSTRAINT "member_structure_id_fkey" FOREIGN KEY ("structure_id") REFERENCES "access"."structure"("id") ON DELETE CASCADE;
ALTER TABLE ONLY "access"."membership"
    ADD CONSTRAINT "membership_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "access"."account"("id") ON DELETE CASCADE;
ALTER TABLE ONLY "access"."membership"
    ADD CONSTRAINT "membership_role_id_fkey" FOREIGN KEY ("role_id") REFERENCES "access"."role"("id") ON DELETE CASCADE;
ALTER TABLE ONLY "access"."outside_group"
    ADD CONSTRAINT "outside_group_role_id_fkey" FOREIGN KEY ("role_id") REFERENCES "access"."role"("id") ON DELETE CASCADE;
ALTER TABLE ONLY "access"."role_model"
    ADD CONSTRAINT "role_model_model_id_fkey" FOREIGN KEY ("model_id") REFERENCES "meta"."model"("id") ON DELETE CASCADE;
ALTER TABLE ONLY "access"."role_model"
    ADD CONSTRAINT "role_model_role_id_fkey" FOREIGN KEY ("role_id") REFERENCES "access"."role"("id") ON DELETE CASCADE;
ALTER TABLE ONLY "access"."role_right"
    ADD CONSTRAINT "role_right_class_id_fkey" FOREIGN KEY ("class_id") REFERENCES "meta"."class"("id") ON DELETE CASCADE;
ALTER TABLE ONLY "access"."role_right"
    ADD CONSTRAINT "role_right_column_id_fkey" FOREIGN KEY ("column_id") REFERENCES "meta"."class_column"("id");
ALTER TABLE ONLY "access"."role_right"
    ADD CONSTRAINT "role_right_query_id_fkey" FOREIGN KEY ("query_id") REFERENCES "meta"."query"("id") ON DELETE CASCADE;
ALTER TABLE ONLY "access"."role_right"
    ADD CONSTRAINT "role_right_role_id_model_id_fkey" FOREIGN KEY ("role_id", "model_id") REFERENCES "access"."role_model"("role_id", "model_id") ON DELETE CASCADE;
ALTER TABLE ONLY "access"."role_right"
    ADD CONSTRAINT "role_right_structure_id_fkey" FOREIGN KEY ("structure_id") REFERENCES "access"."structure"("id");
ALTER TABLE ONLY "access"."scope"
    ADD CONSTRAINT "scope_structure_id_fkey" FOREIGN KEY ("structure_id") REFERENCES "access"."structure"("id") ON DELETE CASCADE;
ALTER TABLE ONLY "access"."structure"
    ADD CONSTRAINT "structure_class_id_fkey" FOREIGN KEY ("class_id") REFERENCES "meta"."class"("id");
ALTER TABLE ONLY "access"."structure"
    ADD CONSTRAINT "structure_membership_id_fkey" FOREIGN KEY ("membership_id") REFERENCES "meta"."class"("id");
ALTER TABLE ONLY "access"."structure"
    ADD CONSTRAINT "structure_model_id_fkey" FOREIGN KEY ("model_id") REFERENCES "meta"."model"("id") ON DELETE CASCADE;
ALTER TABLE ONLY "access"."structure"
    ADD CONSTRAINT "structure_superior_id_fkey" FOREIGN KEY ("superior_id") REFERENCES "meta"."class_column"("id");
ALTER TABLE ONLY "access"."structure"
    ADD CONSTRAINT "structure_unit_id_fkey" FOREIGN KEY ("unit_id") REFERENCES "meta"."class_column"("id");
ALTER TABLE ONLY "access"."structure"
    ADD CONSTRAINT "structure_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "meta"."class_column"("id");
ALTER TABLE ONLY "core"."file"
    ADD CONSTRAINT "file_sha256_fkey" FOREIGN KEY ("sha256") REFERENCES "core"."file_content"("sha256");
ALTER TABLE ONLY "flow"."assignment"
    ADD CONSTRAINT "assignment_instance_id_fkey" FOREIGN KEY ("instance_id") REFERENCES "flow"."instance"("id") ON DELETE CASCADE;
ALTER TABLE ONLY "flow"."branch"
    ADD CONSTRAINT "branch_instance_id_fkey" FOREIGN KEY ("instance_id") REFERENCES "flow"."instance"("id") ON DELETE CASCADE;
ALTER TABLE ONLY "flow"."branch"
    ADD CONSTRAINT "branch_parent_id_fkey" FOREIGN KEY ("parent_id") REFERENCES "flow"."branch"("id") ON DELETE CASCADE;
ALTER TABLE ONLY "flow"."fired_date"
    ADD CONSTRAINT "fired_date_rule_id_fkey" FOREIGN KEY ("rule_id") REFERENCES "flow"."rule"("id") ON DELETE CASCADE;
ALTER TABLE ONLY "flow"."frame"
    ADD CONSTRAINT "frame_model_id_fkey" FOREIGN KEY ("model_id") REFERENCES "meta"."model"("id") ON DELETE CASCADE;
ALTER TABLE ONLY "flow"."instance"
    ADD CONSTRAINT "instance_workflow_id_version_fkey" FOREIGN KEY ("workflow_id", "version") REFERENCES "flow"."workflow_version"("workflow_id", "version");
ALTER TABLE ONLY "flow"."job_log"
    ADD CONSTRAINT "job_log_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "flow"."job_run"("id") ON DELETE CASCADE;
ALTER TABLE ONLY "flow"."job"
    ADD CONSTRAINT "job_model_id_fkey" FOREIGN KEY ("model_id") REFERENCES "meta"."model"("id") ON DELETE CASCADE;
ALTER TABLE ONLY "flow"."job_run"
    ADD CONSTRAINT "job_run_job_id_fkey" FOREIGN KEY ("job_id") REFERENCES "flow"."job"("id") ON DELETE CASCADE;
ALTER TABLE ONLY "flow"."notification"
    ADD CONSTRAINT "notification_class_id_fkey" FOREIGN KEY ("class_id") REFERENCES "meta"."class"("id") ON DELETE CASCADE;
ALTER TABLE ONLY "flow"."notification"
    ADD CONSTRAINT "notification_frame_id_fkey" FOREIGN KEY ("frame_id") REFERENCES "flow"."frame"("id");
ALTER TABLE ONLY "flow"."notification"
    ADD CONSTRAINT "notification_model_id_fkey" FOREIGN KEY ("model_id") REFERENCES "meta"."model"("id") ON DELETE CASCADE;
ALTER TABLE ONLY "flow"."rule"
    ADD CONSTRAINT "rule_class_id_fkey" FOREIGN KEY ("class_id") REFERENCES "meta"."class"("id") ON DELETE CASCADE;
ALTER TABLE ONLY "flow"."rule"
    ADD CONSTRAINT "rule_model_id_fkey" FOREIGN KEY ("model_id") REFERENCES "meta"."model"("id") ON DELETE CASCADE;
ALTER TABLE ONLY "flow"."rule"
    ADD CONSTRAINT "rule_notification_id_fkey" FOREIGN KEY ("notification_id") REFERENCES "flow"."notification"("id");
ALTER TABLE ONLY "flow"."rule"
    ADD CONSTRAINT "rule_script_id_fkey" FOREIGN KEY ("script_id") REFERENCES "flow"."script"("id");
ALTER TABLE ONLY "flow"."script"
    ADD CONSTRAINT "script_class_id_fkey" FOREIGN KEY ("class_id") REFERENCES "meta"."class"("id");
ALTER TABLE ONLY "flow"."script"
    ADD CONSTRAINT "script_model_id_fkey" FOREIGN KEY ("model_id") REFERENCES "meta"."model"("id") ON DELETE CASCADE;
ALTER TABLE ONLY "flow"."step_log"
    ADD CONSTRAINT "step_log_instance_id_fkey" FOREIGN KEY ("instance_id") REFERENCES "flow"."instance"("id") ON DELETE CASCADE;
ALTER TABLE ONLY "flow"."workflow"
    ADD CONSTRAINT "workflow_class_id_fkey" FOREIGN KEY ("class_id") REFERENCES "meta"."class"("id");
ALTER TABLE ONLY "flow"."workflow"
    ADD CONSTRAINT "workflow_model_id_fkey" FOREIGN KEY ("model_id") REFERENCES "meta"."model"("id");
ALTER TABLE ONLY "flow"."workflow_version"
    ADD CONSTRAINT "workflow_version_workflow_id_fkey" FOREIGN KEY ("workflow_id") REFERENCES "flow"."workflow"("id") ON DELETE CASCADE;
ALTER TABLE ONLY "mail"."attachment"
    ADD CONSTRAINT "attachment_file_id_fkey" FOREIGN KEY ("file_id") REFERENCES "core"."file"("id");
ALTER TABLE ONLY "mail"."attachment"
    ADD CONSTRAINT "attachment_message_id_fkey" FOREIGN KEY ("message_id") REFERENCES "mail"."message"("id") ON DELETE CASCADE;
ALTER TABLE ONLY "mail"."mailbox"
    ADD CONSTRAINT "mailbox_class_id_fkey" FOREIGN KEY ("class_id") REFERENCES "meta"."class"("id") ON DELETE CASCADE;
ALTER TABLE ONLY "mail"."mailbox"
    ADD CONSTRAINT "mailbox_model_id_fkey" FOREIGN KEY ("model_id") REFERENCES "meta"."model"("id") ON DELETE CASCADE;
ALTER TABLE ONLY "mail"."mailbox"
    ADD CONSTRAINT "mailbox_reply_class_id_fkey" FOREIGN KEY ("reply_class_id") REFERENCES "meta"."class"("id");
ALTER TABLE ONLY "mail"."message"
    ADD CONSTRAINT "message_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "mail"."account"("id");
ALTER TABLE ONLY "mail"."message"
    ADD CONSTRAINT "message_class_id_fkey" FOREIGN KEY ("class_id") REFERENCES "meta"."class"("id") ON DELETE SET NULL;
ALTER TABLE ONLY "mail"."received"
    ADD CONSTRAINT "received_about_class_id_fkey" FOREIGN KEY ("about_class_id") REFERENCES "meta"."class"("id") ON DELETE SET NULL;
ALTER TABLE ONLY "mail"."received"
    ADD CONSTRAINT "received_class_id_fkey" FOREIGN KEY ("class_id") REFERENCES "meta"."class"("id") ON DELETE SET NULL;
ALTER TABLE ONLY "mail"."received"
    ADD CONSTRAINT "received_mail_id_fkey" FOREIGN KEY ("mail_id") REFERENCES "mail"."message"("id") ON DELETE SET NULL;
ALTER TABLE ONLY "mail"."received"
    ADD CONSTRAINT "received_mailbox_id_fkey" FOREIGN KEY ("mailbox_id") REFERENCES "mail"."mailbox"("id") ON DELETE CASCADE;
ALTER TABLE ONLY "mail"."recipient_group"
    ADD CONSTRAINT "recipient_group_model_id_fkey" FOREIGN KEY ("model_id") REFERENCES "meta"."model"("id") ON DELETE CASCADE;
ALTER TABLE ONLY "mail"."recipient"
    ADD CONSTRAINT "recipient_message_id_fkey" FOREIGN KEY ("message_id") REFERENCES "mail"."message"("id") ON DELETE CASCADE;
ALTER TABLE ONLY "meta"."class_column"
    ADD CONSTRAINT "class_column_class_id_fkey" FOREIGN KEY ("class_id") REFERENCES "meta"."class"("id");
ALTER TABLE ONLY "meta"."class_hook"
    ADD CONSTRAINT "class_hook_class_id_fkey" FOREIGN KEY ("class_id") REFERENCES "meta"."class"("id") ON DELETE CASCADE;
ALTER TABLE ONLY "meta"."class_key"
    ADD CONSTRAINT "class_key_class_id_fkey" FOREIGN KEY ("class_id") REFERENCES "meta"."class"("id") ON DELETE CASCADE;
ALTER TABLE ONLY "meta"."class"
    ADD CONSTRAINT "class_model_id_fkey" FOREIGN KEY ("model_id") REFERENCES "meta"."model"("id");
ALTER TABLE ONLY "meta"."class"
    ADD CONSTRAINT "class_parent_id_fkey" FOREIGN KEY ("parent_id") REFERENCES "meta"."class"("id");
ALTER TABLE ONLY "meta"."column_target"
    ADD CONSTRAINT "column_target_class_id_fkey" FOREIGN KEY ("class_id") REFERENCES "meta"."class"("id");
ALTER TABLE ONLY "meta"."column_target"
    ADD CONSTRAINT "column_target_column_id_fkey" FOREIGN KEY ("column_id") REFERENCES "meta"."class_column"("id") ON DELETE CASCADE;
ALTER TABLE ONLY "meta"."query"
    ADD CONSTRAINT "query_model_id_fkey" FOREIGN KEY ("model_id") REFERENCES "meta"."model"("id");
ALTER TABLE ONLY "replica"."conflict"
    ADD CONSTRAINT "conflict_class_id_fkey" FOREIGN KEY ("class_id") REFERENCES "meta"."class"("id") ON DELETE CASCADE;
ALTER TABLE ONLY "replica"."conflict"
    ADD CONSTRAINT "conflict_subscription_id_fkey" FOREIGN KEY ("subscription_id") REFERENCES "replica"."subscription"("id") ON DELETE CASCADE;
ALTER TABLE ONLY "replica"."pending"
    ADD CONSTRAINT "pending_class_id_fkey" FOREIGN KEY ("class_id") REFERENCES "meta"."class"("id") ON DELETE CASCADE;
ALTER TABLE ONLY "replica"."pending"
    ADD CONSTRAINT "pending_column_id_fkey" FOREIGN KEY ("column_id") REFERENCES "meta"."class_column"("id") ON DELETE CASCADE;
ALTER TABLE ONLY "replica"."subscribed_class"
    ADD CONSTRAINT "subscribed_class_class_id_fkey" FOREIGN KEY ("class_id") REFERENCES "meta"."class"("id");
ALTER TABLE ONLY "replica"."subscribed_class"
    ADD CONSTRAINT "subscribed_class_subscription_id_fkey" FOREIGN KEY ("subscription_id") REFERENCES "replica"."subscription"("id") ON DELETE CASCADE;
ALTER TABLE ONLY "replica"."subscription"
    ADD CONSTRAINT "subscription_model_id_fkey" FOREIGN KEY ("model_id") REFERENCES "meta"."model"("id") ON DELETE CASCADE;
ALTER TABLE "core"."file" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "core"."file_content" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "file_content_named" ON "core"."file_content" FOR SELECT USING ((EXISTS ( SELECT
   FROM "core"."file" "f"
  WHERE ("f"."sha256" = "file_content"."sha256"))));
CREATE POLICY "file_own" ON "core"."file" FOR SELECT USING (("creator" = CURRENT_USER));
GRANT USAGE ON SCHEMA "access" TO "pgears_admin";
GRANT USAGE ON SCHEMA "access" TO "pgears_runner";
GRANT USAGE ON SCHEMA "api" TO "pgears_admin";
GRANT USAGE ON SCHEMA "api" TO "pgears_runner";
GRANT USAGE ON SCHEMA "batch" TO "pgears_admin";
GRANT USAGE ON SCHEMA "batch" TO "pgears_runner";
GRANT USAGE ON SCHEMA "core" TO "pgears_admin";
GRANT USAGE ON SCHEMA "core" TO "pgears_runner";
GRANT USAGE ON SCHEMA "data" TO "pgears_admin";
GRANT USAGE ON SCHEMA "data" TO "pgears_runner";
GRANT USAGE ON SCHEMA "feed" TO "pgears_admin";
GRANT USAGE ON SCHEMA "feed" TO "pgears_runner";
GRANT USAGE ON SCHEMA "flow" TO "pgears_admin";
GRANT USAGE ON SCHEMA "flow" TO "pgears_runner";
GRANT USAGE ON SCHEMA "mail" TO "pgears_admin";
GRANT USAGE ON SCHEMA "mail" TO "pgears_runner";
GRANT USAGE ON SCHEMA "meta" TO "pgears_admin";
GRANT USAGE ON SCHEMA "meta" TO "pgears_runner";
GRANT USAGE ON SCHEMA "queue" TO "pgears_admin";
GRANT USAGE ON SCHEMA "queue" TO "pgears_runner";
GRANT USAGE ON SCHEMA "replica" TO "pgears_admin";
GRANT USAGE ON SCHEMA "replica" TO "pgears_runner";
GRANT USAGE ON SCHEMA "replica" TO "pgears_peer";
GRANT USAGE ON SCHEMA "web" TO "pgears_admin";
GRANT USAGE ON SCHEMA "web" TO "pgears_runner";
REVOKE ALL ON FUNCTION "access"."add_right"("p_role" bigint, "p_model" bigint, "p_right" "jsonb", "p_path" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "access"."adopt_account"("p_login" "text", "p_full_name" "text", "p_email" "text") FROM PUBLIC;
GRANT ALL ON FUNCTION "access"."adopt_account"("p_login" "text", "p_full_name" "text", "p_email" "text") TO "pgears_admin";
REVOKE ALL ON FUNCTION "access"."apply_grants"("p_classes" bigint[], "p_relations" "oid"[]) FROM PUBLIC;
REVOKE ALL ON FUNCTION "access"."apply_indexes"("p_classes" bigint[]) FROM PUBLIC;
REVOKE ALL ON FUNCTION "access"."apply_memberships"("p_account" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "access"."apply_policies"("p_classes" bigint[], "p_relations" "oid"[]) FROM PUBLIC;
REVOKE ALL ON FUNCTION "access"."apply_rights"("p_classes" bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION "access"."apply_rights"("p_classes" bigint[]) TO "pgears_admin";
REVOKE ALL ON FUNCTION "access"."apply_schema_grants"() FROM PUBLIC;
REVOKE ALL ON FUNCTION "access"."belongs"("p_login" "text", "p_group" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "access"."check_account_roles"("p_account" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "access"."check_alive"("p_login" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "access"."check_childless"("p_class" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "access"."check_hidden"("p_role" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "access"."check_inherits"("p_login" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "access"."check_login"("p_login" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "access"."check_mass"("p_class" bigint, "p_operation" "text", "p_count" integer) FROM PUBLIC;
REVOKE ALL ON FUNCTION "access"."check_rights_fit"("p_structure" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "access"."create_account"("p_login" "text", "p_can_login" boolean, "p_full_name" "text", "p_email" "text", "p_verifier" "text", "p_language" "text") FROM PUBLIC;
GRANT ALL ON FUNCTION "access"."create_account"("p_login" "text", "p_can_login" boolean, "p_full_name" "text", "p_email" "text", "p_verifier" "text", "p_language" "text") TO "pgears_admin";
REVOKE ALL ON FUNCTION "access"."drop_role"("p_code" "text") FROM PUBLIC;
GRANT ALL ON FUNCTION "access"."drop_role"("p_code" "text") TO "pgears_admin";
REVOKE ALL ON FUNCTION "access"."drop_role_model"("p_role_model" bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION "access"."drop_role_model"("p_role_model" bigint) TO "pgears_admin";
REVOKE ALL ON FUNCTION "access"."drop_structure"("p_structure" bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION "access"."drop_structure"("p_structure" bigint) TO "pgears_admin";
REVOKE ALL ON FUNCTION "access"."ensure_account"("p_login" "text", "p_full_name" "text", "p_email" "text") FROM PUBLIC;
GRANT ALL ON FUNCTION "access"."ensure_account"("p_login" "text", "p_full_name" "text", "p_email" "text") TO "pgears_admin";
REVOKE ALL ON FUNCTION "access"."ensure_group"("p_code" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "access"."ensure_groups"() FROM PUBLIC;
REVOKE ALL ON FUNCTION "access"."explain"("p_account" "text", "p_class" "text", "p_row" bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION "access"."explain"("p_account" "text", "p_class" "text", "p_row" bigint) TO "pgears_admin";
REVOKE ALL ON FUNCTION "access"."find_account"("p_login" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "access"."find_query"("p_model" bigint, "p_name" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "access"."find_role"("p_code" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "access"."find_structure"("p_model" bigint, "p_name" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "access"."follow_members"("p_structure" bigint, "p_accounts" bigint[]) FROM PUBLIC;
REVOKE ALL ON FUNCTION "access"."follow_units"("p_structure" bigint, "p_units" bigint[], "p_near" bigint[]) FROM PUBLIC;
REVOKE ALL ON FUNCTION "access"."forget_class"("p_class" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "access"."grant_role"("p_login" "text", "p_role" "text") FROM PUBLIC;
GRANT ALL ON FUNCTION "access"."grant_role"("p_login" "text", "p_role" "text") TO "pgears_admin";
REVOKE ALL ON FUNCTION "access"."granted"("p_relations" "oid"[]) FROM PUBLIC;
REVOKE ALL ON FUNCTION "access"."group_name"("p_code" "text") FROM PUBLIC;
GRANT ALL ON FUNCTION "access"."group_name"("p_code" "text") TO "pgears_admin";
GRANT ALL ON FUNCTION "access"."group_name"("p_code" "text") TO "pgears_runner";
REVOKE ALL ON FUNCTION "access"."guard_column"() FROM PUBLIC;
REVOKE ALL ON FUNCTION "access"."hidden_columns"("p_class" bigint, "p_codes" "jsonb", "p_path" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."class_path"("p_class" bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION "meta"."class_path"("p_class" bigint) TO "pgears_admin";
GRANT ALL ON FUNCTION "meta"."class_path"("p_class" bigint) TO "pgears_runner";
REVOKE ALL ON FUNCTION "access"."hidden_conflict"("p_roles" bigint[]) FROM PUBLIC;
REVOKE ALL ON FUNCTION "access"."hook_structure"("p_structure" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "access"."lock"() FROM PUBLIC;
REVOKE ALL ON FUNCTION "access"."may"("p_account" "text", "p_kind" "text", "p_object" "text", "p_operation" "text") FROM PUBLIC;
GRANT ALL ON FUNCTION "access"."may"("p_account" "text", "p_kind" "text", "p_object" "text", "p_operation" "text") TO "pgears_admin";
GRANT ALL ON FUNCTION "access"."may"("p_account" "text", "p_kind" "text", "p_object" "text", "p_operation" "text") TO "pgears_runner";
REVOKE ALL ON FUNCTION "access"."note_memberships"("p_account" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "access"."object_name"("p_written" "text", "p_model" "text", "p_code" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "access"."operations"("p_kind" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "access"."rebuild_structure"("p_structure" bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION "access"."rebuild_structure"("p_structure" bigint) TO "pgears_admin";
REVOKE ALL ON FUNCTION "access"."refresh_depths"("p_structures" bigint[]) FROM PUBLIC;
REVOKE ALL ON FUNCTION "access"."refresh_scope"("p_structure" bigint, "p_accounts" bigint[]) FROM PUBLIC;
REVOKE ALL ON FUNCTION "access"."refuse_file"() FROM PUBLIC;
REVOKE ALL ON FUNCTION "access"."resume_account"("p_login" "text") FROM PUBLIC;
GRANT ALL ON FUNCTION "access"."resume_account"("p_login" "text") TO "pgears_admin";
REVOKE ALL ON FUNCTION "access"."revoke_role"("p_login" "text", "p_role" "text") FROM PUBLIC;
GRANT ALL ON FUNCTION "access"."revoke_role"("p_login" "text", "p_role" "text") TO "pgears_admin";
REVOKE ALL ON FUNCTION "access"."role_definitions"("p_model" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "access"."scope_condition"("p_structure" bigint, "p_column" bigint, "p_depth" integer, "p_several" boolean) FROM PUBLIC;
REVOKE ALL ON FUNCTION "access"."set_outside_group"("p_name" "text", "p_role" "text", "p_mapped" boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION "access"."set_outside_group"("p_name" "text", "p_role" "text", "p_mapped" boolean) TO "pgears_admin";
REVOKE ALL ON FUNCTION "access"."set_role"("p_model" bigint, "p_code" "text", "p_definition" "jsonb") FROM PUBLIC;
GRANT ALL ON FUNCTION "access"."set_role"("p_model" bigint, "p_code" "text", "p_definition" "jsonb") TO "pgears_admin";
REVOKE ALL ON FUNCTION "access"."set_structure"("p_model" bigint, "p_code" "text", "p_definition" "jsonb") FROM PUBLIC;
GRANT ALL ON FUNCTION "access"."set_structure"("p_model" bigint, "p_code" "text", "p_definition" "jsonb") TO "pgears_admin";
REVOKE ALL ON FUNCTION "access"."structure_column"("p_class" bigint, "p_code" "text", "p_key" "text", "p_target" bigint, "p_several" boolean) FROM PUBLIC;
REVOKE ALL ON FUNCTION "access"."structure_definitions"("p_model" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "access"."structure_sql"("p_kind" "text", "p_class" bigint, "p_superior" bigint, "p_membership" bigint, "p_user" bigint, "p_unit" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "access"."suspend_account"("p_login" "text") FROM PUBLIC;
GRANT ALL ON FUNCTION "access"."suspend_account"("p_login" "text") TO "pgears_admin";
REVOKE ALL ON FUNCTION "access"."switch_role"("p_code" "text", "p_on" boolean, "p_model" "text") FROM PUBLIC;
GRANT ALL ON FUNCTION "access"."switch_role"("p_code" "text", "p_on" boolean, "p_model" "text") TO "pgears_admin";
REVOKE ALL ON FUNCTION "access"."sync_groups"("p_login" "text", "p_groups" "text"[]) FROM PUBLIC;
GRANT ALL ON FUNCTION "access"."sync_groups"("p_login" "text", "p_groups" "text"[]) TO "pgears_admin";
GRANT ALL ON FUNCTION "access"."sync_groups"("p_login" "text", "p_groups" "text"[]) TO "pgears_runner";
REVOKE ALL ON FUNCTION "access"."unhook_structure"("p_structure" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "access"."wanted_grants"("p_classes" bigint[]) FROM PUBLIC;
REVOKE ALL ON FUNCTION "access"."wanted_policies"("p_classes" bigint[]) FROM PUBLIC;
REVOKE ALL ON FUNCTION "flow"."complete_assignment"("p_id" bigint, "p_outcome" "text", "p_variables" "jsonb") FROM PUBLIC;
GRANT ALL ON FUNCTION "flow"."complete_assignment"("p_id" bigint, "p_outcome" "text", "p_variables" "jsonb") TO "pgears_admin";
GRANT ALL ON FUNCTION "flow"."complete_assignment"("p_id" bigint, "p_outcome" "text", "p_variables" "jsonb") TO "pgears_runner";
REVOKE ALL ON FUNCTION "api"."complete_task"("id" bigint, "outcome" "text", "variables" "jsonb") FROM PUBLIC;
GRANT ALL ON FUNCTION "api"."complete_task"("id" bigint, "outcome" "text", "variables" "jsonb") TO "pgears_admin";
GRANT ALL ON FUNCTION "api"."complete_task"("id" bigint, "outcome" "text", "variables" "jsonb") TO "pgears_runner";
REVOKE ALL ON FUNCTION "api"."my_tasks"() FROM PUBLIC;
GRANT ALL ON FUNCTION "api"."my_tasks"() TO "pgears_admin";
GRANT ALL ON FUNCTION "api"."my_tasks"() TO "pgears_runner";
REVOKE ALL ON FUNCTION "flow"."raise_event"("p_code" "text", "p_scope" "text", "p_id" bigint, "p_payload" "jsonb", "p_keep" interval) FROM PUBLIC;
GRANT ALL ON FUNCTION "flow"."raise_event"("p_code" "text", "p_scope" "text", "p_id" bigint, "p_payload" "jsonb", "p_keep" interval) TO "pgears_admin";
GRANT ALL ON FUNCTION "flow"."raise_event"("p_code" "text", "p_scope" "text", "p_id" bigint, "p_payload" "jsonb", "p_keep" interval) TO "pgears_runner";
REVOKE ALL ON FUNCTION "api"."raise_event"("code" "text", "scope" "text", "id" bigint, "payload" "jsonb") FROM PUBLIC;
GRANT ALL ON FUNCTION "api"."raise_event"("code" "text", "scope" "text", "id" bigint, "payload" "jsonb") TO "pgears_admin";
GRANT ALL ON FUNCTION "api"."raise_event"("code" "text", "scope" "text", "id" bigint, "payload" "jsonb") TO "pgears_runner";
REVOKE ALL ON FUNCTION "queue"."enqueue"("p_kind" "text", "p_payload" "jsonb", "p_due" timestamp with time zone, "p_lane" smallint) FROM PUBLIC;
GRANT ALL ON FUNCTION "queue"."enqueue"("p_kind" "text", "p_payload" "jsonb", "p_due" timestamp with time zone, "p_lane" smallint) TO "pgears_runner";
REVOKE ALL ON FUNCTION "replica"."subscription_id"("p_name" "text") FROM PUBLIC;
GRANT ALL ON FUNCTION "replica"."subscription_id"("p_name" "text") TO "pgears_admin";
GRANT ALL ON FUNCTION "replica"."subscription_id"("p_name" "text") TO "pgears_runner";
REVOKE ALL ON FUNCTION "replica"."request"("p_name" "text") FROM PUBLIC;
GRANT ALL ON FUNCTION "replica"."request"("p_name" "text") TO "pgears_admin";
GRANT ALL ON FUNCTION "replica"."request"("p_name" "text") TO "pgears_runner";
REVOKE ALL ON FUNCTION "api"."replicate"("code" "text") FROM PUBLIC;
GRANT ALL ON FUNCTION "api"."replicate"("code" "text") TO "pgears_admin";
GRANT ALL ON FUNCTION "api"."replicate"("code" "text") TO "pgears_runner";
REVOKE ALL ON FUNCTION "flow"."run_script"("p_code" "text", "p_parameters" "jsonb", "p_dry_run" boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION "flow"."run_script"("p_code" "text", "p_parameters" "jsonb", "p_dry_run" boolean) TO "pgears_admin";
GRANT ALL ON FUNCTION "flow"."run_script"("p_code" "text", "p_parameters" "jsonb", "p_dry_run" boolean) TO "pgears_runner";
REVOKE ALL ON FUNCTION "api"."run_script"("code" "text", "parameters" "jsonb", "dry_run" boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION "api"."run_script"("code" "text", "parameters" "jsonb", "dry_run" boolean) TO "pgears_admin";
GRANT ALL ON FUNCTION "api"."run_script"("code" "text", "parameters" "jsonb", "dry_run" boolean) TO "pgears_runner";
REVOKE ALL ON FUNCTION "api"."send_mail"("p_to" "text", "p_subject" "text", "p_body" "text", "p_cc" "text", "p_bcc" "text", "p_reply_to" "text", "p_html" "text", "p_account" "text", "p_as_one" boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION "api"."send_mail"("p_to" "text", "p_subject" "text", "p_body" "text", "p_cc" "text", "p_bcc" "text", "p_reply_to" "text", "p_html" "text", "p_account" "text", "p_as_one" boolean) TO "pgears_admin";
GRANT ALL ON FUNCTION "api"."send_mail"("p_to" "text", "p_subject" "text", "p_body" "text", "p_cc" "text", "p_bcc" "text", "p_reply_to" "text", "p_html" "text", "p_account" "text", "p_as_one" boolean) TO "pgears_runner";
REVOKE ALL ON FUNCTION "flow"."start_instance"("p_workflow" bigint, "p_class" bigint, "p_record" bigint, "p_variables" "jsonb", "p_key" "text", "p_parent_branch" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "flow"."workflow_id"("p_code" "text", "p_model" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "flow"."start_workflow"("p_code" "text", "p_record" bigint, "p_variables" "jsonb", "p_key" "text") FROM PUBLIC;
GRANT ALL ON FUNCTION "flow"."start_workflow"("p_code" "text", "p_record" bigint, "p_variables" "jsonb", "p_key" "text") TO "pgears_admin";
GRANT ALL ON FUNCTION "flow"."start_workflow"("p_code" "text", "p_record" bigint, "p_variables" "jsonb", "p_key" "text") TO "pgears_runner";
REVOKE ALL ON FUNCTION "api"."start_workflow"("code" "text", "id" bigint, "variables" "jsonb", "key" "text") FROM PUBLIC;
GRANT ALL ON FUNCTION "api"."start_workflow"("code" "text", "id" bigint, "variables" "jsonb", "key" "text") TO "pgears_admin";
GRANT ALL ON FUNCTION "api"."start_workflow"("code" "text", "id" bigint, "variables" "jsonb", "key" "text") TO "pgears_runner";
REVOKE ALL ON FUNCTION "flow"."state_name"("p_state" smallint) FROM PUBLIC;
GRANT ALL ON FUNCTION "flow"."state_name"("p_state" smallint) TO "pgears_admin";
GRANT ALL ON FUNCTION "flow"."state_name"("p_state" smallint) TO "pgears_runner";
REVOKE ALL ON FUNCTION "api"."workflow_state"("id" bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION "api"."workflow_state"("id" bigint) TO "pgears_admin";
GRANT ALL ON FUNCTION "api"."workflow_state"("id" bigint) TO "pgears_runner";
REVOKE ALL ON FUNCTION "core"."append_file"("p_upload" "uuid", "p_content" "bytea") FROM PUBLIC;
GRANT ALL ON FUNCTION "core"."append_file"("p_upload" "uuid", "p_content" "bytea") TO "pgears_runner";
GRANT ALL ON FUNCTION "core"."append_file"("p_upload" "uuid", "p_content" "bytea") TO "pgears_admin";
REVOKE ALL ON FUNCTION "core"."finish_file"("p_upload" "uuid", "p_name" "text", "p_media_type" "text") FROM PUBLIC;
GRANT ALL ON FUNCTION "core"."finish_file"("p_upload" "uuid", "p_name" "text", "p_media_type" "text") TO "pgears_runner";
GRANT ALL ON FUNCTION "core"."finish_file"("p_upload" "uuid", "p_name" "text", "p_media_type" "text") TO "pgears_admin";
GRANT SELECT ON TABLE "core"."clock" TO PUBLIC;
REVOKE ALL ON FUNCTION "core"."parameter"("p_code" "text") FROM PUBLIC;
GRANT ALL ON FUNCTION "core"."parameter"("p_code" "text") TO "pgears_admin";
GRANT ALL ON FUNCTION "core"."parameter"("p_code" "text") TO "pgears_runner";
REVOKE ALL ON FUNCTION "core"."prune_files"("p_limit" integer) FROM PUBLIC;
GRANT ALL ON FUNCTION "core"."prune_files"("p_limit" integer) TO "pgears_runner";
GRANT ALL ON FUNCTION "core"."prune_files"("p_limit" integer) TO "pgears_admin";
REVOKE ALL ON FUNCTION "core"."read_file"("p_file" bigint, "p_offset" bigint, "p_length" integer) FROM PUBLIC;
GRANT ALL ON FUNCTION "core"."read_file"("p_file" bigint, "p_offset" bigint, "p_length" integer) TO "pgears_runner";
GRANT ALL ON FUNCTION "core"."read_file"("p_file" bigint, "p_offset" bigint, "p_length" integer) TO "pgears_admin";
REVOKE ALL ON FUNCTION "core"."set_blocked_suffixes"("p_entries" "text"[]) FROM PUBLIC;
GRANT ALL ON FUNCTION "core"."set_blocked_suffixes"("p_entries" "text"[]) TO "pgears_admin";
REVOKE ALL ON FUNCTION "core"."set_clock"("p_at" timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION "core"."set_clock"("p_at" timestamp with time zone) TO "pgears_admin";
REVOKE ALL ON FUNCTION "core"."set_environment"("p_environment" "text") FROM PUBLIC;
GRANT ALL ON FUNCTION "core"."set_environment"("p_environment" "text") TO "pgears_admin";
REVOKE ALL ON FUNCTION "core"."set_integration"("p_on" boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION "core"."set_integration"("p_on" boolean) TO "pgears_admin";
REVOKE ALL ON FUNCTION "core"."set_parameter"("p_code" "text", "p_value" "text", "p_note" "text") FROM PUBLIC;
GRANT ALL ON FUNCTION "core"."set_parameter"("p_code" "text", "p_value" "text", "p_note" "text") TO "pgears_admin";
REVOKE ALL ON FUNCTION "core"."set_source"("p_source" "text") FROM PUBLIC;
GRANT ALL ON FUNCTION "core"."set_source"("p_source" "text") TO "pgears_admin";
GRANT ALL ON FUNCTION "core"."set_source"("p_source" "text") TO "pgears_runner";
REVOKE ALL ON FUNCTION "core"."source_seal"("p_source" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "core"."store_file"("p_name" "text", "p_media_type" "text", "p_content" "bytea") FROM PUBLIC;
GRANT ALL ON FUNCTION "core"."store_file"("p_name" "text", "p_media_type" "text", "p_content" "bytea") TO "pgears_runner";
GRANT ALL ON FUNCTION "core"."store_file"("p_name" "text", "p_media_type" "text", "p_content" "bytea") TO "pgears_admin";
REVOKE ALL ON FUNCTION "feed"."advance"("p_consumer" "text", "p_transaction" "xid8", "p_position" bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION "feed"."advance"("p_consumer" "text", "p_transaction" "xid8", "p_position" bigint) TO "pgears_runner";
GRANT ALL ON FUNCTION "feed"."advance"("p_consumer" "text", "p_transaction" "xid8", "p_position" bigint) TO "pgears_admin";
REVOKE ALL ON FUNCTION "feed"."horizon"() FROM PUBLIC;
GRANT ALL ON FUNCTION "feed"."horizon"() TO "pgears_runner";
GRANT ALL ON FUNCTION "feed"."horizon"() TO "pgears_admin";
REVOKE ALL ON FUNCTION "feed"."prune"("p_keep" interval) FROM PUBLIC;
GRANT ALL ON FUNCTION "feed"."prune"("p_keep" interval) TO "pgears_runner";
GRANT ALL ON FUNCTION "feed"."prune"("p_keep" interval) TO "pgears_admin";
REVOKE ALL ON FUNCTION "feed"."read_changes"("p_consumer" "text", "p_limit" integer) FROM PUBLIC;
GRANT ALL ON FUNCTION "feed"."read_changes"("p_consumer" "text", "p_limit" integer) TO "pgears_runner";
GRANT ALL ON FUNCTION "feed"."read_changes"("p_consumer" "text", "p_limit" integer) TO "pgears_admin";
REVOKE ALL ON FUNCTION "feed"."subscribe"("p_consumer" "text", "p_note" "text") FROM PUBLIC;
GRANT ALL ON FUNCTION "feed"."subscribe"("p_consumer" "text", "p_note" "text") TO "pgears_runner";
GRANT ALL ON FUNCTION "feed"."subscribe"("p_consumer" "text", "p_note" "text") TO "pgears_admin";
REVOKE ALL ON FUNCTION "flow"."begin_event"("p_instance" "flow"."instance", "p_branch" "flow"."branch", "p_step" "jsonb", "p_class" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "flow"."begin_run"("p_job" "flow"."job", "p_cause" "text", "p_slot" timestamp with time zone, "p_queue" boolean) FROM PUBLIC;
REVOKE ALL ON FUNCTION "flow"."begin_task"("p_instance" "flow"."instance", "p_branch" "flow"."branch", "p_step" "jsonb", "p_class" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "flow"."cancel_branches"("p_instance" bigint, "p_detail" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "flow"."cancel_instance"("p_instance" bigint, "p_reason" "text") FROM PUBLIC;
GRANT ALL ON FUNCTION "flow"."cancel_instance"("p_instance" bigint, "p_reason" "text") TO "pgears_admin";
GRANT ALL ON FUNCTION "flow"."cancel_instance"("p_instance" bigint, "p_reason" "text") TO "pgears_runner";
REVOKE ALL ON FUNCTION "flow"."check_dates"("p_class" bigint, "p_definition" "jsonb", "p_rule" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "flow"."check_interval"("p_text" "text", "p_path" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "flow"."check_notification"("p_model" bigint, "p_class" bigint, "p_definition" "jsonb") FROM PUBLIC;
REVOKE ALL ON FUNCTION "flow"."check_steps"("p_steps" "jsonb") FROM PUBLIC;
REVOKE ALL ON FUNCTION "flow"."check_sub_workflows"() FROM PUBLIC;
REVOKE ALL ON FUNCTION "flow"."path_place"("p_class" bigint, "p_path" "text"[], "p_owner" bigint, "p_code" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "flow"."column_uses"("p_class" bigint, "p_code" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "flow"."compile_job_steps"("p_model" bigint, "p_code" "text", "p_steps" "jsonb") FROM PUBLIC;
REVOKE ALL ON FUNCTION "flow"."compile_notification"("p_notification" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "flow"."compile_steps"("p_model" bigint, "p_class" bigint, "p_steps" "jsonb") FROM PUBLIC;
REVOKE ALL ON FUNCTION "flow"."content_expressions"("p_model" bigint, "p_class" bigint, "p_definition" "jsonb", "p_frame" "jsonb", "p_language" "text", OUT "subject" "text", OUT "body" "text", OUT "html" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "flow"."cron_field"("p_field" "text", "p_from" integer, "p_to" integer, "p_names" "text"[]) FROM PUBLIC;
REVOKE ALL ON FUNCTION "flow"."default_text"("p_text" "jsonb") FROM PUBLIC;
REVOKE ALL ON FUNCTION "flow"."do_step"("p_instance" "flow"."instance", "p_branch" "flow"."branch", "p_step" "jsonb", "p_class" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "flow"."step_edges"("p_steps" "jsonb") FROM PUBLIC;
REVOKE ALL ON FUNCTION "flow"."draw_steps"("p_steps" "jsonb", "p_taken" "jsonb", "p_current" "text"[]) FROM PUBLIC;
REVOKE ALL ON FUNCTION "flow"."draw_instance"("p_instance" bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION "flow"."draw_instance"("p_instance" bigint) TO "pgears_admin";
GRANT ALL ON FUNCTION "flow"."draw_instance"("p_instance" bigint) TO "pgears_runner";
REVOKE ALL ON FUNCTION "flow"."draw_version"("p_code" "text", "p_version" integer) FROM PUBLIC;
GRANT ALL ON FUNCTION "flow"."draw_version"("p_code" "text", "p_version" integer) TO "pgears_admin";
GRANT ALL ON FUNCTION "flow"."draw_version"("p_code" "text", "p_version" integer) TO "pgears_runner";
REVOKE ALL ON FUNCTION "flow"."drop_frame"("p_frame" bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION "flow"."drop_frame"("p_frame" bigint) TO "pgears_admin";
REVOKE ALL ON FUNCTION "flow"."drop_job"("p_job" bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION "flow"."drop_job"("p_job" bigint) TO "pgears_admin";
REVOKE ALL ON FUNCTION "flow"."drop_notification"("p_notification" bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION "flow"."drop_notification"("p_notification" bigint) TO "pgears_admin";
REVOKE ALL ON FUNCTION "flow"."unhook_rule"("p_rule" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "flow"."drop_rule"("p_rule" bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION "flow"."drop_rule"("p_rule" bigint) TO "pgears_admin";
REVOKE ALL ON FUNCTION "flow"."drop_script"("p_script" bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION "flow"."drop_script"("p_script" bigint) TO "pgears_admin";
REVOKE ALL ON FUNCTION "flow"."drop_workflow"("p_workflow" bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION "flow"."drop_workflow"("p_workflow" bigint) TO "pgears_admin";
REVOKE ALL ON FUNCTION "flow"."end_branch"("p_branch" "flow"."branch") FROM PUBLIC;
REVOKE ALL ON FUNCTION "flow"."end_job_step"("p_run" bigint, "p_position" integer, "p_error" "text", "p_output" "text") FROM PUBLIC;
GRANT ALL ON FUNCTION "flow"."end_job_step"("p_run" bigint, "p_position" integer, "p_error" "text", "p_output" "text") TO "pgears_runner";
REVOKE ALL ON FUNCTION "flow"."end_run"("p_run" bigint, "p_error" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "flow"."enqueue_branch"("p_branch" bigint, "p_turn" integer, "p_due" timestamp with time zone, "p_late" boolean) FROM PUBLIC;
REVOKE ALL ON FUNCTION "flow"."envelopes"("p_to" "text", "p_cc" "text", "p_bcc" "text", "p_each" boolean, "p_languages" "text"[]) FROM PUBLIC;
REVOKE ALL ON FUNCTION "flow"."escape_html"("p_value" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "flow"."evaluate"("p_class" bigint, "p_record" bigint, "p_instance" bigint, "p_variables" "jsonb", "p_expression" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "flow"."evaluate_map"("p_instance" "flow"."instance", "p_class" bigint, "p_map" "jsonb") FROM PUBLIC;
REVOKE ALL ON FUNCTION "flow"."execute_script"("p_script" bigint, "p_context" "jsonb") FROM PUBLIC;
REVOKE ALL ON FUNCTION "flow"."fail_step"("p_branch" "flow"."branch", "p_step" "jsonb", "p_error" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "flow"."fail_stranded"() FROM PUBLIC;
GRANT ALL ON FUNCTION "flow"."fail_stranded"() TO "pgears_runner";
REVOKE ALL ON FUNCTION "flow"."finish_instance"("p_instance" bigint, "p_state" smallint, "p_error" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "flow"."fire_dates"() FROM PUBLIC;
GRANT ALL ON FUNCTION "flow"."fire_dates"() TO "pgears_runner";
REVOKE ALL ON FUNCTION "flow"."follow_column"() FROM PUBLIC;
REVOKE ALL ON FUNCTION "flow"."frame_definitions"("p_model" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "flow"."text_expression"("p_model" bigint, "p_class" bigint, "p_text" "text", "p_kind" "text", "p_language" "text", "p_variables" "text"[]) FROM PUBLIC;
REVOKE ALL ON FUNCTION "flow"."frame_expression"("p_model" bigint, "p_class" bigint, "p_frame" "text", "p_content" "text", "p_kind" "text", "p_language" "text", "p_variables" "text"[]) FROM PUBLIC;
REVOKE ALL ON FUNCTION "flow"."job_definitions"("p_model" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "flow"."job_id"("p_code" "text", "p_model" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "flow"."job_slot"("p_definition" "jsonb", "p_after" timestamp with time zone) FROM PUBLIC;
REVOKE ALL ON FUNCTION "flow"."language_of"("p_address" "text", "p_languages" "text"[]) FROM PUBLIC;
REVOKE ALL ON FUNCTION "flow"."language_text"("p_text" "jsonb", "p_language" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "flow"."lock_event"("p_scope" "text", "p_scope_id" bigint, "p_code" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "flow"."lock_instance"("p_instance" bigint, "p_states" smallint[], "p_what" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "flow"."move_instance"("p_instance" bigint, "p_version" integer, "p_mapping" "jsonb") FROM PUBLIC;
GRANT ALL ON FUNCTION "flow"."move_instance"("p_instance" bigint, "p_version" integer, "p_mapping" "jsonb") TO "pgears_admin";
REVOKE ALL ON FUNCTION "flow"."needed"("p_name" "text", "p_value" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "flow"."next_depth"("p_rule" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "flow"."next_slot"("p_cron" "text", "p_zone" "text", "p_after" timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION "flow"."next_slot"("p_cron" "text", "p_zone" "text", "p_after" timestamp with time zone) TO "pgears_admin";
GRANT ALL ON FUNCTION "flow"."next_slot"("p_cron" "text", "p_zone" "text", "p_after" timestamp with time zone) TO "pgears_runner";
REVOKE ALL ON FUNCTION "flow"."notification_definitions"("p_model" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "flow"."notification_id"("p_path" "text") FROM PUBLIC;
GRANT ALL ON FUNCTION "flow"."notification_id"("p_path" "text") TO "pgears_admin";
GRANT ALL ON FUNCTION "flow"."notification_id"("p_path" "text") TO "pgears_runner";
REVOKE ALL ON FUNCTION "flow"."one_line"("p_value" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "flow"."path_expression"("p_class" bigint, "p_path" "text"[], "p_address" boolean) FROM PUBLIC;
REVOKE ALL ON FUNCTION "flow"."pause_instance"("p_instance" bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION "flow"."pause_instance"("p_instance" bigint) TO "pgears_admin";
GRANT ALL ON FUNCTION "flow"."pause_instance"("p_instance" bigint) TO "pgears_runner";
REVOKE ALL ON FUNCTION "flow"."prune_events"() FROM PUBLIC;
GRANT ALL ON FUNCTION "flow"."prune_events"() TO "pgears_runner";
REVOKE ALL ON FUNCTION "meta"."column_sql_type"("p_type" "text", "p_definition" "jsonb") FROM PUBLIC;
REVOKE ALL ON FUNCTION "flow"."record_by_codes"("p_class" bigint, "p_row" "jsonb") FROM PUBLIC;
REVOKE ALL ON FUNCTION "flow"."record_of"("p_class" bigint, "p_record" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "flow"."refuse"("p_message" "text") FROM PUBLIC;
GRANT ALL ON FUNCTION "flow"."refuse"("p_message" "text") TO "pgears_admin";
GRANT ALL ON FUNCTION "flow"."refuse"("p_message" "text") TO "pgears_runner";
REVOKE ALL ON FUNCTION "flow"."resume_instance"("p_instance" bigint, "p_step" "text") FROM PUBLIC;
GRANT ALL ON FUNCTION "flow"."resume_instance"("p_instance" bigint, "p_step" "text") TO "pgears_admin";
GRANT ALL ON FUNCTION "flow"."resume_instance"("p_instance" bigint, "p_step" "text") TO "pgears_runner";
REVOKE ALL ON FUNCTION "flow"."rule_definitions"("p_model" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."condition_expression"("p_class" bigint, "p_sql" "text", "p_alias" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "flow"."rule_expression"("p_class" bigint, "p_sql" "text", "p_new" "text", "p_old" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "flow"."rule_failed"("p_rule" "text", "p_state" "text", "p_message" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "flow"."rule_hook"("p_event" "text", "p_action" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "flow"."rule_statement"("p_rule" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "flow"."run_job"("p_code" "text", "p_cause" "text") FROM PUBLIC;
GRANT ALL ON FUNCTION "flow"."run_job"("p_code" "text", "p_cause" "text") TO "pgears_admin";
GRANT ALL ON FUNCTION "flow"."run_job"("p_code" "text", "p_cause" "text") TO "pgears_runner";
REVOKE ALL ON FUNCTION "flow"."run_job_steps"("p_payload" "jsonb") FROM PUBLIC;
REVOKE ALL ON FUNCTION "flow"."run_once"("p_code" "text", "p_steps" "jsonb", "p_at" timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION "flow"."run_once"("p_code" "text", "p_steps" "jsonb", "p_at" timestamp with time zone) TO "pgears_admin";
GRANT ALL ON FUNCTION "flow"."run_once"("p_code" "text", "p_steps" "jsonb", "p_at" timestamp with time zone) TO "pgears_runner";
REVOKE ALL ON FUNCTION "flow"."run_row_script"("p_rule" bigint, "p_event" "text", "p_class" bigint, "p_new" "jsonb", "p_old" "jsonb") FROM PUBLIC;
REVOKE ALL ON FUNCTION "flow"."run_rule"("p_payload" "jsonb") FROM PUBLIC;
REVOKE ALL ON FUNCTION "flow"."run_step"("p_payload" "jsonb") FROM PUBLIC;
REVOKE ALL ON FUNCTION "flow"."schedule_jobs"() FROM PUBLIC;
GRANT ALL ON FUNCTION "flow"."schedule_jobs"() TO "pgears_runner";
REVOKE ALL ON FUNCTION "flow"."script_definitions"("p_model" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "flow"."script_id"("p_code" "text", "p_model" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "flow"."script_trouble"("p_script" bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION "flow"."script_trouble"("p_script" bigint) TO "pgears_admin";
REVOKE ALL ON FUNCTION "flow"."send_notification"("p_notification" bigint, "p_rows" bigint[], "p_variables" "jsonb", "p_files" bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION "flow"."send_notification"("p_notification" bigint, "p_rows" bigint[], "p_variables" "jsonb", "p_files" bigint[]) TO "pgears_admin";
GRANT ALL ON FUNCTION "flow"."send_notification"("p_notification" bigint, "p_rows" bigint[], "p_variables" "jsonb", "p_files" bigint[]) TO "pgears_runner";
REVOKE ALL ON FUNCTION "flow"."set_frame"("p_model" bigint, "p_code" "text", "p_definition" "jsonb") FROM PUBLIC;
GRANT ALL ON FUNCTION "flow"."set_frame"("p_model" bigint, "p_code" "text", "p_definition" "jsonb") TO "pgears_admin";
REVOKE ALL ON FUNCTION "flow"."set_job"("p_model" bigint, "p_code" "text", "p_definition" "jsonb") FROM PUBLIC;
GRANT ALL ON FUNCTION "flow"."set_job"("p_model" bigint, "p_code" "text", "p_definition" "jsonb") TO "pgears_admin";
REVOKE ALL ON FUNCTION "flow"."set_notification"("p_model" bigint, "p_code" "text", "p_definition" "jsonb") FROM PUBLIC;
GRANT ALL ON FUNCTION "flow"."set_notification"("p_model" bigint, "p_code" "text", "p_definition" "jsonb") TO "pgears_admin";
REVOKE ALL ON FUNCTION "flow"."set_rule"("p_model" bigint, "p_code" "text", "p_definition" "jsonb") FROM PUBLIC;
GRANT ALL ON FUNCTION "flow"."set_rule"("p_model" bigint, "p_code" "text", "p_definition" "jsonb") TO "pgears_admin";
REVOKE ALL ON FUNCTION "flow"."set_script"("p_model" bigint, "p_code" "text", "p_definition" "jsonb") FROM PUBLIC;
GRANT ALL ON FUNCTION "flow"."set_script"("p_model" bigint, "p_code" "text", "p_definition" "jsonb") TO "pgears_admin";
REVOKE ALL ON FUNCTION "flow"."set_workflow"("p_model" bigint, "p_code" "text", "p_definition" "jsonb") FROM PUBLIC;
GRANT ALL ON FUNCTION "flow"."set_workflow"("p_model" bigint, "p_code" "text", "p_definition" "jsonb") TO "pgears_admin";
REVOKE ALL ON FUNCTION "flow"."start_jobs"() FROM PUBLIC;
GRANT ALL ON FUNCTION "flow"."start_jobs"() TO "pgears_runner";
REVOKE ALL ON FUNCTION "flow"."step_kinds"() FROM PUBLIC;
REVOKE ALL ON FUNCTION "flow"."stored_formulas"("p_class" bigint, "p_formulas" "jsonb", "p_rule" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "flow"."try_condition"("p_class" bigint, "p_condition" "text", "p_rule" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "flow"."variable_expression"("p_model" bigint, "p_class" bigint, "p_name" "text", "p_language" "text", "p_address" boolean, "p_variables" "text"[]) FROM PUBLIC;
REVOKE ALL ON FUNCTION "flow"."wait_branch"("p_branch" bigint, "p_for" "text", "p_until" timestamp with time zone, "p_scope" "text", "p_scope_id" bigint, "p_code" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "flow"."wake_branch"("p_branch" bigint, "p_result" "jsonb") FROM PUBLIC;
REVOKE ALL ON FUNCTION "flow"."workflow_definitions"("p_model" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "flow"."workflow_expression"("p_class" bigint, "p_sql" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "flow"."workflow_format"("p_class" bigint, "p_format" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "mail"."accept"("p_received" bigint, "p_parts" "jsonb", "p_files" bigint[], "p_skip" "text") FROM PUBLIC;
GRANT ALL ON FUNCTION "mail"."accept"("p_received" bigint, "p_parts" "jsonb", "p_files" bigint[], "p_skip" "text") TO "pgears_runner";
REVOKE ALL ON FUNCTION "mail"."accept_report"("p_report" "jsonb") FROM PUBLIC;
GRANT ALL ON FUNCTION "mail"."accept_report"("p_report" "jsonb") TO "pgears_runner";
REVOKE ALL ON FUNCTION "mail"."begin_many"("p_messages" bigint[], "p_tasks" bigint[], "p_tokens" "uuid"[]) FROM PUBLIC;
GRANT ALL ON FUNCTION "mail"."begin_many"("p_messages" bigint[], "p_tasks" bigint[], "p_tokens" "uuid"[]) TO "pgears_runner";
REVOKE ALL ON FUNCTION "mail"."begin_message"("p_mailbox" bigint, "p_after" bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION "mail"."begin_message"("p_mailbox" bigint, "p_after" bigint) TO "pgears_runner";
REVOKE ALL ON FUNCTION "mail"."begin_reading"("p_mailbox" bigint, "p_token" "uuid", "p_lease" interval) FROM PUBLIC;
GRANT ALL ON FUNCTION "mail"."begin_reading"("p_mailbox" bigint, "p_token" "uuid", "p_lease" interval) TO "pgears_runner";
REVOKE ALL ON FUNCTION "mail"."begin_sending"("p_message" bigint, "p_task" bigint, "p_token" "uuid") FROM PUBLIC;
GRANT ALL ON FUNCTION "mail"."begin_sending"("p_message" bigint, "p_task" bigint, "p_token" "uuid") TO "pgears_runner";
REVOKE ALL ON FUNCTION "mail"."cancel"("p_message" bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION "mail"."cancel"("p_message" bigint) TO "pgears_admin";
REVOKE ALL ON FUNCTION "mail"."character_of"("p_code" integer) FROM PUBLIC;
REVOKE ALL ON FUNCTION "mail"."check_driver"("p_definition" "jsonb") FROM PUBLIC;
REVOKE ALL ON FUNCTION "mail"."check_header"("p_header" "text", "p_value" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "mail"."check_mapping"("p_model" bigint, "p_class" bigint, "p_mapping" "jsonb") FROM PUBLIC;
REVOKE ALL ON FUNCTION "mail"."check_rate"("p_received" bigint, "p_rate" "text", "p_sender" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "mail"."check_reply"("p_model" bigint, "p_class" bigint, "p_definition" "jsonb") FROM PUBLIC;
REVOKE ALL ON FUNCTION "mail"."check_script"("p_name" "text", "p_key" "text", "p_account" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "mail"."class_of_row"("p_class" bigint, "p_row" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "mail"."confirm"("p_message_id" "text", "p_found" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "mail"."drop_group"("p_group" bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION "mail"."drop_group"("p_group" bigint) TO "pgears_admin";
REVOKE ALL ON FUNCTION "mail"."drop_mailbox"("p_mailbox" bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION "mail"."drop_mailbox"("p_mailbox" bigint) TO "pgears_admin";
REVOKE ALL ON FUNCTION "mail"."end_reading"("p_mailbox" bigint, "p_token" "uuid", "p_more" boolean, "p_error" "text", "p_wait" interval) FROM PUBLIC;
GRANT ALL ON FUNCTION "mail"."end_reading"("p_mailbox" bigint, "p_token" "uuid", "p_more" boolean, "p_error" "text", "p_wait" interval) TO "pgears_runner";
REVOKE ALL ON FUNCTION "mail"."enqueue_polls"() FROM PUBLIC;
GRANT ALL ON FUNCTION "mail"."enqueue_polls"() TO "pgears_runner";
REVOKE ALL ON FUNCTION "mail"."fill_parameters"("p_key" "text", "p_value" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "mail"."filled_definition"("p_definition" "jsonb") FROM PUBLIC;
REVOKE ALL ON FUNCTION "mail"."find_account"("p_code" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "mail"."find_rows"("p_class" bigint, "p_code" "text", "p_value" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "mail"."find_thread"("p_parts" "jsonb", OUT "mail_id" bigint, OUT "class_id" bigint, OUT "row_id" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "mail"."follow_column"() FROM PUBLIC;
REVOKE ALL ON FUNCTION "mail"."follow_reply_column"() FROM PUBLIC;
REVOKE ALL ON FUNCTION "mail"."give_up_unfetched"("p_mailbox" bigint, "p_token" "uuid", "p_keys" "text"[]) FROM PUBLIC;
GRANT ALL ON FUNCTION "mail"."give_up_unfetched"("p_mailbox" bigint, "p_token" "uuid", "p_keys" "text"[]) TO "pgears_runner";
REVOKE ALL ON FUNCTION "mail"."group_addresses"("p_group" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "mail"."group_definitions"("p_model" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "mail"."guard"(OUT "guard" "text", OUT "address" "text") FROM PUBLIC;
GRANT ALL ON FUNCTION "mail"."guard"(OUT "guard" "text", OUT "address" "text") TO "pgears_admin";
GRANT ALL ON FUNCTION "mail"."guard"(OUT "guard" "text", OUT "address" "text") TO "pgears_runner";
REVOKE ALL ON FUNCTION "mail"."hold_mailbox"("p_mailbox" bigint, "p_token" "uuid") FROM PUBLIC;
REVOKE ALL ON FUNCTION "mail"."holds_lease"("p_task" bigint, "p_token" "uuid") FROM PUBLIC;
REVOKE ALL ON FUNCTION "mail"."listed"("p_mailbox" bigint, "p_keys" "text"[]) FROM PUBLIC;
GRANT ALL ON FUNCTION "mail"."listed"("p_mailbox" bigint, "p_keys" "text"[]) TO "pgears_runner";
REVOKE ALL ON FUNCTION "mail"."listen_mailboxes"("p_listener" "uuid", "p_lease" interval) FROM PUBLIC;
GRANT ALL ON FUNCTION "mail"."listen_mailboxes"("p_listener" "uuid", "p_lease" interval) TO "pgears_runner";
REVOKE ALL ON FUNCTION "mail"."lock_message"("p_message" bigint, "p_states" "text"[], "p_deed" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "mail"."lock_quarantined"("p_received" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "mail"."mailbox_definitions"("p_model" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "mail"."mailbox_id"("p_name" "text") FROM PUBLIC;
GRANT ALL ON FUNCTION "mail"."mailbox_id"("p_name" "text") TO "pgears_admin";
GRANT ALL ON FUNCTION "mail"."mailbox_id"("p_name" "text") TO "pgears_runner";
REVOKE ALL ON FUNCTION "mail"."make_record"("p_received" bigint, "p_model" bigint, "p_class" bigint, "p_definition" "jsonb", "p_parts" "jsonb", "p_files" bigint[], OUT "class_id" bigint, OUT "row_id" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "mail"."mapped_column"("p_class" bigint, "p_code" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "mail"."of_record"("p_class" "text", "p_row" bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION "mail"."of_record"("p_class" "text", "p_row" bigint) TO "pgears_admin";
GRANT ALL ON FUNCTION "mail"."of_record"("p_class" "text", "p_row" bigint) TO "pgears_runner";
REVOKE ALL ON FUNCTION "mail"."overall_state"("p_message" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "mail"."pace"("p_message" "mail"."message", "p_account" "mail"."account") FROM PUBLIC;
REVOKE ALL ON FUNCTION "mail"."parse_addresses"("p_list" "text") FROM PUBLIC;
GRANT ALL ON FUNCTION "mail"."parse_addresses"("p_list" "text") TO "pgears_admin";
GRANT ALL ON FUNCTION "mail"."parse_addresses"("p_list" "text") TO "pgears_runner";
REVOKE ALL ON FUNCTION "mail"."plain_text"("p_html" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "mail"."prune"("p_limit" integer) FROM PUBLIC;
GRANT ALL ON FUNCTION "mail"."prune"("p_limit" integer) TO "pgears_runner";
GRANT ALL ON FUNCTION "mail"."prune"("p_limit" integer) TO "pgears_admin";
REVOKE ALL ON FUNCTION "mail"."quarantine"("p_received" bigint, "p_error" "text", "p_parts" "jsonb") FROM PUBLIC;
GRANT ALL ON FUNCTION "mail"."quarantine"("p_received" bigint, "p_error" "text", "p_parts" "jsonb") TO "pgears_runner";
REVOKE ALL ON FUNCTION "mail"."rate_limit"("p_rate" "text", OUT "number" integer, OUT "span" interval) FROM PUBLIC;
REVOKE ALL ON FUNCTION "mail"."record_values"("p_received" bigint, "p_model" bigint, "p_class" bigint, "p_mapping" "jsonb", "p_parts" "jsonb", "p_files" bigint[]) FROM PUBLIC;
REVOKE ALL ON FUNCTION "mail"."release"("p_account" "text", "p_limit" integer) FROM PUBLIC;
GRANT ALL ON FUNCTION "mail"."release"("p_account" "text", "p_limit" integer) TO "pgears_admin";
REVOKE ALL ON FUNCTION "mail"."resend"("p_message" bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION "mail"."resend"("p_message" bigint) TO "pgears_admin";
REVOKE ALL ON FUNCTION "mail"."resolve"("p_message" bigint, "p_outcome" "text") FROM PUBLIC;
GRANT ALL ON FUNCTION "mail"."resolve"("p_message" bigint, "p_outcome" "text") TO "pgears_admin";
REVOKE ALL ON FUNCTION "mail"."retry_received"("p_received" bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION "mail"."retry_received"("p_received" bigint) TO "pgears_admin";
REVOKE ALL ON FUNCTION "mail"."ring_mailbox"("p_mailbox" bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION "mail"."ring_mailbox"("p_mailbox" bigint) TO "pgears_runner";
REVOKE ALL ON FUNCTION "mail"."same_folder"("p_one" "jsonb", "p_other" "jsonb") FROM PUBLIC;
REVOKE ALL ON FUNCTION "mail"."save_reply"("p_received" bigint, "p_parts" "jsonb", "p_files" bigint[], "p_save" boolean, OUT "mail_id" bigint, OUT "about_class_id" bigint, OUT "about_row_id" bigint, OUT "class_id" bigint, OUT "row_id" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "mail"."send"("p_to" "text", "p_cc" "text", "p_bcc" "text", "p_reply_to" "text", "p_account" "text", "p_subject" "text", "p_body" "text", "p_html" "text", "p_class" bigint, "p_row" bigint, "p_as_one" boolean, "p_files" bigint[], "p_in_reply_to" "text", "p_priority" "text", "p_automatic" boolean, "p_correlation" "uuid") FROM PUBLIC;
GRANT ALL ON FUNCTION "mail"."send"("p_to" "text", "p_cc" "text", "p_bcc" "text", "p_reply_to" "text", "p_account" "text", "p_subject" "text", "p_body" "text", "p_html" "text", "p_class" bigint, "p_row" bigint, "p_as_one" boolean, "p_files" bigint[], "p_in_reply_to" "text", "p_priority" "text", "p_automatic" boolean, "p_correlation" "uuid") TO "pgears_admin";
GRANT ALL ON FUNCTION "mail"."send"("p_to" "text", "p_cc" "text", "p_bcc" "text", "p_reply_to" "text", "p_account" "text", "p_subject" "text", "p_body" "text", "p_html" "text", "p_class" bigint, "p_row" bigint, "p_as_one" boolean, "p_files" bigint[], "p_in_reply_to" "text", "p_priority" "text", "p_automatic" boolean, "p_correlation" "uuid") TO "pgears_runner";
REVOKE ALL ON FUNCTION "mail"."sending_details"("p_messages" bigint[]) FROM PUBLIC;
REVOKE ALL ON FUNCTION "mail"."set_account"("p_code" "text", "p_definition" "jsonb") FROM PUBLIC;
GRANT ALL ON FUNCTION "mail"."set_account"("p_code" "text", "p_definition" "jsonb") TO "pgears_admin";
REVOKE ALL ON FUNCTION "mail"."set_aside"("p_mailbox" bigint, "p_token" "uuid", "p_key" "text", "p_error" "text") FROM PUBLIC;
GRANT ALL ON FUNCTION "mail"."set_aside"("p_mailbox" bigint, "p_token" "uuid", "p_key" "text", "p_error" "text") TO "pgears_runner";
REVOKE ALL ON FUNCTION "mail"."set_audit"("p_address" "text") FROM PUBLIC;
GRANT ALL ON FUNCTION "mail"."set_audit"("p_address" "text") TO "pgears_admin";
REVOKE ALL ON FUNCTION "mail"."set_group"("p_model" bigint, "p_code" "text", "p_definition" "jsonb") FROM PUBLIC;
GRANT ALL ON FUNCTION "mail"."set_group"("p_model" bigint, "p_code" "text", "p_definition" "jsonb") TO "pgears_admin";
REVOKE ALL ON FUNCTION "mail"."set_guard"("p_guard" "text", "p_address" "text") FROM PUBLIC;
GRANT ALL ON FUNCTION "mail"."set_guard"("p_guard" "text", "p_address" "text") TO "pgears_admin";
REVOKE ALL ON FUNCTION "mail"."set_mailbox"("p_model" bigint, "p_code" "text", "p_definition" "jsonb") FROM PUBLIC;
GRANT ALL ON FUNCTION "mail"."set_mailbox"("p_model" bigint, "p_code" "text", "p_definition" "jsonb") TO "pgears_admin";
REVOKE ALL ON FUNCTION "mail"."set_retention"("p_sent" interval, "p_failed" interval) FROM PUBLIC;
GRANT ALL ON FUNCTION "mail"."set_retention"("p_sent" interval, "p_failed" interval) TO "pgears_admin";
REVOKE ALL ON FUNCTION "mail"."settle_batch"("p_mailbox" bigint, "p_token" "uuid", "p_keys" "text"[], "p_cursor" "jsonb", "p_token_expires" timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION "mail"."settle_batch"("p_mailbox" bigint, "p_token" "uuid", "p_keys" "text"[], "p_cursor" "jsonb", "p_token_expires" timestamp with time zone) TO "pgears_runner";
REVOKE ALL ON FUNCTION "mail"."settle_many"("p_attempts" "jsonb") FROM PUBLIC;
GRANT ALL ON FUNCTION "mail"."settle_many"("p_attempts" "jsonb") TO "pgears_runner";
REVOKE ALL ON FUNCTION "mail"."settle_sending"("p_message" bigint, "p_task" bigint, "p_token" "uuid", "p_results" "jsonb", "p_after" interval) FROM PUBLIC;
GRANT ALL ON FUNCTION "mail"."settle_sending"("p_message" bigint, "p_task" bigint, "p_token" "uuid", "p_results" "jsonb", "p_after" interval) TO "pgears_runner";
REVOKE ALL ON FUNCTION "mail"."skip_received"("p_received" bigint, "p_reason" "text") FROM PUBLIC;
GRANT ALL ON FUNCTION "mail"."skip_received"("p_received" bigint, "p_reason" "text") TO "pgears_admin";
REVOKE ALL ON FUNCTION "mail"."store"("p_message" "mail"."message", "p_recipients" "jsonb", "p_files" bigint[]) FROM PUBLIC;
REVOKE ALL ON FUNCTION "mail"."store_failed"("p_subject" "text", "p_body" "text", "p_class" bigint, "p_row" bigint, "p_error" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "mail"."store_received"("p_mailbox" bigint, "p_token" "uuid", "p_keys" "text"[], "p_raws" "bytea"[], "p_epoch" "text") FROM PUBLIC;
GRANT ALL ON FUNCTION "mail"."store_received"("p_mailbox" bigint, "p_token" "uuid", "p_keys" "text"[], "p_raws" "bytea"[], "p_epoch" "text") TO "pgears_runner";
REVOKE ALL ON FUNCTION "mail"."sweep"() FROM PUBLIC;
GRANT ALL ON FUNCTION "mail"."sweep"() TO "pgears_runner";
REVOKE ALL ON FUNCTION "mail"."trouble"("p_message" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."add_column"("p_class" bigint, "p_code" "text", "p_definition" "jsonb") FROM PUBLIC;
GRANT ALL ON FUNCTION "meta"."add_column"("p_class" bigint, "p_code" "text", "p_definition" "jsonb") TO "pgears_admin";
REVOKE ALL ON FUNCTION "meta"."add_physical_column"("p_class" bigint, "p_column" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."alter_class"("p_class" bigint, "p_definition" "jsonb") FROM PUBLIC;
GRANT ALL ON FUNCTION "meta"."alter_class"("p_class" bigint, "p_definition" "jsonb") TO "pgears_admin";
REVOKE ALL ON FUNCTION "meta"."alter_column"("p_column" bigint, "p_definition" "jsonb") FROM PUBLIC;
GRANT ALL ON FUNCTION "meta"."alter_column"("p_column" bigint, "p_definition" "jsonb") TO "pgears_admin";
REVOKE ALL ON FUNCTION "meta"."alter_model"("p_model" bigint, "p_definition" "jsonb") FROM PUBLIC;
GRANT ALL ON FUNCTION "meta"."alter_model"("p_model" bigint, "p_definition" "jsonb") TO "pgears_admin";
REVOKE ALL ON FUNCTION "meta"."api_view_states"("p_filter" "text", "p_difference" boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION "meta"."api_view_states"("p_filter" "text", "p_difference" boolean) TO "pgears_admin";
GRANT ALL ON FUNCTION "meta"."api_view_states"("p_filter" "text", "p_difference" boolean) TO "pgears_runner";
REVOKE ALL ON FUNCTION "meta"."apply_model"("p_file" "jsonb", "p_allow_destructive" boolean, "p_keep_classes" boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION "meta"."apply_model"("p_file" "jsonb", "p_allow_destructive" boolean, "p_keep_classes" boolean) TO "pgears_admin";
REVOKE ALL ON FUNCTION "meta"."apply_step"("p_model" "text", "p_step" "jsonb") FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."row_columns"("p_class" bigint, "p_prefix" "text", "p_written" boolean) FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."archive_statement"("p_class" bigint, "p_operation" "char") FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."begin_changes"() FROM PUBLIC;
GRANT ALL ON FUNCTION "meta"."begin_changes"() TO "pgears_admin";
REVOKE ALL ON FUNCTION "meta"."build_archive"("p_class" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."build_description"("p_class" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."build_functions"("p_class" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."build_limits"("p_class" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."build_readers"("p_class" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."build_row_trigger"("p_class" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."build_system_columns"("p_class" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."build_triggers"("p_class" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."check_class_names"("p_file" "jsonb") FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."check_code"("p_code" "text", "p_what" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."check_code_at"("p_code" "text", "p_what" "text", "p_path" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."check_column"("p_code" "text", "p_definition" "jsonb", "p_path" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."check_column_name"("p_class" bigint, "p_code" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."check_column_names"("p_file" "jsonb") FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."check_default"("p_definition" "jsonb", "p_path" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."check_definition"("p_place" "text", "p_definition" "jsonb", "p_path" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."check_descriptions"("p_file" "jsonb") FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."check_files"("p_class" bigint, "p_column" bigint, "p_files" bigint[]) FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."check_fixed"("p_file" "jsonb") FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."check_inheritance"("p_file" "jsonb") FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."check_joined_names"("p_file" "jsonb") FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."check_keys"("p_file" "jsonb") FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."check_languages"("p_file" "jsonb") FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."check_literal"("p_definition" "jsonb", "p_key" "text", "p_path" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."check_model"("p_file" "jsonb") FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."check_parameters"("p_file" "jsonb") FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."check_pattern"("p_pattern" "text", "p_path" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."check_query"("p_name" "text", "p_select" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."check_renames"("p_file" "jsonb") FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."check_sections"("p_file" "jsonb") FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."check_triggers"("p_table" "oid") FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."check_unused_class"("p_class" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."check_unused_rows"("p_class" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."check_view_names"() FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."class_definition"("p_class" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."class_id"("p_path" "text") FROM PUBLIC;
GRANT ALL ON FUNCTION "meta"."class_id"("p_path" "text") TO "pgears_admin";
GRANT ALL ON FUNCTION "meta"."class_id"("p_path" "text") TO "pgears_runner";
REVOKE ALL ON FUNCTION "meta"."class_keys"("p_class" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."section_of"("p_definition" "jsonb", "p_key" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."class_matches"("p_file" "jsonb") FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."column_difference"("p_view" "oid", "p_recorded" "text"[], "p_wanted" "jsonb") FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."column_expression"("p_class" bigint, "p_code" "text", "p_stored" boolean) FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."column_limits"("p_class" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."column_matches"("p_file" "jsonb") FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."column_text"("p_column" "text", "p_sql_type" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."column_users"("p_column" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."count_rows"("p_class" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."count_values"("p_column" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."create_class"("p_model" bigint, "p_code" "text", "p_definition" "jsonb") FROM PUBLIC;
GRANT ALL ON FUNCTION "meta"."create_class"("p_model" bigint, "p_code" "text", "p_definition" "jsonb") TO "pgears_admin";
REVOKE ALL ON FUNCTION "meta"."create_class_table"("p_class" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."create_column_store"("p_column" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."create_family"("p_class" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."create_key"("p_class" bigint, "p_key" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."create_model"("p_code" "text", "p_definition" "jsonb") FROM PUBLIC;
GRANT ALL ON FUNCTION "meta"."create_model"("p_code" "text", "p_definition" "jsonb") TO "pgears_admin";
REVOKE ALL ON FUNCTION "meta"."default_expression"("p_column" bigint, "p_type" "text", "p_definition" "jsonb") FROM PUBLIC;
GRANT SELECT ON TABLE "meta"."vocabulary" TO "pgears_admin";
GRANT SELECT ON TABLE "meta"."vocabulary" TO "pgears_runner";
REVOKE ALL ON FUNCTION "meta"."difference_text"("p_place" "text", "p_former" "jsonb", "p_definition" "jsonb") FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."distance"("p_word" "text", "p_other" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."drop_class"("p_class" bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION "meta"."drop_class"("p_class" bigint) TO "pgears_admin";
REVOKE ALL ON FUNCTION "meta"."drop_column"("p_column" bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION "meta"."drop_column"("p_column" bigint) TO "pgears_admin";
REVOKE ALL ON FUNCTION "meta"."drop_column_store"("p_column" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."drop_family_member"("p_parent" bigint, "p_class" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."drop_model"("p_model" bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION "meta"."drop_model"("p_model" bigint) TO "pgears_admin";
REVOKE ALL ON FUNCTION "meta"."drop_queries"("p_model" "text", "p_steps" "jsonb"[], "p_keep" boolean) FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."drop_query"("p_query" bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION "meta"."drop_query"("p_query" bigint) TO "pgears_admin";
REVOKE ALL ON FUNCTION "meta"."drop_views"("p_names" "text"[]) FROM PUBLIC;
GRANT ALL ON FUNCTION "meta"."drop_views"("p_names" "text"[]) TO "pgears_admin";
REVOKE ALL ON FUNCTION "meta"."dump_model"("p_model" "text") FROM PUBLIC;
GRANT ALL ON FUNCTION "meta"."dump_model"("p_model" "text") TO "pgears_admin";
GRANT ALL ON FUNCTION "meta"."dump_model"("p_model" "text") TO "pgears_runner";
REVOKE ALL ON FUNCTION "meta"."file_checks"("p_class" bigint, "p_event" "text") FROM PUBLIC;
GRANT SELECT ON TABLE "meta"."class_name" TO PUBLIC;
REVOKE ALL ON FUNCTION "meta"."file_columns"("p_file" "jsonb") FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."find_class"("p_model" bigint, "p_name" "text") FROM PUBLIC;
GRANT ALL ON FUNCTION "meta"."find_class"("p_model" bigint, "p_name" "text") TO "pgears_admin";
GRANT ALL ON FUNCTION "meta"."find_class"("p_model" bigint, "p_name" "text") TO "pgears_runner";
REVOKE ALL ON FUNCTION "meta"."finish_changes"() FROM PUBLIC;
GRANT ALL ON FUNCTION "meta"."finish_changes"() TO "pgears_admin";
REVOKE ALL ON FUNCTION "meta"."follow_renames"("p_definition" "jsonb", "p_renames" "jsonb") FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."format_expression"("p_class" bigint, "p_format" "text", "p_stored" boolean) FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."hook_statements"("p_class" bigint, "p_event" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."insert_record"("p_class" bigint, "p_values" "jsonb") FROM PUBLIC;
GRANT ALL ON FUNCTION "meta"."insert_record"("p_class" bigint, "p_values" "jsonb") TO "pgears_runner";
GRANT ALL ON FUNCTION "meta"."insert_record"("p_class" bigint, "p_values" "jsonb") TO "pgears_admin";
REVOKE ALL ON FUNCTION "meta"."is_above"("p_type" "text", "p_value" "text", "p_other" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."keep_newest"() FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."key_columns"("p_class" bigint, "p_codes" "jsonb") FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."keys_text"("p_keys" "jsonb") FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."limits_expression"("p_class" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."link_statements"("p_class" bigint, "p_event" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."link_target"("p_class" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."localized"("p_text" "jsonb") FROM PUBLIC;
GRANT ALL ON FUNCTION "meta"."localized"("p_text" "jsonb") TO "pgears_admin";
GRANT ALL ON FUNCTION "meta"."localized"("p_text" "jsonb") TO "pgears_runner";
REVOKE ALL ON FUNCTION "meta"."lock_class"("p_class" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."lock_views"("p_names" "text"[]) FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."model_id"("p_code" "text") FROM PUBLIC;
GRANT ALL ON FUNCTION "meta"."model_id"("p_code" "text") TO "pgears_admin";
GRANT ALL ON FUNCTION "meta"."model_id"("p_code" "text") TO "pgears_runner";
REVOKE ALL ON FUNCTION "meta"."model_sections"() FROM PUBLIC;
GRANT ALL ON FUNCTION "meta"."model_sections"() TO "pgears_admin";
GRANT ALL ON FUNCTION "meta"."model_sections"() TO "pgears_runner";
REVOKE ALL ON FUNCTION "meta"."nearest"("p_word" "text", "p_known" "text"[]) FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."normal_definition"("p_place" "text", "p_definition" "jsonb", "p_model" "text", "p_renames" "jsonb") FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."order_columns"("p_class" bigint, "p_codes" "text"[]) FROM PUBLIC;
GRANT ALL ON FUNCTION "meta"."order_columns"("p_class" bigint, "p_codes" "text"[]) TO "pgears_admin";
REVOKE ALL ON FUNCTION "meta"."plan_base"("p_file" "jsonb") FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."plan_classes"("p_file" "jsonb") FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."plan_columns"("p_file" "jsonb") FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."plan_drops"("p_file" "jsonb") FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."plan_model"("p_file" "jsonb") FROM PUBLIC;
GRANT ALL ON FUNCTION "meta"."plan_model"("p_file" "jsonb") TO "pgears_admin";
REVOKE ALL ON FUNCTION "meta"."plan_sections"("p_file" "jsonb") FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."plan_steps"("p_file" "jsonb") FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."plan_views"("p_file" "jsonb", "p_steps" "jsonb") FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."point_reference"("p_class" bigint, "p_column" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."query_definitions"("p_model" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."query_text"("p_model_code" "text", "p_sql" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."rebuild"() FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."rebuild_class"("p_class" bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION "meta"."rebuild_class"("p_class" bigint) TO "pgears_admin";
REVOKE ALL ON FUNCTION "meta"."rebuild_view"("p_view" "regclass", "p_select" "text", "p_pending" "oid"[]) FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."recalculate_column"("p_class" bigint, "p_column" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."record_views"("p_views" "jsonb", "p_untouched" "text"[]) FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."reference_checks"("p_class" bigint, "p_event" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."refuse_files"("p_class" bigint, "p_column" bigint, "p_too_many" boolean) FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."refuse_forgery"() FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."refuse_id"("p_class" bigint, "p_id" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."refuse_loss"("p_class" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."refuse_reference"("p_class" bigint, "p_column" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."refuse_rows"("p_class" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."refuse_truncate"() FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."remove_files"("p_files" bigint[], "p_removal" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."rename_class"("p_class" bigint, "p_code" "text") FROM PUBLIC;
GRANT ALL ON FUNCTION "meta"."rename_class"("p_class" bigint, "p_code" "text") TO "pgears_admin";
REVOKE ALL ON FUNCTION "meta"."rename_column"("p_column" bigint, "p_code" "text") FROM PUBLIC;
GRANT ALL ON FUNCTION "meta"."rename_column"("p_column" bigint, "p_code" "text") TO "pgears_admin";
REVOKE ALL ON FUNCTION "meta"."rename_view_columns"("p_view" "regclass", "p_recorded" "text"[], "p_wanted" "jsonb") FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."rename_views"("p_views" "jsonb") FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."renew_queries"("p_views" "jsonb", "p_pending" "oid"[]) FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."renew_view"("p_view" "jsonb", "p_recorded" "text"[], "p_pending" "oid"[]) FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."renew_views"("p_views" "jsonb") FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."replace_placeholder"("p_text" "text", "p_former" "text", "p_code" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."retire_reader"("p_name" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."section_definitions"("p_model" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."section_places"() FROM PUBLIC;
GRANT ALL ON FUNCTION "meta"."section_places"() TO "pgears_admin";
GRANT ALL ON FUNCTION "meta"."section_places"() TO "pgears_runner";
REVOKE ALL ON FUNCTION "meta"."set_keys"("p_class" bigint, "p_keys" "jsonb") FROM PUBLIC;
GRANT ALL ON FUNCTION "meta"."set_keys"("p_class" bigint, "p_keys" "jsonb") TO "pgears_admin";
REVOKE ALL ON FUNCTION "meta"."set_query"("p_model" bigint, "p_code" "text", "p_definition" "jsonb") FROM PUBLIC;
GRANT ALL ON FUNCTION "meta"."set_query"("p_model" bigint, "p_code" "text", "p_definition" "jsonb") TO "pgears_admin";
REVOKE ALL ON FUNCTION "meta"."set_targets"("p_column" bigint, "p_definition" "jsonb") FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."stamp_row"() FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."sweep_columns"("p_class" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."sweep_readers"() FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."table_differences"("p_filter" "text") FROM PUBLIC;
GRANT ALL ON FUNCTION "meta"."table_differences"("p_filter" "text") TO "pgears_admin";
GRANT ALL ON FUNCTION "meta"."table_differences"("p_filter" "text") TO "pgears_runner";
REVOKE ALL ON FUNCTION "meta"."table_of"("p_path" "text") FROM PUBLIC;
GRANT ALL ON FUNCTION "meta"."table_of"("p_path" "text") TO "pgears_admin";
GRANT ALL ON FUNCTION "meta"."table_of"("p_path" "text") TO "pgears_runner";
REVOKE ALL ON FUNCTION "meta"."touch_class"("p_class" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."update_record"("p_class" bigint, "p_row" bigint, "p_values" "jsonb") FROM PUBLIC;
GRANT ALL ON FUNCTION "meta"."update_record"("p_class" bigint, "p_row" bigint, "p_values" "jsonb") TO "pgears_runner";
GRANT ALL ON FUNCTION "meta"."update_record"("p_class" bigint, "p_row" bigint, "p_values" "jsonb") TO "pgears_admin";
REVOKE ALL ON FUNCTION "meta"."view_definitions"("p_filter" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."view_furniture"("p_view" "oid") FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."view_hash"("p_view" "oid") FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."view_obstacles"("p_view" "oid", "p_removed" smallint[], "p_renewed" "oid"[]) FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."view_options"("p_view" "oid") FROM PUBLIC;
REVOKE ALL ON FUNCTION "queue"."adopt"("p_from" "uuid", "p_to" "uuid", "p_ids" bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION "queue"."adopt"("p_from" "uuid", "p_to" "uuid", "p_ids" bigint[]) TO "pgears_runner";
REVOKE ALL ON FUNCTION "queue"."beat"("p_runner" "uuid", "p_lease" interval, "p_listening" "text") FROM PUBLIC;
GRANT ALL ON FUNCTION "queue"."beat"("p_runner" "uuid", "p_lease" interval, "p_listening" "text") TO "pgears_runner";
REVOKE ALL ON FUNCTION "queue"."cancel"("p_id" bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION "queue"."cancel"("p_id" bigint) TO "pgears_admin";
GRANT ALL ON FUNCTION "queue"."cancel"("p_id" bigint) TO "pgears_runner";
REVOKE ALL ON FUNCTION "queue"."claim"("p_runner" "uuid", "p_token" "uuid", "p_limit" integer, "p_kinds" "text"[], "p_after" bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION "queue"."claim"("p_runner" "uuid", "p_token" "uuid", "p_limit" integer, "p_kinds" "text"[], "p_after" bigint[]) TO "pgears_runner";
REVOKE ALL ON FUNCTION "queue"."enqueue_keyed"("p_kind" "text", "p_key" "text", "p_payload" "jsonb", "p_lane" smallint) FROM PUBLIC;
GRANT ALL ON FUNCTION "queue"."enqueue_keyed"("p_kind" "text", "p_key" "text", "p_payload" "jsonb", "p_lane" smallint) TO "pgears_runner";
REVOKE ALL ON FUNCTION "queue"."fall_asleep"("p_runner" "uuid") FROM PUBLIC;
GRANT ALL ON FUNCTION "queue"."fall_asleep"("p_runner" "uuid") TO "pgears_runner";
REVOKE ALL ON FUNCTION "queue"."fence_passed"("p_fence" "xid8") FROM PUBLIC;
GRANT ALL ON FUNCTION "queue"."fence_passed"("p_fence" "xid8") TO "pgears_runner";
REVOKE ALL ON FUNCTION "queue"."kinds"() FROM PUBLIC;
GRANT ALL ON FUNCTION "queue"."kinds"() TO "pgears_runner";
REVOKE ALL ON FUNCTION "queue"."limit_kind"("p_kind" "text", "p_parallel" integer, "p_rate" integer, "p_interval" interval) FROM PUBLIC;
GRANT ALL ON FUNCTION "queue"."limit_kind"("p_kind" "text", "p_parallel" integer, "p_rate" integer, "p_interval" interval) TO "pgears_admin";
REVOKE ALL ON FUNCTION "queue"."lock_key"("p_kind" "text", "p_key" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "queue"."maintain"() FROM PUBLIC;
GRANT ALL ON FUNCTION "queue"."maintain"() TO "pgears_admin";
GRANT ALL ON FUNCTION "queue"."maintain"() TO "pgears_runner";
REVOKE ALL ON FUNCTION "queue"."next_due"() FROM PUBLIC;
GRANT ALL ON FUNCTION "queue"."next_due"() TO "pgears_runner";
REVOKE ALL ON FUNCTION "queue"."probe"("p_runner" "uuid") FROM PUBLIC;
GRANT ALL ON FUNCTION "queue"."probe"("p_runner" "uuid") TO "pgears_runner";
REVOKE ALL ON FUNCTION "queue"."promote"() FROM PUBLIC;
GRANT ALL ON FUNCTION "queue"."promote"() TO "pgears_runner";
REVOKE ALL ON FUNCTION "queue"."redrive"("p_id" bigint, "p_kind" "text") FROM PUBLIC;
GRANT ALL ON FUNCTION "queue"."redrive"("p_id" bigint, "p_kind" "text") TO "pgears_admin";
GRANT ALL ON FUNCTION "queue"."redrive"("p_id" bigint, "p_kind" "text") TO "pgears_runner";
REVOKE ALL ON FUNCTION "queue"."register_kind"("p_kind" "text", "p_description" "text", "p_max_attempts" integer, "p_backoff_base" interval, "p_backoff_cap" interval, "p_timeout" interval, "p_keep" interval) FROM PUBLIC;
GRANT ALL ON FUNCTION "queue"."register_kind"("p_kind" "text", "p_description" "text", "p_max_attempts" integer, "p_backoff_base" interval, "p_backoff_cap" interval, "p_timeout" interval, "p_keep" interval) TO "pgears_admin";
GRANT ALL ON FUNCTION "queue"."register_kind"("p_kind" "text", "p_description" "text", "p_max_attempts" integer, "p_backoff_base" interval, "p_backoff_cap" interval, "p_timeout" interval, "p_keep" interval) TO "pgears_runner";
GRANT SELECT ON SEQUENCE "queue"."bell" TO "pgears_runner";
REVOKE ALL ON FUNCTION "queue"."ring"() FROM PUBLIC;
GRANT ALL ON FUNCTION "queue"."ring"() TO "pgears_runner";
REVOKE ALL ON FUNCTION "queue"."room_of"("p_kind" "queue"."kind") FROM PUBLIC;
REVOKE ALL ON FUNCTION "queue"."run"("p_id" bigint, "p_token" "uuid") FROM PUBLIC;
GRANT ALL ON FUNCTION "queue"."run"("p_id" bigint, "p_token" "uuid") TO "pgears_runner";
REVOKE ALL ON FUNCTION "queue"."run_many"("p_ids" bigint[], "p_token" "uuid") FROM PUBLIC;
GRANT ALL ON FUNCTION "queue"."run_many"("p_ids" bigint[], "p_token" "uuid") TO "pgears_runner";
REVOKE ALL ON FUNCTION "queue"."settle"("p_token" "uuid", "p_ids" bigint[], "p_outcome" "text", "p_error" "text", "p_after" interval) FROM PUBLIC;
GRANT ALL ON FUNCTION "queue"."settle"("p_token" "uuid", "p_ids" bigint[], "p_outcome" "text", "p_error" "text", "p_after" interval) TO "pgears_runner";
REVOKE ALL ON FUNCTION "queue"."settle_one"("p_id" bigint, "p_token" "uuid", "p_outcome" "text", "p_error" "text", "p_after" interval) FROM PUBLIC;
GRANT ALL ON FUNCTION "queue"."settle_one"("p_id" bigint, "p_token" "uuid", "p_outcome" "text", "p_error" "text", "p_after" interval) TO "pgears_runner";
REVOKE ALL ON FUNCTION "queue"."start_runner"("p_name" "text", "p_lease" interval) FROM PUBLIC;
GRANT ALL ON FUNCTION "queue"."start_runner"("p_name" "text", "p_lease" interval) TO "pgears_runner";
REVOKE ALL ON FUNCTION "queue"."stop_runner"("p_runner" "uuid") FROM PUBLIC;
GRANT ALL ON FUNCTION "queue"."stop_runner"("p_runner" "uuid") TO "pgears_runner";
REVOKE ALL ON FUNCTION "queue"."sweep"() FROM PUBLIC;
GRANT ALL ON FUNCTION "queue"."sweep"() TO "pgears_runner";
REVOKE ALL ON FUNCTION "queue"."unblock"("p_kinds" "text"[], "p_keys" "text"[]) FROM PUBLIC;
GRANT ALL ON FUNCTION "queue"."unblock"("p_kinds" "text"[], "p_keys" "text"[]) TO "pgears_runner";
REVOKE ALL ON FUNCTION "queue"."wake_up"("p_runner" "uuid") FROM PUBLIC;
GRANT ALL ON FUNCTION "queue"."wake_up"("p_runner" "uuid") TO "pgears_runner";
REVOKE ALL ON FUNCTION "queue"."withdraw"("p_id" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "replica"."apply_changes"("p_subscription" bigint, "p_token" "uuid", "p_heads" "jsonb", "p_rows" "text"[]) FROM PUBLIC;
GRANT ALL ON FUNCTION "replica"."apply_changes"("p_subscription" bigint, "p_token" "uuid", "p_heads" "jsonb", "p_rows" "text"[]) TO "pgears_runner";
REVOKE ALL ON FUNCTION "replica"."apply_class"("p_subscription" "replica"."subscription", "p_class" bigint, "p_columns" "text"[], "p_rows" json, "p_policy" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "replica"."apply_rows"("p_subscription" "replica"."subscription", "p_class" bigint, "p_columns" "text"[], "p_rows" json, "p_policy" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "replica"."begin_turn"("p_subscription" bigint, "p_token" "uuid", "p_lease" interval) FROM PUBLIC;
GRANT ALL ON FUNCTION "replica"."begin_turn"("p_subscription" bigint, "p_token" "uuid", "p_lease" interval) TO "pgears_runner";
GRANT ALL ON FUNCTION "replica"."begin_turn"("p_subscription" bigint, "p_token" "uuid", "p_lease" interval) TO "pgears_admin";
REVOKE ALL ON FUNCTION "replica"."begin_writing"("p_rules" boolean) FROM PUBLIC;
REVOKE ALL ON FUNCTION "replica"."check_reader"("p_code" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "replica"."covers"("p_one" "jsonb", "p_other" "jsonb") FROM PUBLIC;
REVOKE ALL ON FUNCTION "replica"."deletions"("p_class" bigint, "p_uids" "uuid"[]) FROM PUBLIC;
REVOKE ALL ON FUNCTION "replica"."drop_peer"("p_code" "text") FROM PUBLIC;
GRANT ALL ON FUNCTION "replica"."drop_peer"("p_code" "text") TO "pgears_admin";
REVOKE ALL ON FUNCTION "replica"."drop_reader"("p_code" "text") FROM PUBLIC;
GRANT ALL ON FUNCTION "replica"."drop_reader"("p_code" "text") TO "pgears_admin";
REVOKE ALL ON FUNCTION "replica"."drop_subscription"("p_subscription" bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION "replica"."drop_subscription"("p_subscription" bigint) TO "pgears_admin";
REVOKE ALL ON FUNCTION "replica"."due"() FROM PUBLIC;
GRANT ALL ON FUNCTION "replica"."due"() TO "pgears_runner";
GRANT ALL ON FUNCTION "replica"."due"() TO "pgears_admin";
REVOKE ALL ON FUNCTION "replica"."end_turn"("p_subscription" bigint, "p_token" "uuid", "p_error" "text") FROM PUBLIC;
GRANT ALL ON FUNCTION "replica"."end_turn"("p_subscription" bigint, "p_token" "uuid", "p_error" "text") TO "pgears_runner";
GRANT ALL ON FUNCTION "replica"."end_turn"("p_subscription" bigint, "p_token" "uuid", "p_error" "text") TO "pgears_admin";
REVOKE ALL ON FUNCTION "replica"."end_writing"() FROM PUBLIC;
REVOKE ALL ON FUNCTION "replica"."hold_lease"("p_subscription" bigint, "p_token" "uuid") FROM PUBLIC;
REVOKE ALL ON FUNCTION "replica"."instance"() FROM PUBLIC;
GRANT ALL ON FUNCTION "replica"."instance"() TO "pgears_admin";
GRANT ALL ON FUNCTION "replica"."instance"() TO "pgears_runner";
REVOKE ALL ON FUNCTION "replica"."log_conflicts"("p_subscription" bigint, "p_class" bigint, "p_columns" "text"[], "p_rows" json) FROM PUBLIC;
REVOKE ALL ON FUNCTION "replica"."may_read"("p_account" "text", "p_class" "text") FROM PUBLIC;
GRANT ALL ON FUNCTION "replica"."may_read"("p_account" "text", "p_class" "text") TO "pgears_admin";
REVOKE ALL ON FUNCTION "replica"."merged"("p_one" "jsonb", "p_other" "jsonb") FROM PUBLIC;
REVOKE ALL ON FUNCTION "replica"."missing_contents"("p_batch" "jsonb") FROM PUBLIC;
GRANT ALL ON FUNCTION "replica"."missing_contents"("p_batch" "jsonb") TO "pgears_runner";
GRANT ALL ON FUNCTION "replica"."missing_contents"("p_batch" "jsonb") TO "pgears_admin";
REVOKE ALL ON FUNCTION "replica"."next_copy"("p_subscription" bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION "replica"."next_copy"("p_subscription" bigint) TO "pgears_runner";
GRANT ALL ON FUNCTION "replica"."next_copy"("p_subscription" bigint) TO "pgears_admin";
REVOKE ALL ON FUNCTION "replica"."note_columns"("p_subscription" bigint, "p_class" bigint, "p_columns" "jsonb") FROM PUBLIC;
REVOKE ALL ON FUNCTION "replica"."open_reading"("p_request" "jsonb") FROM PUBLIC;
GRANT ALL ON FUNCTION "replica"."open_reading"("p_request" "jsonb") TO "pgears_peer";
GRANT ALL ON FUNCTION "replica"."open_reading"("p_request" "jsonb") TO "pgears_admin";
GRANT ALL ON FUNCTION "replica"."open_reading"("p_request" "jsonb") TO "pgears_runner";
REVOKE ALL ON FUNCTION "replica"."peers"() FROM PUBLIC;
GRANT ALL ON FUNCTION "replica"."peers"() TO "pgears_admin";
REVOKE ALL ON FUNCTION "replica"."prune"("p_keep" interval) FROM PUBLIC;
GRANT ALL ON FUNCTION "replica"."prune"("p_keep" interval) TO "pgears_runner";
GRANT ALL ON FUNCTION "replica"."prune"("p_keep" interval) TO "pgears_admin";
REVOKE ALL ON FUNCTION "replica"."read_changes"("p_reader" "text", "p_transaction" "xid8", "p_position" bigint, "p_piece" bigint, "p_limit" integer, "p_confirm" boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION "replica"."read_changes"("p_reader" "text", "p_transaction" "xid8", "p_position" bigint, "p_piece" bigint, "p_limit" integer, "p_confirm" boolean) TO "pgears_peer";
GRANT ALL ON FUNCTION "replica"."read_changes"("p_reader" "text", "p_transaction" "xid8", "p_position" bigint, "p_piece" bigint, "p_limit" integer, "p_confirm" boolean) TO "pgears_admin";
GRANT ALL ON FUNCTION "replica"."read_changes"("p_reader" "text", "p_transaction" "xid8", "p_position" bigint, "p_piece" bigint, "p_limit" integer, "p_confirm" boolean) TO "pgears_runner";
REVOKE ALL ON FUNCTION "replica"."read_content"("p_reader" "text", "p_sha256" "text", "p_offset" bigint, "p_length" integer) FROM PUBLIC;
GRANT ALL ON FUNCTION "replica"."read_content"("p_reader" "text", "p_sha256" "text", "p_offset" bigint, "p_length" integer) TO "pgears_peer";
GRANT ALL ON FUNCTION "replica"."read_content"("p_reader" "text", "p_sha256" "text", "p_offset" bigint, "p_length" integer) TO "pgears_admin";
GRANT ALL ON FUNCTION "replica"."read_content"("p_reader" "text", "p_sha256" "text", "p_offset" bigint, "p_length" integer) TO "pgears_runner";
REVOKE ALL ON FUNCTION "replica"."read_copy"("p_reader" "text", "p_class" "text", "p_after" bigint, "p_limit" integer) FROM PUBLIC;
GRANT ALL ON FUNCTION "replica"."read_copy"("p_reader" "text", "p_class" "text", "p_after" bigint, "p_limit" integer) TO "pgears_peer";
GRANT ALL ON FUNCTION "replica"."read_copy"("p_reader" "text", "p_class" "text", "p_after" bigint, "p_limit" integer) TO "pgears_admin";
GRANT ALL ON FUNCTION "replica"."read_copy"("p_reader" "text", "p_class" "text", "p_after" bigint, "p_limit" integer) TO "pgears_runner";
REVOKE ALL ON FUNCTION "replica"."state_expressions"("p_me" "text", OUT "vector" "text", OUT "stamp" "text", OUT "origin" "text", OUT "lost_vector" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "replica"."reading_statement"("p_class" bigint, "p_me" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "replica"."resolve"("p_conflict" bigint, "p_winner" "text") FROM PUBLIC;
GRANT ALL ON FUNCTION "replica"."resolve"("p_conflict" bigint, "p_winner" "text") TO "pgears_admin";
REVOKE ALL ON FUNCTION "replica"."resolve_pending"() FROM PUBLIC;
REVOKE ALL ON FUNCTION "replica"."resync"("p_subscription" bigint, "p_class" "text") FROM PUBLIC;
GRANT ALL ON FUNCTION "replica"."resync"("p_subscription" bigint, "p_class" "text") TO "pgears_admin";
GRANT ALL ON FUNCTION "replica"."resync"("p_subscription" bigint, "p_class" "text") TO "pgears_runner";
REVOKE ALL ON FUNCTION "replica"."retry_refused"("p_subscription" "replica"."subscription", "p_limit" integer) FROM PUBLIC;
REVOKE ALL ON FUNCTION "replica"."rows_of"("p_reader" "replica"."reader", "p_classes" "jsonb", "p_me" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "replica"."set_peer"("p_code" "text", "p_url" "text") FROM PUBLIC;
GRANT ALL ON FUNCTION "replica"."set_peer"("p_code" "text", "p_url" "text") TO "pgears_admin";
REVOKE ALL ON FUNCTION "replica"."set_subscription"("p_model" bigint, "p_code" "text", "p_definition" "jsonb") FROM PUBLIC;
GRANT ALL ON FUNCTION "replica"."set_subscription"("p_model" bigint, "p_code" "text", "p_definition" "jsonb") TO "pgears_admin";
REVOKE ALL ON FUNCTION "replica"."stage_rows"("p_class" bigint, "p_columns" "text"[], "p_rows" json, "p_policy" "text", "p_me" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "replica"."start_reading"("p_subscription" bigint, "p_token" "uuid", "p_answer" "jsonb") FROM PUBLIC;
GRANT ALL ON FUNCTION "replica"."start_reading"("p_subscription" bigint, "p_token" "uuid", "p_answer" "jsonb") TO "pgears_runner";
GRANT ALL ON FUNCTION "replica"."start_reading"("p_subscription" bigint, "p_token" "uuid", "p_answer" "jsonb") TO "pgears_admin";
REVOKE ALL ON FUNCTION "replica"."store_content"("p_upload" "uuid") FROM PUBLIC;
GRANT ALL ON FUNCTION "replica"."store_content"("p_upload" "uuid") TO "pgears_runner";
GRANT ALL ON FUNCTION "replica"."store_content"("p_upload" "uuid") TO "pgears_admin";
REVOKE ALL ON FUNCTION "replica"."subscription_definitions"("p_model" bigint) FROM PUBLIC;
GRANT SELECT ON TABLE "access"."account_name" TO PUBLIC;
GRANT SELECT ON TABLE "access"."account_state" TO "pgears_admin";
GRANT SELECT ON TABLE "access"."findings" TO "pgears_admin";
GRANT SELECT ON TABLE "access"."findings" TO "pgears_runner";
GRANT SELECT ON TABLE "access"."my_scope" TO PUBLIC;
GRANT SELECT ON TABLE "access"."role_state" TO "pgears_admin";
GRANT SELECT ON TABLE "flow"."event_status" TO "pgears_admin";
GRANT SELECT ON TABLE "flow"."event_status" TO "pgears_runner";
GRANT SELECT ON TABLE "flow"."instance_status" TO "pgears_admin";
GRANT SELECT ON TABLE "flow"."instance_status" TO "pgears_runner";
GRANT SELECT ON TABLE "flow"."job_status" TO "pgears_admin";
GRANT SELECT ON TABLE "flow"."job_status" TO "pgears_runner";
GRANT SELECT ON TABLE "flow"."run_log" TO "pgears_admin";
GRANT SELECT ON TABLE "flow"."run_log" TO "pgears_runner";
GRANT SELECT ON TABLE "flow"."run_status" TO "pgears_admin";
GRANT SELECT ON TABLE "flow"."run_status" TO "pgears_runner";
GRANT SELECT ON TABLE "flow"."script_status" TO "pgears_admin";
GRANT SELECT ON TABLE "flow"."script_status" TO "pgears_runner";
GRANT SELECT ON TABLE "flow"."step_history" TO "pgears_admin";
GRANT SELECT ON TABLE "flow"."step_history" TO "pgears_runner";
GRANT SELECT ON TABLE "flow"."waiting" TO "pgears_admin";
GRANT SELECT ON TABLE "flow"."waiting" TO "pgears_runner";
GRANT SELECT ON TABLE "flow"."workflow_status" TO "pgears_admin";
GRANT SELECT ON TABLE "flow"."workflow_status" TO "pgears_runner";
GRANT SELECT ON TABLE "mail"."account_status" TO "pgears_admin";
GRANT SELECT ON TABLE "mail"."account_status" TO "pgears_runner";
GRANT SELECT ON TABLE "mail"."content" TO "pgears_admin";
GRANT SELECT ON TABLE "mail"."content" TO "pgears_runner";
GRANT SELECT ON TABLE "mail"."driver_key" TO "pgears_admin";
GRANT SELECT ON TABLE "mail"."driver_key" TO "pgears_runner";
GRANT SELECT ON TABLE "mail"."mailbox_status" TO "pgears_admin";
GRANT SELECT ON TABLE "mail"."mailbox_status" TO "pgears_runner";
GRANT SELECT ON TABLE "mail"."message_part" TO "pgears_admin";
GRANT SELECT ON TABLE "mail"."message_part" TO "pgears_runner";
GRANT SELECT ON TABLE "mail"."message_status" TO "pgears_admin";
GRANT SELECT ON TABLE "mail"."message_status" TO "pgears_runner";
GRANT SELECT ON TABLE "mail"."received_status" TO "pgears_admin";
GRANT SELECT ON TABLE "mail"."received_status" TO "pgears_runner";
GRANT SELECT ON TABLE "mail"."recipient_status" TO "pgears_admin";
GRANT SELECT ON TABLE "mail"."recipient_status" TO "pgears_runner";
GRANT SELECT ON TABLE "meta"."api_view_status" TO "pgears_admin";
GRANT SELECT ON TABLE "meta"."api_view_status" TO "pgears_runner";
GRANT SELECT ON TABLE "meta"."model_summary" TO "pgears_admin";
GRANT SELECT ON TABLE "meta"."model_summary" TO "pgears_runner";
GRANT SELECT ON TABLE "meta"."value_kind" TO "pgears_admin";
GRANT SELECT ON TABLE "meta"."value_kind" TO "pgears_runner";
GRANT SELECT ON TABLE "queue"."blocked_key" TO "pgears_admin";
GRANT SELECT ON TABLE "queue"."blocked_key" TO "pgears_runner";
GRANT SELECT ON TABLE "queue"."runner_status" TO "pgears_admin";
GRANT SELECT ON TABLE "queue"."runner_status" TO "pgears_runner";
GRANT SELECT ON TABLE "queue"."status" TO "pgears_admin";
GRANT SELECT ON TABLE "queue"."status" TO "pgears_runner";
GRANT SELECT ON TABLE "queue"."task_list" TO "pgears_admin";
GRANT SELECT ON TABLE "queue"."task_list" TO "pgears_runner";
GRANT SELECT ON TABLE "replica"."conflict_status" TO "pgears_admin";
GRANT SELECT ON TABLE "replica"."reader_status" TO "pgears_admin";
GRANT SELECT ON TABLE "replica"."status" TO "pgears_admin";
GRANT SELECT ON TABLE "replica"."status" TO "pgears_runner";
REVOKE ALL ON FUNCTION "meta"."column_definition"("p_column" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."column_target_table"("p_column" bigint) FROM PUBLIC;
