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
CREATE FUNCTION "access"."current_account"() RETURNS "text"
    LANGUAGE "sql" STABLE PARALLEL SAFE
    BEGIN ATOMIC
 SELECT COALESCE(NULLIF("current_setting"('role'::"text"), 'none'::"text"), (SESSION_USER)::"text") AS "coalesce";
END;
COMMENT ON FUNCTION "access"."current_account"() IS 'Name of the PostgreSQL role on whose behalf the session works now.';
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
COMMENT ON FUNCTION "core"."set_source"("p_source" "text") IS 'Mark the current transaction''s data source. Raises PG003 when it is unknown.';
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
    "changed" timestamp with time zone DEFAULT "now"() NOT NULL,
    CONSTRAINT "change_operation_check" CHECK (("operation" = ANY (ARRAY['I'::"char", 'U'::"char", 'D'::"char"])))
);
ALTER TABLE ONLY "feed"."change" ALTER COLUMN "row_ids" SET STORAGE EXTERNAL;
ALTER TABLE ONLY "feed"."change" ALTER COLUMN "uids" SET STORAGE EXTERNAL;
COMMENT ON TABLE "feed"."change" IS 'One inserting, updating or deleting statement on a class.';
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
    "notification_id" bigint NOT NULL,
    "enabled" boolean DEFAULT true NOT NULL,
    "position" integer DEFAULT 0 NOT NULL,
    "definition" "jsonb" NOT NULL,
    CONSTRAINT "rule_event_check" CHECK (("event" = ANY (ARRAY['after_insert'::"text", 'after_update'::"text"])))
);
COMMENT ON TABLE "flow"."rule" IS 'What happens after rows of a class were written: a condition and an action, built into the triggers of the class.';
CREATE FUNCTION "flow"."drop_rule"("p_rule" bigint) RETURNS "void"
    LANGUAGE "sql" SECURITY DEFINER
    BEGIN ATOMIC
 SELECT "flow"."unhook_rule"("p_rule") AS "unhook_rule";
 DELETE FROM "flow"."rule" "r"
   WHERE ("r"."id" = "drop_rule"."p_rule");
END;
COMMENT ON FUNCTION "flow"."drop_rule"("p_rule" bigint) IS 'Drop a rule and take it out of the triggers of its class.';
CREATE FUNCTION "flow"."follow_column"() RETURNS "trigger"
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
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
  where a.ancestor_id = old.class_id and u.definition::text ~ ('\{\{\s*column\.' || old.code || '\s*\}\}');
  if v_user is not null then
    raise exception 'column "%" is named by %', old.code, v_user
      using errcode = 'PG118', hint = 'Take it out of these first.';
  end if;
  return null;
end;
$$;
COMMENT ON FUNCTION "flow"."follow_column"() IS 'Trigger function: rewrite placeholders of a renamed column; raise PG118 for a dropped one in use.';
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
CREATE FUNCTION "flow"."rule_statement"("p_rule" bigint) RETURNS "text"
    LANGUAGE "sql" STABLE
    BEGIN ATOMIC
 SELECT "format"('insert into queue.task (kind, payload) select ''rule'', jsonb_build_object(''rule'', %s, ''ids'', jsonb_agg(x.id order by x.id)) from (select n.id, (row_number() over (order by n.id) - 1) / 500 as bundle from new_rows as n where n.deleted is null and (%s)) as x group by x.bundle; v_ring := v_ring or found;'::"text", "r"."id", COALESCE("meta"."condition_expression"("r"."class_id", ("r"."definition" ->> 'when'::"text"), 'n.'::"text"), 'true'::"text")) AS "format"
    FROM "flow"."rule" "r"
   WHERE ("r"."id" = "rule_statement"."p_rule");
END;
COMMENT ON FUNCTION "flow"."rule_statement"("p_rule" bigint) IS 'SQL that a generated trigger function runs for a rule.';
CREATE FUNCTION "flow"."run_rule"("p_payload" "jsonb") RETURNS "void"
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_rule record;
begin
  select r.class_id, n.arguments_sql into v_rule
  from flow.rule as r
  inner join flow.notification as n on r.notification_id = n.id
  where r.id = (p_payload ->> 'rule')::bigint;
  if found then
    execute format(
      'select mail.send(%2$s, p_class => %1$s, p_row => r.id) from data.datarow_%1$s as r where r.id = any ($1) and r.deleted is null',
      v_rule.class_id, v_rule.arguments_sql
    )
    using array(select i.id::bigint from jsonb_array_elements_text(p_payload -> 'ids') as i (id));
  end if;
end;
$_$;
COMMENT ON FUNCTION "flow"."run_rule"("p_payload" "jsonb") IS 'Run a rule for the rows in "ids". Raises what mail.send() raises.';
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
  v_class := meta.find_class(p_model, p_definition ->> 'class');
  insert into flow.notification as n (model_id, code, class_id, definition, arguments_sql)
  values (
    p_model,
    p_code,
    v_class,
    p_definition,
    (
      select string_agg(
        format('%s => %s', a.parameter, meta.format_expression(v_class, flow.default_text(p_definition -> a.key), false)),
        ', ' order by a.parameter
      )
      from (
        values
        ('to', 'p_to'), ('cc', 'p_cc'), ('bcc', 'p_bcc'), ('reply_to', 'p_reply_to'), ('account', 'p_account'),
        ('subject', 'p_subject'), ('body', 'p_body'), ('html', 'p_html')
      ) as a (key, parameter)
      where p_definition ? a.key
    )
  )
  on conflict (model_id, code) do update
  set class_id = excluded.class_id, definition = excluded.definition, arguments_sql = excluded.arguments_sql
  returning n.id into v_id;
  return v_id;
end;
$_$;
COMMENT ON FUNCTION "flow"."set_notification"("p_model" bigint, "p_code" "text", "p_definition" "jsonb") IS 'Id of a notification, made or changed. Keys: class, to, cc, bcc, reply_to, account, subject, body, html. Raises PG106, PG110 to PG114.';
CREATE FUNCTION "flow"."set_rule"("p_model" bigint, "p_code" "text", "p_definition" "jsonb") RETURNS bigint
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_class bigint;
  v_notification bigint;
  v_id bigint;
begin
  perform meta.check_code(p_code, 'rule');
  perform meta.check_definition('rule', p_definition, '$');
  v_class := meta.find_class(p_model, p_definition ->> 'class');
  select n.id into v_notification
  from flow.notification as n
  where n.model_id = p_model and n.code = p_definition ->> 'notify' and n.class_id = v_class;
  if v_notification is null then
    raise exception 'there is no notification "%" about the class of rule "%"', p_definition ->> 'notify', p_code
      using errcode = 'PG106', hint = 'Define the notification for the same class first.';
  end if;
  perform flow.try_condition(v_class, p_definition ->> 'when', p_code);
  perform flow.unhook_rule(r.id) from flow.rule as r where r.model_id = p_model and r.code = p_code;
  insert into flow.rule as r (model_id, code, class_id, event, notification_id, enabled, position, definition)
  values (
    p_model,
    p_code,
    v_class,
    p_definition ->> 'event',
    v_notification,
    coalesce((p_definition ->> 'enabled')::boolean, true),
    coalesce((p_definition ->> 'position')::integer, 0),
    p_definition
  )
  on conflict (model_id, code) do update
  set
    class_id = excluded.class_id,
    event = excluded.event,
    notification_id = excluded.notification_id,
    enabled = excluded.enabled,
    position = excluded.position,
    definition = excluded.definition
  returning r.id into v_id;
  insert into meta.class_hook (class_id, code, event, position, statement)
  select
    r.class_id,
    'rule ' || r.id,
    case r.event when 'after_insert' then 'inserted' else 'updated' end,
    r.position,
    flow.rule_statement(r.id)
  from flow.rule as r
  where r.id = v_id and r.enabled;
  perform meta.touch_class(v_class);
  return v_id;
end;
$_$;
COMMENT ON FUNCTION "flow"."set_rule"("p_model" bigint, "p_code" "text", "p_definition" "jsonb") IS 'Id of a rule, made or changed. Keys: class, event (after_insert, after_update), when, notify, enabled, position. Raises PG106, PG110 to PG114, PG119.';
CREATE FUNCTION "flow"."try_condition"("p_class" bigint, "p_condition" "text", "p_rule" "text") RETURNS "void"
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  if p_condition is not null then
    execute format(
      'select from data.datarow_%s as n where (%s) limit 0',
      p_class, meta.condition_expression(p_class, p_condition, 'n.')
    );
  end if;
exception
  when syntax_error_or_access_rule_violation then
    raise exception 'the condition of rule "%" does not compile: %', p_rule, sqlerrm
      using errcode = 'PG119', hint = 'Write an SQL condition over {{column.code}}.';
end;
$$;
COMMENT ON FUNCTION "flow"."try_condition"("p_class" bigint, "p_condition" "text", "p_rule" "text") IS 'Raise PG106 or PG119 for a condition that the triggers of a class could not use.';
CREATE FUNCTION "meta"."add_column"("p_class" bigint, "p_code" "text", "p_definition" "jsonb") RETURNS bigint
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
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
CREATE FUNCTION "meta"."api_view_states"("p_filter" "text" DEFAULT NULL::"text") RETURNS TABLE("name" "text", "kind" "text", "object" "text", "object_id" bigint, "state" "text", "difference" "text", "stamp" "text", "context" "jsonb")
    LANGUAGE "sql" STABLE SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
  with compared as (
    select
      coalesce(d.name, v.name) as name,
      coalesce(d.kind, v.kind) as kind,
      d.path as object,
      coalesce(d.object_id, v.object_id) as object_id,
      c.oid as live,
      v.columns as recorded,
      d.stamp,
      d.context,
      case
        when d.name is null then 'orphaned'
        when c.oid is null then 'missing'
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
      when c.kind <> 'query' and c.state in ('stale', 'altered')
        then meta.column_difference(c.live, c.recorded, c.context -> 'columns')
      else ''
    end,
    c.stamp,
    c.context
  from compared as c
  order by c.name;
$$;
COMMENT ON FUNCTION "meta"."api_view_states"("p_filter" "text") IS 'State of every API view, of those of a model, or of one class or query (model.code); stamp and context are those of its definition.';
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
CREATE TABLE "meta"."class" (
    "id" bigint NOT NULL,
    "model_id" bigint NOT NULL,
    "code" "text" NOT NULL,
    "name" "jsonb" DEFAULT '{}'::"jsonb" NOT NULL,
    "parent_id" bigint,
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
COMMENT ON COLUMN "meta"."class"."description" IS 'Format of the short description, such as "{{column.number}} {{column.subject}}".';
COMMENT ON COLUMN "meta"."class"."limits_sql" IS 'Condition of the check constraint as it was built last; tells whether it must be built anew.';
COMMENT ON COLUMN "meta"."class"."description_sql" IS 'Expression of the generated column shortdescription as it was built last.';
CREATE VIEW "meta"."ancestry" AS
 WITH RECURSIVE "up"("class_id", "ancestor_id", "depth") AS (
         SELECT "c"."id",
            "c"."id",
            0 AS "?column?"
           FROM "meta"."class" "c"
        UNION ALL
         SELECT "u"."class_id",
            "c"."parent_id",
            ("u"."depth" + 1)
           FROM ("up" "u"
             JOIN "meta"."class" "c" ON (("u"."ancestor_id" = "c"."id")))
          WHERE ("c"."parent_id" IS NOT NULL)
        )
 SELECT "class_id",
    "ancestor_id",
    "depth"
   FROM "up";
COMMENT ON VIEW "meta"."ancestry" IS 'Class, ancestor and distance; every class is its own ancestor at distance 0.';
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
    (("k"."type" = 'reference'::"text") AND (("k"."definition" ->> 'target'::"text") = 'user'::"text")) AS "target_user",
    ARRAY( SELECT "t"."class_id"
           FROM "meta"."column_target" "t"
          WHERE ("t"."column_id" = "k"."id")
          ORDER BY "t"."position") AS "targets"
   FROM ("meta"."ancestry" "a"
     JOIN "meta"."class_column" "k" ON (("a"."ancestor_id" = "k"."class_id")));
COMMENT ON VIEW "meta"."effective_column" IS 'Columns of each class, inherited ones included, in the order in which they are shown; physical is the column of the class table.';
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
      archiver text not null default access.current_account(),
      operation "char" not null,
      id bigint not null,
      uid uuid not null,
      version bigint not null,
      creator text not null,
      created timestamptz not null,
      modifier text,
      modified timestamptz,
      deleter text,
      deleted timestamptz,
      created_source text not null,
      modified_source text,
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
  update meta.class as c
  set description_sql = v_expression, description_column = c.description_column + 1
  where c.id = p_class
  returning 'shortdescription_' || c.description_column into v_former;
  execute format('alter table data.datarow_%s rename column shortdescription to %I', p_class, v_former);
  execute format(
    'alter table data.datarow_%s add column shortdescription text generated always as (%s) stored',
    p_class, v_expression
  );
  insert into meta.dropped_column (class_id, physical) values (p_class, v_former);
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
  v_ids bigint[];
  v_last bigint;
  v_ring boolean := false;
begin
  -- Rows put back by a logical deletion carry "deleted" and are not news.
  select array_agg(n.id), max(n.id) into v_ids, v_last from new_rows as n where n.deleted is null;
  if v_ids is null then return null; end if;
  perform core.check_source();
  if v_last > (select case when s.is_called then s.last_value else 0 end from %2$s as s) then
    perform meta.refuse_id(%1$s, v_last);
  end if;
  insert into feed.change (class_id, operation, row_ids, source) values (%1$s, 'I', v_ids, core.source());
%3$s
  if v_ring then perform queue.ring(); end if;
  return null;
end;
    $sql$,
    p_class, v_sequence,
    concat_ws(e'\n', meta.link_statements(p_class, 'inserted'), meta.reference_checks(p_class, 'inserted'), meta.hook_statements(p_class, 'inserted'))
  ));
  execute format(v_frame, 'updated', p_class, format(
    $sql$
declare
  v_account constant text := access.current_account();
  v_ids bigint[];
  v_ring boolean := false;
begin
  select array_agg(o.id) into v_ids from old_rows as o;
  if v_ids is null then return null; end if;
  perform core.check_source();
%2$s
  insert into feed.change (class_id, operation, row_ids, source) values (%1$s, 'U', v_ids, core.source());
%3$s
  if v_ring then perform queue.ring(); end if;
  return null;
end;
    $sql$,
    p_class, meta.archive_statement(p_class, 'U'),
    concat_ws(e'\n', meta.link_statements(p_class, 'updated'), meta.reference_checks(p_class, 'updated'), meta.hook_statements(p_class, 'updated'))
  ));
  execute format(v_frame, 'deleted', p_class, format(
    $sql$
declare
  v_account constant text := access.current_account();
  v_ids bigint[];
  v_uids uuid[];
  v_ring boolean := false;
begin
  select array_agg(o.id), array_agg(o.uid) into v_ids, v_uids from old_rows as o where o.deleted is null;
  if v_ids is null then return null; end if;
  perform core.check_source();
%2$s
  insert into feed.change (class_id, operation, row_ids, uids, source) values (%1$s, 'D', v_ids, v_uids, core.source());
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
      meta.hook_statements(p_class, 'deleted')
    )
  ));
  execute format(v_frame, 'keep_deleted', p_class, format(
    $sql$
begin
  -- The first row that fires puts all rows of the statement back, marked as deleted.
  if exists (select from data.datarow_%1$s as r where r.id = old.id) then return null; end if;
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
  if v_expression is not distinct from (select c.limits_sql from meta.class as c where c.id = p_class) then
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
CREATE FUNCTION "meta"."build_triggers"("p_class" bigint) RETURNS "void"
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_path constant text := meta.class_path(p_class);
  v_table constant text := 'data.datarow_' || p_class;
  v_closed record;
  v_reads_new constant boolean := concat(
    meta.link_statements(p_class, 'updated'), meta.reference_checks(p_class, 'updated'), meta.hook_statements(p_class, 'updated')
  ) like '%new_rows%';
  v_event record;
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
    when (
      new.version <> 1 or new.creator <> access.current_account() or new.created <> now()
      or new.created_source <> core.source() or new.modifier is not null or new.modified is not null
      or new.modified_source is not null or new.deleter is not null or new.deleted is not null
      or new.deleted_source is not null %s
    )
    execute function meta.refuse_forgery(%L, %L)
    $sql$,
    v_table, v_closed.insert_test, v_path, v_closed.insert_codes
  );
  execute format(
    $sql$
    create or replace trigger t80_forged_update after update on %s for each row
    when (
      new.id <> old.id or new.uid <> old.uid or new.version <> old.version + 1 or new.creator <> old.creator
      or new.created <> old.created or new.created_source <> old.created_source
      or new.modifier is distinct from access.current_account() or new.modified is distinct from now()
      or new.modified_source is distinct from core.source() or new.deleter is distinct from old.deleter
      or new.deleted is distinct from old.deleted or new.deleted_source is distinct from old.deleted_source %s
    )
    execute function meta.refuse_forgery(%L, %L)
    $sql$,
    v_table, v_closed.update_test, v_path, v_closed.update_codes
  );
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
  select meta.class_path(e.class_id) || '.' || e.code into v_other
  from meta.ancestry as a
  inner join meta.effective_column as e on a.class_id = e.class_id
  where
    a.ancestor_id = p_class
    and (
      e.code = p_code
      or p_code in (e.code || '__text', e.code || '__class')
      or e.code in (p_code || '__text', p_code || '__class')
    )
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
                     WHEN ((NOT COALESCE((("e"."definition" ->> 'mandatory'::"text"))::boolean, false)) AND (NOT (("e"."type" = 'boolean'::"text") AND (("e"."definition" ->> 'states'::"text") = '2'::"text")))) THEN NULL::"text"
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
CREATE TABLE "meta"."class_key" (
    "id" bigint NOT NULL,
    "class_id" bigint NOT NULL,
    "column_ids" bigint[] NOT NULL,
    CONSTRAINT "class_key_column_ids_check" CHECK (("cardinality"("column_ids") > 0))
);
COMMENT ON TABLE "meta"."class_key" IS 'Natural keys: values unique among the rows of a class that are not deleted.';
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
CREATE FUNCTION "meta"."create_class"("p_model" bigint, "p_code" "text", "p_definition" "jsonb" DEFAULT '{}'::"jsonb") RETURNS bigint
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
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
  insert into meta.class (model_id, code, name, parent_id, description, archive, deletion, web_service)
  values (
    p_model,
    p_code,
    meta.localized(p_definition -> 'name'),
    v_parent,
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
      uid uuid not null default %3$s(),
      version bigint not null default 1,
      creator text not null default access.current_account(),
      created timestamptz not null default now(),
      modifier text,
      modified timestamptz,
      deleter text,
      deleted timestamptz,
      created_source text not null default core.source(),
      modified_source text,
      deleted_source text,
      shortdescription text generated always as (''::text) stored,
      constraint datarow_%1$s_pkey primary key (id),
      constraint datarow_%1$s_uid_key unique (uid)
    )
    -- Every update writes system columns: room on the page spares it the indexes.
    with (fillfactor = 85)
    $sql$,
    p_class,
    case
      when v_root = p_class then 'generated always as identity'
      else format('default nextval(%L::regclass)', format('data.datarow_%s_id_seq', v_root))
    end,
    case when to_regprocedure('pg_catalog.uuidv7()') is null then 'core.uuidv7' else 'pg_catalog.uuidv7' end
  );
  execute format(
    'comment on table data.datarow_%s is %L',
    p_class,
    format('Rows of class %s. Write by the API view or here; system columns are set by the system.', meta.class_path(p_class))
  );
  if v_root <> p_class then
    execute format('grant usage on sequence data.datarow_%s_id_seq to public', v_root);
  end if;
  update meta.class as c
  set description_sql = $sql$''::text$sql$
  where c.id = p_class;
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
    where p_class = any (e.targets)
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
    AS $$
declare
  v_parent bigint;
  v_object text;
  v_detail text;
begin
  perform meta.check_unused_class(p_class);
  perform meta.lock_class(p_class);
  begin
    for v_object in
      select format('view if exists api.%I', v.name)
      from meta.api_view as v
      where v.kind in ('class', 'all') and v.object_id = p_class
      order by v.kind
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
  for v_class in
    select a.class_id from meta.ancestry as a where a.ancestor_id = v_column.class_id order by a.depth
  loop
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
    CONSTRAINT "class_hook_event_check" CHECK (("event" = ANY (ARRAY['inserted'::"text", 'updated'::"text", 'deleted'::"text"])))
);
COMMENT ON TABLE "meta"."class_hook" IS 'Statements that other rooms have built into the after triggers of a class; they read new_rows and old_rows and set v_ring when they enqueue.';
CREATE FUNCTION "meta"."hook_statements"("p_class" bigint, "p_event" "text") RETURNS "text"
    LANGUAGE "sql" STABLE
    BEGIN ATOMIC
 SELECT COALESCE("string_agg"(('  '::"text" || "h"."statement"), '
'::"text" ORDER BY "h"."position", "h"."code"), ''::"text") AS "coalesce"
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
COMMENT ON FUNCTION "meta"."insert_record"("p_class" bigint, "p_values" "jsonb") IS 'Id of a new row of a class with the values given by column code. Raises PG106 for an unknown code, PG210 for broken limits.';
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
CREATE FUNCTION "meta"."limits_expression"("p_class" bigint) RETURNS "text"
    LANGUAGE "sql" STABLE
    BEGIN ATOMIC
 SELECT "format"('deleted is not null or (%s) or meta.refuse_limits(%s, array[%s])'::"text", "string_agg"((('('::"text" || "l"."condition") || ') is not false'::"text"), ' and '::"text"), "limits_expression"."p_class", "string_agg"("format"('case when (%s) is false then %L end'::"text", "l"."condition", "l"."refusal"), ', '::"text")) AS "format"
    FROM "meta"."column_limits"("limits_expression"."p_class") "l"("condition", "refusal");
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
        where c.relkind in ('v', 'r')
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
      where c.relkind = 'v'
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
    AS $$
begin
  perform meta.rebuild_class(c.id) from meta.class as c order by c.id;
end;
$$;
COMMENT ON FUNCTION "meta"."rebuild"() IS 'Renew the generated objects of every class; run after functions are re-applied.';
CREATE FUNCTION "meta"."rebuild_class"("p_class" bigint) RETURNS "void"
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  perform meta.build_description(p_class);
  perform meta.build_archive(p_class);
  perform meta.build_limits(p_class);
  perform meta.build_functions(p_class);
  perform meta.build_triggers(p_class);
end;
$$;
COMMENT ON FUNCTION "meta"."rebuild_class"("p_class" bigint) IS 'Renew description, archive, limits, trigger functions and triggers of a class. Changes nothing that is right already.';
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
      ), '') as options
    from pg_depend as d
    inner join pg_rewrite as r on d.objid = r.oid and r.rulename = '_RETURN'
    inner join pg_class as c on r.ev_class = c.oid
    where d.refclassid = 'pg_class'::regclass and d.refobjid = p_view and d.classid = 'pg_rewrite'::regclass
      and c.oid <> p_view
  loop
    v_tops := v_tops || jsonb_build_array(to_jsonb(v_top));
    execute format(
      'create or replace view %s as select %s',
      v_top.name,
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
CREATE FUNCTION "meta"."refuse_limits"("p_class" bigint, "p_refusals" "text"[]) RETURNS boolean
    LANGUAGE "plpgsql" STABLE SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  raise exception '%: %', meta.class_path(p_class), array_to_string(p_refusals, '; ')
    using
      errcode = 'PG210',
      hint = 'Mend the values named and write the row again.',
      schema = 'data',
      table = 'datarow_' || p_class,
      constraint = 'datarow_' || p_class || '_limits_check';
end;
$$;
COMMENT ON FUNCTION "meta"."refuse_limits"("p_class" bigint, "p_refusals" "text"[]) IS 'Raise PG210 with the refusals given; nulls among them are limits that hold.';
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
CREATE FUNCTION "meta"."rename_class"("p_class" bigint, "p_code" "text") RETURNS "void"
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
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
    AS $$
declare
  v_columns jsonb;
  v_column record;
begin
  select jsonb_agg(jsonb_build_object('former', l.attname, 'name', coalesce(w.value ->> 'name', '-' || l.attname)))
  into v_columns
  from (
    select
      a.attname,
      case count(*) over () when cardinality(p_recorded) then p_recorded[a.attnum] end as source
    from pg_attribute as a
    where a.attrelid = p_view and a.attnum > 0
  ) as l
  left join jsonb_array_elements(p_wanted) as w (value)
    -- A view with more or fewer columns than recorded was altered by hand: go by names.
    on coalesce(l.source = w.value ->> 'source', l.attname = w.value ->> 'name')
  where l.attname is distinct from w.value ->> 'name';
  for v_column in
    select c.former, '-' || c.former as name
    from jsonb_to_recordset(v_columns) as c (former text, name text)
  loop
    execute format('alter view %s rename column %I to %I', p_view, v_column.former, v_column.name);
  end loop;
  for v_column in
    select '-' || c.former as former, c.name
    from jsonb_to_recordset(v_columns) as c (former text, name text)
    where c.name not like '-%'
  loop
    execute format('alter view %s rename column %I to %I', p_view, v_column.former, v_column.name);
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
  if v_view is null then
    execute format('create view api.%I with (%s) as %s', p_view ->> 'name', meta.view_options(null), v_select);
    execute format('comment on view api.%I is %L', p_view ->> 'name', p_view ->> 'comment');
    return 'created';
  end if;
  begin
    execute format('create or replace view %s with (%s) as %s', v_view, meta.view_options(v_view), v_select);
    return 'replaced';
  exception
    when invalid_table_definition then
      perform meta.rebuild_view(v_view, v_select, p_pending);
      return 'rebuilt';
  end;
exception
  when undefined_table or undefined_column then
    if p_view ->> 'kind' = 'query' then
      raise;
    end if;
    raise exception 'the table of API view "%" was altered by hand: %', p_view ->> 'name', sqlerrm
      using errcode = 'PG122', hint = 'Put back what is missing in schema data, or drop the column or class with the functions of meta.';
end;
$$;
COMMENT ON FUNCTION "meta"."renew_view"("p_view" "jsonb", "p_recorded" "text"[], "p_pending" "oid"[]) IS 'created, replaced or rebuilt. Raises PG118 when something stands in the way, PG119 (query), PG122 (table).';
CREATE FUNCTION "meta"."renew_views"("p_views" "jsonb") RETURNS TABLE("name" "text", "action" "text")
    LANGUAGE "plpgsql"
    SET "search_path" TO 'pg_catalog', 'pg_temp'
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
end;
$$;
COMMENT ON FUNCTION "meta"."renew_views"("p_views" "jsonb") IS 'Bring API views to their definitions; says of each whether it was created, replaced or rebuilt. Raises PG118, PG119, PG121, PG122.';
CREATE FUNCTION "meta"."replace_placeholder"("p_text" "text", "p_former" "text", "p_code" "text") RETURNS "text"
    LANGUAGE "sql" IMMUTABLE
    BEGIN ATOMIC
 SELECT "regexp_replace"("p_text", (('(\{\{\s*column\.)'::"text" || "p_former") || '(\s*\}\})'::"text"), (('\1'::"text" || "p_code") || '\2'::"text"), 'g'::"text") AS "regexp_replace";
END;
COMMENT ON FUNCTION "meta"."replace_placeholder"("p_text" "text", "p_former" "text", "p_code" "text") IS 'Text with {{column.former}} turned into {{column.code}}.';
CREATE FUNCTION "meta"."set_keys"("p_class" bigint, "p_keys" "jsonb") RETURNS "void"
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
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
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  new.version := old.version + 1;
  new.modifier := coalesce(nullif(current_setting('role'), 'none'), session_user);
  new.modified := now();
  new.modified_source := coalesce(nullif(current_setting('pgears.source', true), ''), 'sql');
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
CREATE TABLE "meta"."query" (
    "id" bigint NOT NULL,
    "model_id" bigint NOT NULL,
    "code" "text" NOT NULL,
    "name" "jsonb" DEFAULT '{}'::"jsonb" NOT NULL,
    "sql" "text" NOT NULL,
    CONSTRAINT "query_code_check" CHECK (("code" ~ '^[a-z][a-z0-9_-]*$'::"text"))
);
COMMENT ON TABLE "meta"."query" IS 'A stored SELECT of a model, shown as an API view; {{class.code}} stands for the API view of a class.';
CREATE VIEW "meta"."view_column" AS
 WITH "family" AS (
         SELECT "a"."ancestor_id" AS "class_id",
            "jsonb_agg"(('datarow_'::"text" || "a"."class_id") ORDER BY "a"."depth", "a"."class_id") AS "tables"
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
        CASE
            WHEN "r"."is_array" THEN 'linked_referrers'::"text"
            ELSE 'referrers'::"text"
        END AS "form",
    "jsonb_build_object"('tables', "f"."tables", 'physical', "r"."physical", 'link', ('link_'::"text" || "r"."column_id"), 'classes',
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
             (("m"."code" || '_'::"text") || "c"."code") AS "name"
            FROM ("meta"."class" "c"
              JOIN "meta"."model" "m" ON (("c"."model_id" = "m"."id")))
           WHERE (("view_definitions"."p_filter" IS NULL) OR (("view_definitions"."p_filter" = "m"."code") OR ("view_definitions"."p_filter" = (("m"."code" || '.'::"text") || "c"."code"))))
         ), "user_columns" AS (
          SELECT "v"."class_id",
             "jsonb_agg"(("jsonb_build_object"('name', "v"."name", 'source', "v"."source", 'form', "v"."form") || "v"."detail") ORDER BY "v"."position", "v"."part") AS "columns"
            FROM "meta"."view_column" "v"
           WHERE ("v"."class_id" IN ( SELECT "s"."id"
                    FROM "chosen" "s"))
           GROUP BY "v"."class_id"
         ), "described" AS (
          SELECT "s"."kind",
             "c"."id",
             ("c"."name" || "s"."suffix") AS "name",
             "c"."path",
             "jsonb_build_object"('form', 1, 'name', ("c"."name" || "s"."suffix"), 'table', ('datarow_'::"text" || "c"."id"), 'comment', "format"("s"."comment", "c"."path"), 'columns', ("s"."system" || COALESCE("u"."columns", '[]'::"jsonb"))) AS "context"
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
      format('revoke all on %s from %s', p_view::regclass, r.rolname)
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
  select md5(pg_get_viewdef(c.oid) || coalesce(array_to_string(c.reloptions, ','), ''))
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
  select format('column %I used by view %s', a.attname, d.relation::regclass)
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
  select format('grant to %s by %s, who is not the owner', a.grantee::regrole, a.grantor::regrole)
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
    CONSTRAINT "task_lane_check" CHECK ((("lane" >= 0) AND ("lane" <= 2))),
    CONSTRAINT "task_state_check" CHECK (
CASE "state"
    WHEN 'ready'::"text" THEN ("token" IS NULL)
    WHEN 'delayed'::"text" THEN (("token" IS NULL) AND ("due" IS NOT NULL))
    WHEN 'leased'::"text" THEN (("token" IS NOT NULL) AND ("runner" IS NOT NULL))
    ELSE false
END)
)
WITH ("autovacuum_vacuum_threshold"='20000', "autovacuum_vacuum_scale_factor"='0.02', "autovacuum_vacuum_cost_delay"='0', "autovacuum_analyze_threshold"='20000');
COMMENT ON TABLE "queue"."task" IS 'Tasks that wait or run. A plain insert of kind and payload is a ready task; then queue.ring().';
COMMENT ON COLUMN "queue"."task"."lane" IS '0 urgent, 1 normal, 2 bulk: a lower one goes first.';
COMMENT ON COLUMN "queue"."task"."turn" IS 'Place in the lane; given anew when a task becomes ready again.';
COMMENT ON COLUMN "queue"."task"."due" IS 'Of a delayed task: when it becomes ready, by core.now().';
COMMENT ON COLUMN "queue"."task"."attempts" IS 'Attempts begun.';
COMMENT ON COLUMN "queue"."task"."token" IS 'Of a leased task: what proves the lease. Each claim has its own.';
COMMENT ON COLUMN "queue"."task"."error" IS 'What the last attempt failed with.';
COMMENT ON COLUMN "queue"."task"."correlation" IS 'What the task belongs to, for people who search.';
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
begin
  select t.state into v_state from queue.task as t where t.id = p_id for update;
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
end;
$$;
COMMENT ON FUNCTION "queue"."cancel"("p_id" bigint) IS 'Cancel a task that waits or is dead. Raises PG305 when there is none, PG306 when it runs.';
CREATE FUNCTION "queue"."claim"("p_runner" "uuid", "p_token" "uuid", "p_limit" integer DEFAULT 100, "p_after" bigint[] DEFAULT NULL::bigint[], "p_kinds" "text"[] DEFAULT NULL::"text"[]) RETURNS TABLE("id" bigint, "kind" "text", "payload" "jsonb", "attempts" integer, "lane" smallint, "turn" bigint)
    LANGUAGE "plpgsql" SECURITY DEFINER
    SET "search_path" TO 'pg_catalog', 'pg_temp'
    SET "enable_seqscan" TO 'off'
    SET "enable_bitmapscan" TO 'off'
    SET "enable_sort" TO 'off'
    AS $$
declare
  v_left integer := p_limit;
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
  for v_lane in 0..2 loop
    exit when v_left <= 0;
    return query
    update queue.task as t
    set state = 'leased', runner = p_runner, token = p_token, attempts = t.attempts + 1
    where t.ctid = any (array(
      select c.ctid
      from queue.task as c
      where c.state = 'ready'
        and c.lane = v_lane
        and c.turn > coalesce(p_after[v_lane + 1], 0)
        and (p_kinds is null or c.kind = any (p_kinds))
      order by c.turn
      limit v_left
      for update skip locked
    ))
    returning t.id, t.kind, t.payload, t.attempts, t.lane, t.turn;
    get diagnostics v_count = row_count;
    v_left := v_left - v_count;
  end loop;
end;
$$;
COMMENT ON FUNCTION "queue"."claim"("p_runner" "uuid", "p_token" "uuid", "p_limit" integer, "p_after" bigint[], "p_kinds" "text"[]) IS 'Lease tasks of the kinds named, or of all, to a runner under a token of this claim. Raises PG302 when the runner was declared dead.';
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
    CONSTRAINT "kind_backoff_base_check" CHECK (("backoff_base" >= '00:00:00'::interval)),
    CONSTRAINT "kind_backoff_cap_check" CHECK (("backoff_cap" >= "backoff_base")),
    CONSTRAINT "kind_keep_check" CHECK (("keep" >= '00:00:00'::interval)),
    CONSTRAINT "kind_kind_check" CHECK (("kind" ~ '^[a-z][a-z0-9_.-]*$'::"text")),
    CONSTRAINT "kind_max_attempts_check" CHECK (("max_attempts" >= 1)),
    CONSTRAINT "kind_timeout_check" CHECK (("timeout" > '00:00:00'::interval))
);
COMMENT ON TABLE "queue"."kind" IS 'Kinds of tasks and the limits of each.';
COMMENT ON COLUMN "queue"."kind"."backoff_base" IS 'A retry waits a random time up to base * 2 ^ (attempts - 1), but not above the cap.';
COMMENT ON COLUMN "queue"."kind"."timeout" IS 'How long one attempt may take.';
COMMENT ON COLUMN "queue"."kind"."keep" IS 'How long finished tasks stay in queue.finished; 0 = they are not stored.';
COMMENT ON COLUMN "queue"."kind"."function" IS 'Database task: function(jsonb) that does the work in the transaction that settles it. Null: a handler of the runner does.';
CREATE FUNCTION "queue"."kinds"() RETURNS TABLE("kind" "text", "timeout_seconds" double precision, "in_database" boolean)
    LANGUAGE "sql" STABLE SECURITY DEFINER
    BEGIN ATOMIC
 SELECT "k"."kind",
     (EXTRACT("epoch" FROM "k"."timeout"))::double precision AS "extract",
     ("k"."function" IS NOT NULL)
    FROM "queue"."kind" "k";
END;
COMMENT ON FUNCTION "queue"."kinds"() IS 'Kinds of tasks with their time-out; in_database: queue.run() does them.';
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
  insert into queue.task (id, kind, payload, lane, error, created, correlation)
  select b.id, b.kind, b.payload, b.lane, b.error, b.created, b.correlation
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
    select array_agg(g.id) into v_settled from gone as g;
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
      insert into queue.dead (id, kind, payload, lane, attempts, error, created, runner, correlation)
      select g.id, g.kind, g.payload, g.lane, g.attempts, coalesce(p_error, ''), g.created, g.runner, g.correlation
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
    insert into queue.dead (id, kind, payload, lane, attempts, error, created, runner, correlation)
    select g.id, g.kind, g.payload, g.lane, g.attempts, 'the runner was lost', g.created, g.runner, g.correlation
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
CREATE TABLE "access"."account" (
    "id" bigint NOT NULL,
    "login" "text" NOT NULL,
    "full_name" "text",
    "email" "text",
    "language" "text",
    "enabled" boolean DEFAULT true NOT NULL,
    "created" timestamp with time zone DEFAULT "now"() NOT NULL,
    CONSTRAINT "account_login_check" CHECK ((("octet_length"("login") >= 1) AND ("octet_length"("login") <= 63)))
);
COMMENT ON TABLE "access"."account" IS 'One person or system that works with the instance; login is the name of its PostgreSQL role.';
COMMENT ON COLUMN "access"."account"."language" IS 'Language code in which texts are shown; null means the default language.';
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
CREATE TABLE "core"."alembic_version" (
    "version_num" character varying(32) NOT NULL
);
CREATE TABLE "core"."file" (
    "id" bigint NOT NULL,
    "uid" "uuid" DEFAULT "gen_random_uuid"() NOT NULL,
    "name" "text" NOT NULL,
    "media_type" "text" DEFAULT 'application/octet-stream'::"text" NOT NULL,
    "size" bigint NOT NULL,
    "sha256" "bytea" NOT NULL,
    "created" timestamp with time zone DEFAULT "now"() NOT NULL,
    "creator" "text" NOT NULL
);
COMMENT ON TABLE "core"."file" IS 'A named file; file columns of classes refer to it by id.';
CREATE TABLE "core"."file_content" (
    "sha256" "bytea" NOT NULL,
    "size" bigint NOT NULL,
    "content" "bytea" NOT NULL,
    CONSTRAINT "file_content_sha256_check" CHECK (("octet_length"("sha256") = 32))
);
ALTER TABLE ONLY "core"."file_content" ALTER COLUMN "content" SET STORAGE EXTERNAL;
COMMENT ON TABLE "core"."file_content" IS 'Bytes of files, each content once, found by its SHA-256.';
ALTER TABLE "core"."file" ALTER COLUMN "id" ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME "core"."file_id_seq"
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
CREATE TABLE "flow"."notification" (
    "id" bigint NOT NULL,
    "model_id" bigint NOT NULL,
    "code" "text" NOT NULL,
    "class_id" bigint NOT NULL,
    "definition" "jsonb" NOT NULL,
    "arguments_sql" "text" NOT NULL
);
COMMENT ON TABLE "flow"."notification" IS 'A mail about a row of a class, with {{column.code}} in its texts.';
COMMENT ON COLUMN "flow"."notification"."arguments_sql" IS 'Arguments of mail.send() as SQL over a row "r" of the class table.';
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
CREATE TABLE "mail"."mailbox" (
    "id" bigint NOT NULL,
    "model_id" bigint NOT NULL,
    "code" "text" NOT NULL,
    "class_id" bigint NOT NULL,
    "enabled" boolean DEFAULT true NOT NULL,
    "definition" "jsonb" NOT NULL
);
COMMENT ON TABLE "mail"."mailbox" IS 'A mailbox that is read, and the class that its messages become rows of.';
COMMENT ON COLUMN "mail"."mailbox"."definition" IS 'Keys of the model file.';
ALTER TABLE "mail"."mailbox" ALTER COLUMN "id" ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME "mail"."mailbox_id_seq"
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
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
CREATE VIEW "meta"."class_name" AS
 SELECT "c"."id",
    (("m"."code" || '.'::"text") || "c"."code") AS "path"
   FROM ("meta"."class" "c"
     JOIN "meta"."model" "m" ON (("c"."model_id" = "m"."id")));
COMMENT ON VIEW "meta"."class_name" IS 'Class id and model.class, readable by everybody through API views.';
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
   FROM ( VALUES ('text'::"text",'a text'::"text",'$.type() == "string"'::"text",'{"type": "string"}'::"text"), ('code'::"text",'a code (a-z, 0-9, "_", "-", beginning with a letter)'::"text",'strict $.type() == "string" && $ like_regex "^[a-z][a-z0-9_-]*$"'::"text",'{"type": "string", "pattern": "^[a-z][a-z0-9_-]*$"}'::"text"), ('class'::"text",'the code of a class, or model.class'::"text",'strict $.type() == "string" && $ like_regex "^[a-z][a-z0-9_-]*([.][a-z][a-z0-9_-]*)?$"'::"text",'{"type": "string", "pattern": "^[a-z][a-z0-9_-]*([.][a-z][a-z0-9_-]*)?$"}'::"text"), ('texts'::"text",'a text, or texts by language such as {en: Name, de: Name}'::"text",'strict $.type() == "string" || ($.type() == "object" && !exists ($.* ? (@.type() <> "string")))'::"text",'{"type": ["string", "object"], "additionalProperties": {"type": "string"}}'::"text"), ('integer'::"text",'a whole number'::"text",'strict $.type() == "number" && $.floor() == $'::"text",'{"type": "integer"}'::"text"), ('boolean'::"text",'true or false'::"text",'strict $.type() == "boolean"'::"text",'{"type": "boolean"}'::"text"), ('literal'::"text",'a text, a number, true or false'::"text",'strict $.type() == "string" || $.type() == "number" || $.type() == "boolean"'::"text",'{"type": ["string", "number", "boolean"]}'::"text"), ('list'::"text",'a list of texts such as [one, two]'::"text",'strict $.type() == "array" && !exists ($[*] ? (@.type() <> "string"))'::"text",'{"type": "array", "items": {"type": "string"}}'::"text"), ('keys'::"text",'a list of lists of column codes such as [[email], [name, city]]'::"text",'strict $.type() == "array" && !exists ($[*] ? (@.type() <> "array" || @.size() == 0)) && !exists ($[*][*] ? (@.type() <> "string"))'::"text",'{"type": "array", "items": {"type": "array", "minItems": 1, "items": {"type": "string"}}}'::"text"), ('mapping'::"text",'a list of pairs such as {subject: title}'::"text",'strict $.type() == "object" && !exists ($.* ? (@.type() <> "string"))'::"text",'{"type": "object", "additionalProperties": {"type": "string"}}'::"text"), ('values'::"text",'a list of pairs of a code and a text, a number, true or false'::"text",'strict $.type() == "null" || ($.type() == "object" && !exists ($.* ? (@.type() == "array" || @.type() == "object" || @.type() == "null")))'::"text",'{"type": ["object", "null"], "additionalProperties": {"type": ["string", "number", "boolean"]}}'::"text"), ('section'::"text",'definitions by code'::"text",'strict $.type() == "null" || ($.type() == "object" && !exists ($.* ? (@.type() <> "object")))'::"text",'{"type": ["object", "null"]}'::"text"), ('later'::"text",'left empty in this version'::"text",'strict $.type() == "null" || ($.type() == "object" && !exists ($.*))'::"text",'{"type": ["object", "null"], "maxProperties": 0}'::"text")) "v"("kind", "phrase", "test", "schema");
COMMENT ON VIEW "meta"."value_kind" IS 'Kinds of values that the keys of meta.vocabulary take, with a test in jsonpath and a JSON Schema.';
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
   FROM ( VALUES ('file'::"text",'model'::"text",'code'::"text",NULL::"text"[],NULL::"text"[],true,NULL::"text",'Code of the model.'::"text"), ('file'::"text",'name'::"text",'texts'::"text",NULL::"text"[],NULL::"text"[],false,'{}'::"text",'Name for people.'::"text"), ('file'::"text",'languages'::"text",'list'::"text",NULL::"text"[],NULL::"text"[],false,'[]'::"text",'Languages in which the model has its names.'::"text"), ('file'::"text",'parameters'::"text",'values'::"text",NULL::"text"[],NULL::"text"[],false,'{}'::"text",'Instance parameters; `sender` of model helpdesk is the parameter `helpdesk.sender`.'::"text"), ('file'::"text",'classes'::"text",'section'::"text",NULL::"text"[],NULL::"text"[],false,'{}'::"text",'Classes by code.'::"text"), ('file'::"text",'queries'::"text",'section'::"text",NULL::"text"[],NULL::"text"[],false,'{}'::"text",'Queries by code; each is an API view.'::"text"), ('file'::"text",'notifications'::"text",'section'::"text",NULL::"text"[],NULL::"text"[],false,'{}'::"text",'Mails about rows, by code.'::"text"), ('file'::"text",'rules'::"text",'section'::"text",NULL::"text"[],NULL::"text"[],false,'{}'::"text",'What happens after rows are written, by code.'::"text"), ('file'::"text",'mailboxes'::"text",'section'::"text",NULL::"text"[],NULL::"text"[],false,'{}'::"text",'Mailboxes whose messages become rows, by code.'::"text"), ('file'::"text",'structures'::"text",'later'::"text",NULL::"text"[],NULL::"text"[],false,'{}'::"text",'Organisation structures.'::"text"), ('file'::"text",'roles'::"text",'later'::"text",NULL::"text"[],NULL::"text"[],false,'{}'::"text",'Roles and their rights.'::"text"), ('file'::"text",'scripts'::"text",'later'::"text",NULL::"text"[],NULL::"text"[],false,'{}'::"text",'Scripts.'::"text"), ('file'::"text",'workflows'::"text",'later'::"text",NULL::"text"[],NULL::"text"[],false,'{}'::"text",'Workflows.'::"text"), ('file'::"text",'jobs'::"text",'later'::"text",NULL::"text"[],NULL::"text"[],false,'{}'::"text",'Jobs by time.'::"text"), ('file'::"text",'imports'::"text",'later'::"text",NULL::"text"[],NULL::"text"[],false,'{}'::"text",'Imports of files.'::"text"), ('file'::"text",'exports'::"text",'later'::"text",NULL::"text"[],NULL::"text"[],false,'{}'::"text",'Exports to files.'::"text"), ('file'::"text",'syncs'::"text",'later'::"text",NULL::"text"[],NULL::"text"[],false,'{}'::"text",'Synchronisation with other databases.'::"text"), ('file'::"text",'subscriptions'::"text",'later'::"text",NULL::"text"[],NULL::"text"[],false,'{}'::"text",'Replication between instances.'::"text"), ('model'::"text",'name'::"text",'texts'::"text",NULL::"text"[],NULL::"text"[],false,'{}'::"text",'Name for people.'::"text"), ('model'::"text",'languages'::"text",'list'::"text",NULL::"text"[],NULL::"text"[],false,'[]'::"text",'Languages in which the model has its names.'::"text"), ('class'::"text",'name'::"text",'texts'::"text",NULL::"text"[],NULL::"text"[],false,'{}'::"text",'Name for people.'::"text"), ('class'::"text",'renamed_from'::"text",'code'::"text",NULL::"text"[],NULL::"text"[],false,NULL::"text",'Former code; ignored once the class has the new one.'::"text"), ('class'::"text",'parent'::"text",'class'::"text",NULL::"text"[],NULL::"text"[],false,NULL::"text",'Class whose columns this one inherits; fixed once made.'::"text"), ('class'::"text",'description'::"text",'text'::"text",NULL::"text"[],NULL::"text"[],false,'""'::"text",'Format of the short description, such as `{{column.number}} {{column.subject}}`.'::"text"), ('class'::"text",'archive'::"text",'boolean'::"text",NULL::"text"[],NULL::"text"[],false,'false'::"text",'Keep former rows.'::"text"), ('class'::"text",'deletion'::"text",'text'::"text",ARRAY['logical'::"text", 'physical'::"text"],NULL::"text"[],false,'"logical"'::"text",'What DELETE does with a row.'::"text"), ('class'::"text",'web_service'::"text",'boolean'::"text",NULL::"text"[],NULL::"text"[],false,'false'::"text",'Serve the class by HTTP.'::"text"), ('class'::"text",'columns'::"text",'section'::"text",NULL::"text"[],NULL::"text"[],false,'{}'::"text",'Columns by code, in the order in which they are shown.'::"text"), ('class'::"text",'keys'::"text",'keys'::"text",NULL::"text"[],NULL::"text"[],false,'[]'::"text",'Natural keys: unique among rows that are not deleted.'::"text"), ('column'::"text",'type'::"text",'text'::"text",ARRAY['text'::"text", 'middle_text'::"text", 'long_text'::"text", 'html'::"text", 'integer'::"text", 'decimal'::"text", 'boolean'::"text", 'date'::"text", 'timestamp'::"text", 'colour'::"text", 'class'::"text", 'guid'::"text", 'file'::"text", 'picture'::"text", 'reference'::"text", 'reverse'::"text", 'calculated'::"text"],NULL::"text"[],true,NULL::"text",'What the column holds; fixed once made.'::"text"), ('column'::"text",'name'::"text",'texts'::"text",NULL::"text"[],NULL::"text"[],false,'{}'::"text",'Name for people.'::"text"), ('column'::"text",'renamed_from'::"text",'code'::"text",NULL::"text"[],NULL::"text"[],false,NULL::"text",'Former code; ignored once the column has the new one.'::"text"), ('column'::"text",'position'::"text",'integer'::"text",NULL::"text"[],NULL::"text"[],false,NULL::"text",'Place among the columns, for definitions written in SQL; in a file the order of columns says it.'::"text"), ('column'::"text",'class'::"text",'class'::"text",NULL::"text"[],ARRAY['reference'::"text", 'reverse'::"text"],false,NULL::"text",'Class referred to; of a reverse reference, the class that refers.'::"text"), ('column'::"text",'classes'::"text",'list'::"text",NULL::"text"[],ARRAY['reference'::"text"],false,NULL::"text",'Classes, any of which a value may refer to.'::"text"), ('column'::"text",'target'::"text",'text'::"text",ARRAY['user'::"text"],ARRAY['reference'::"text"],false,NULL::"text",'Refer to accounts instead of rows.'::"text"), ('column'::"text",'multiple'::"text",'boolean'::"text",NULL::"text"[],ARRAY['reference'::"text", 'file'::"text"],false,'false'::"text",'Several values.'::"text"), ('column'::"text",'column'::"text",'code'::"text",NULL::"text"[],ARRAY['reverse'::"text"],false,NULL::"text",'Column of the other class by which it refers to this one.'::"text"), ('column'::"text",'sql'::"text",'text'::"text",NULL::"text"[],ARRAY['calculated'::"text"],false,NULL::"text",'SQL over `{{column.code}}` of the same row.'::"text"), ('column'::"text",'result'::"text",'text'::"text",ARRAY['text'::"text", 'middle_text'::"text", 'long_text'::"text", 'integer'::"text", 'decimal'::"text", 'boolean'::"text", 'date'::"text", 'timestamp'::"text", 'guid'::"text"],ARRAY['calculated'::"text"],false,NULL::"text",'Type of the result.'::"text"), ('column'::"text",'mandatory'::"text",'boolean'::"text",NULL::"text"[],ARRAY['text'::"text", 'middle_text'::"text", 'long_text'::"text", 'html'::"text", 'integer'::"text", 'decimal'::"text", 'boolean'::"text", 'date'::"text", 'timestamp'::"text", 'colour'::"text", 'class'::"text", 'guid'::"text", 'file'::"text", 'picture'::"text", 'reference'::"text"],false,'false'::"text",'A row without a value is refused.'::"text"), ('column'::"text",'default'::"text",'literal'::"text",NULL::"text"[],ARRAY['text'::"text", 'middle_text'::"text", 'long_text'::"text", 'html'::"text", 'integer'::"text", 'decimal'::"text", 'boolean'::"text", 'date'::"text", 'timestamp'::"text", 'colour'::"text", 'guid'::"text", 'picture'::"text"],false,NULL::"text",'Value of a new row that gives none; `today` for dates and `now` for timestamps.'::"text"), ('column'::"text",'sequence'::"text",'text'::"text",NULL::"text"[],ARRAY['text'::"text", 'middle_text'::"text", 'integer'::"text"],false,NULL::"text",'Number new rows, such as `T{#:000000}`; for an integer `{#}`.'::"text"), ('column'::"text",'min'::"text",'literal'::"text",NULL::"text"[],ARRAY['integer'::"text", 'decimal'::"text", 'date'::"text", 'timestamp'::"text"],false,NULL::"text",'Least value.'::"text"), ('column'::"text",'max'::"text",'literal'::"text",NULL::"text"[],ARRAY['integer'::"text", 'decimal'::"text", 'date'::"text", 'timestamp'::"text"],false,NULL::"text",'Greatest value.'::"text"), ('column'::"text",'min_length'::"text",'integer'::"text",NULL::"text"[],ARRAY['text'::"text", 'middle_text'::"text", 'long_text'::"text", 'html'::"text"],false,NULL::"text",'Least number of characters.'::"text"), ('column'::"text",'max_length'::"text",'integer'::"text",NULL::"text"[],ARRAY['text'::"text", 'middle_text'::"text", 'long_text'::"text", 'html'::"text"],false,NULL::"text",'Greatest number of characters; 255 for text, else unlimited.'::"text"), ('column'::"text",'pattern'::"text",'text'::"text",NULL::"text"[],ARRAY['text'::"text", 'middle_text'::"text", 'long_text'::"text", 'html'::"text"],false,NULL::"text",'Regular expression of PostgreSQL that values match.'::"text"), ('column'::"text",'pattern_message'::"text",'text'::"text",NULL::"text"[],ARRAY['text'::"text", 'middle_text'::"text", 'long_text'::"text", 'html'::"text"],false,NULL::"text",'Words of the refusal, after the code of the column.'::"text"), ('column'::"text",'localized'::"text",'boolean'::"text",NULL::"text"[],ARRAY['text'::"text", 'middle_text'::"text", 'long_text'::"text", 'html'::"text"],false,'false'::"text",'A text by language instead of one text.'::"text"), ('column'::"text",'states'::"text",'integer'::"text",ARRAY['2'::"text", '3'::"text"],ARRAY['boolean'::"text"],false,'3'::"text",'Two states, or three with the empty one.'::"text"), ('column'::"text",'editable_on_insert'::"text",'boolean'::"text",NULL::"text"[],ARRAY['text'::"text", 'middle_text'::"text", 'long_text'::"text", 'html'::"text", 'integer'::"text", 'decimal'::"text", 'boolean'::"text", 'date'::"text", 'timestamp'::"text", 'colour'::"text", 'class'::"text", 'guid'::"text", 'file'::"text", 'picture'::"text", 'reference'::"text"],false,'true'::"text",'Writers may give a value to a new row.'::"text"), ('column'::"text",'editable_on_update'::"text",'boolean'::"text",NULL::"text"[],ARRAY['text'::"text", 'middle_text'::"text", 'long_text'::"text", 'html'::"text", 'integer'::"text", 'decimal'::"text", 'boolean'::"text", 'date'::"text", 'timestamp'::"text", 'colour'::"text", 'class'::"text", 'guid'::"text", 'file'::"text", 'picture'::"text", 'reference'::"text"],false,'true'::"text",'Writers may change the value later.'::"text"), ('query'::"text",'name'::"text",'texts'::"text",NULL::"text"[],NULL::"text"[],false,'{}'::"text",'Name for people.'::"text"), ('query'::"text",'sql'::"text",'text'::"text",NULL::"text"[],NULL::"text"[],true,NULL::"text",'One SELECT; `{{class.code}}` stands for the API view of a class.'::"text"), ('notification'::"text",'class'::"text",'class'::"text",NULL::"text"[],NULL::"text"[],true,NULL::"text",'Class of the row that the mail is about.'::"text"), ('notification'::"text",'account'::"text",'text'::"text",NULL::"text"[],NULL::"text"[],false,NULL::"text",'Mail account that sends; the default one when left out.'::"text"), ('notification'::"text",'to'::"text",'text'::"text",NULL::"text"[],NULL::"text"[],true,NULL::"text",'Recipients, separated by semicolons; may hold `{{column.code}}`.'::"text"), ('notification'::"text",'cc'::"text",'text'::"text",NULL::"text"[],NULL::"text"[],false,NULL::"text",'Recipients of a copy.'::"text"), ('notification'::"text",'bcc'::"text",'text'::"text",NULL::"text"[],NULL::"text"[],false,NULL::"text",'Recipients of a copy that others do not see.'::"text"), ('notification'::"text",'reply_to'::"text",'text'::"text",NULL::"text"[],NULL::"text"[],false,NULL::"text",'Address for answers.'::"text"), ('notification'::"text",'subject'::"text",'texts'::"text",NULL::"text"[],NULL::"text"[],true,NULL::"text",'Subject; may hold `{{column.code}}`.'::"text"), ('notification'::"text",'body'::"text",'texts'::"text",NULL::"text"[],NULL::"text"[],true,NULL::"text",'Plain text; may hold `{{column.code}}`.'::"text"), ('notification'::"text",'html'::"text",'texts'::"text",NULL::"text"[],NULL::"text"[],false,NULL::"text",'The text as HTML.'::"text"), ('rule'::"text",'class'::"text",'class'::"text",NULL::"text"[],NULL::"text"[],true,NULL::"text",'Class whose rows are watched.'::"text"), ('rule'::"text",'event'::"text",'text'::"text",ARRAY['after_insert'::"text", 'after_update'::"text"],NULL::"text"[],true,NULL::"text",'When the rule is asked.'::"text"), ('rule'::"text",'when'::"text",'text'::"text",NULL::"text"[],NULL::"text"[],false,NULL::"text",'SQL condition over `{{column.code}}`; every row when left out.'::"text"), ('rule'::"text",'notify'::"text",'code'::"text",NULL::"text"[],NULL::"text"[],true,NULL::"text",'Notification that is sent.'::"text"), ('rule'::"text",'enabled'::"text",'boolean'::"text",NULL::"text"[],NULL::"text"[],false,'true'::"text",'Whether the rule acts.'::"text"), ('rule'::"text",'position'::"text",'integer'::"text",NULL::"text"[],NULL::"text"[],false,'0'::"text",'Rules of one event act in this order.'::"text"), ('mailbox'::"text",'driver'::"text",'text'::"text",ARRAY['maildir'::"text"],NULL::"text"[],true,NULL::"text",'How messages are fetched.'::"text"), ('mailbox'::"text",'path'::"text",'text'::"text",NULL::"text"[],NULL::"text"[],true,NULL::"text",'Folder of the Maildir.'::"text"), ('mailbox'::"text",'class'::"text",'class'::"text",NULL::"text"[],NULL::"text"[],true,NULL::"text",'Class whose rows the messages become.'::"text"), ('mailbox'::"text",'mapping'::"text",'mapping'::"text",NULL::"text"[],NULL::"text"[],true,NULL::"text",'Column and what of the message goes into it.'::"text"), ('mailbox'::"text",'after_read'::"text",'text'::"text",NULL::"text"[],NULL::"text"[],false,NULL::"text",'What happens to a message that was read.'::"text"), ('mailbox'::"text",'batch_size'::"text",'integer'::"text",NULL::"text"[],NULL::"text"[],false,NULL::"text",'Messages in one turn.'::"text"), ('mailbox'::"text",'poll_every'::"text",'text'::"text",NULL::"text"[],NULL::"text"[],false,NULL::"text",'Time between two turns, such as `30 seconds`.'::"text"), ('mailbox'::"text",'on_auto_reply'::"text",'text'::"text",NULL::"text"[],NULL::"text"[],false,NULL::"text",'What happens to an automatic answer.'::"text"), ('mailbox'::"text",'enabled'::"text",'boolean'::"text",NULL::"text"[],NULL::"text"[],false,'true'::"text",'Whether it is read.'::"text")) "v"("place", "key", "kind", "choices", "column_types", "required", "preset", "note");
COMMENT ON VIEW "meta"."vocabulary" IS 'Keys of definitions by place (file, model, class, column, query, ...), with kind, choices, preset and meaning.';
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
    "correlation" "uuid"
);
COMMENT ON TABLE "queue"."dead" IS 'Tasks that gave up, with their last error; queue.redrive() makes them ready again.';
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
COMMENT ON VIEW "queue"."task_list" IS 'Tasks that are ready, delayed, leased, dead, done or cancelled.';
COMMENT ON COLUMN "queue"."task_list"."at" IS 'When it is due, died or was finished.';
COMMENT ON COLUMN "queue"."task_list"."runner" IS 'Name of the runner that has or had it, while that is registered.';
ALTER TABLE ONLY "queue"."finished" ATTACH PARTITION "queue"."finished_default" DEFAULT;
ALTER TABLE ONLY "meta"."class_column"
    ADD CONSTRAINT "class_column_pkey" PRIMARY KEY ("id");
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
ALTER TABLE ONLY "feed"."change"
    ADD CONSTRAINT "change_pkey" PRIMARY KEY ("position");
ALTER TABLE ONLY "feed"."consumer"
    ADD CONSTRAINT "consumer_pkey" PRIMARY KEY ("code");
ALTER TABLE ONLY "flow"."notification"
    ADD CONSTRAINT "notification_model_id_code_key" UNIQUE ("model_id", "code");
ALTER TABLE ONLY "flow"."notification"
    ADD CONSTRAINT "notification_pkey" PRIMARY KEY ("id");
ALTER TABLE ONLY "flow"."rule"
    ADD CONSTRAINT "rule_model_id_code_key" UNIQUE ("model_id", "code");
ALTER TABLE ONLY "flow"."rule"
    ADD CONSTRAINT "rule_pkey" PRIMARY KEY ("id");
ALTER TABLE ONLY "mail"."mailbox"
    ADD CONSTRAINT "mailbox_model_id_code_key" UNIQUE ("model_id", "code");
ALTER TABLE ONLY "mail"."mailbox"
    ADD CONSTRAINT "mailbox_pkey" PRIMARY KEY ("id");
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
ALTER TABLE ONLY "queue"."task"
    ADD CONSTRAINT "task_pkey" PRIMARY KEY ("id");
CREATE INDEX "file_sha256_idx" ON "core"."file" USING "btree" ("sha256");
CREATE INDEX "change_transaction_id_idx" ON "feed"."change" USING "btree" ("transaction_id", "position");
CREATE INDEX "notification_class_id_idx" ON "flow"."notification" USING "btree" ("class_id");
CREATE INDEX "rule_class_id_idx" ON "flow"."rule" USING "btree" ("class_id");
CREATE INDEX "rule_notification_id_idx" ON "flow"."rule" USING "btree" ("notification_id");
CREATE INDEX "mailbox_class_id_idx" ON "mail"."mailbox" USING "btree" ("class_id");
CREATE INDEX "class_parent_id_idx" ON "meta"."class" USING "btree" ("parent_id");
CREATE INDEX "column_target_class_id_idx" ON "meta"."column_target" USING "btree" ("class_id");
CREATE UNIQUE INDEX "language_is_default_idx" ON "meta"."language" USING "btree" ("is_default") WHERE "is_default";
CREATE INDEX "dead_kind_idx" ON "queue"."dead" USING "btree" ("kind", "id");
CREATE INDEX "finished_finished_idx" ON ONLY "queue"."finished" USING "btree" ("finished", "kind");
CREATE INDEX "finished_default_finished_kind_idx" ON "queue"."finished_default" USING "btree" ("finished", "kind");
CREATE INDEX "task_delayed_idx" ON "queue"."task" USING "btree" ("due") WHERE ("state" = 'delayed'::"text");
CREATE INDEX "task_ready_idx" ON "queue"."task" USING "btree" ("lane", "turn") WHERE ("state" = 'ready'::"text");
ALTER INDEX "queue"."finished_finished_idx" ATTACH PARTITION "queue"."finished_default_finished_kind_idx";
CREATE TRIGGER "t50_follow_drop" AFTER DELETE ON "meta"."class_column" FOR EACH ROW EXECUTE FUNCTION "flow"."follow_column"();
CREATE TRIGGER "t50_follow_rename" AFTER UPDATE OF "code" ON "meta"."class_column" FOR EACH ROW WHEN (("new"."code" <> "old"."code")) EXECUTE FUNCTION "flow"."follow_column"();
ALTER TABLE ONLY "core"."file"
    ADD CONSTRAINT "file_sha256_fkey" FOREIGN KEY ("sha256") REFERENCES "core"."file_content"("sha256");
ALTER TABLE ONLY "flow"."notification"
    ADD CONSTRAINT "notification_class_id_fkey" FOREIGN KEY ("class_id") REFERENCES "meta"."class"("id") ON DELETE CASCADE;
ALTER TABLE ONLY "flow"."notification"
    ADD CONSTRAINT "notification_model_id_fkey" FOREIGN KEY ("model_id") REFERENCES "meta"."model"("id") ON DELETE CASCADE;
ALTER TABLE ONLY "flow"."rule"
    ADD CONSTRAINT "rule_class_id_fkey" FOREIGN KEY ("class_id") REFERENCES "meta"."class"("id") ON DELETE CASCADE;
ALTER TABLE ONLY "flow"."rule"
    ADD CONSTRAINT "rule_model_id_fkey" FOREIGN KEY ("model_id") REFERENCES "meta"."model"("id") ON DELETE CASCADE;
ALTER TABLE ONLY "flow"."rule"
    ADD CONSTRAINT "rule_notification_id_fkey" FOREIGN KEY ("notification_id") REFERENCES "flow"."notification"("id");
ALTER TABLE ONLY "mail"."mailbox"
    ADD CONSTRAINT "mailbox_class_id_fkey" FOREIGN KEY ("class_id") REFERENCES "meta"."class"("id") ON DELETE CASCADE;
ALTER TABLE ONLY "mail"."mailbox"
    ADD CONSTRAINT "mailbox_model_id_fkey" FOREIGN KEY ("model_id") REFERENCES "meta"."model"("id") ON DELETE CASCADE;
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
GRANT USAGE ON SCHEMA "web" TO "pgears_admin";
GRANT USAGE ON SCHEMA "web" TO "pgears_runner";
REVOKE ALL ON FUNCTION "access"."ensure_account"("p_login" "text", "p_full_name" "text", "p_email" "text") FROM PUBLIC;
GRANT ALL ON FUNCTION "access"."ensure_account"("p_login" "text", "p_full_name" "text", "p_email" "text") TO "pgears_admin";
GRANT SELECT ON TABLE "core"."clock" TO PUBLIC;
REVOKE ALL ON FUNCTION "core"."parameter"("p_code" "text") FROM PUBLIC;
GRANT ALL ON FUNCTION "core"."parameter"("p_code" "text") TO "pgears_admin";
GRANT ALL ON FUNCTION "core"."parameter"("p_code" "text") TO "pgears_runner";
REVOKE ALL ON FUNCTION "core"."set_clock"("p_at" timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION "core"."set_clock"("p_at" timestamp with time zone) TO "pgears_admin";
REVOKE ALL ON FUNCTION "core"."set_environment"("p_environment" "text") FROM PUBLIC;
GRANT ALL ON FUNCTION "core"."set_environment"("p_environment" "text") TO "pgears_admin";
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
REVOKE ALL ON FUNCTION "flow"."default_text"("p_text" "jsonb") FROM PUBLIC;
REVOKE ALL ON FUNCTION "flow"."drop_notification"("p_notification" bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION "flow"."drop_notification"("p_notification" bigint) TO "pgears_admin";
REVOKE ALL ON FUNCTION "flow"."unhook_rule"("p_rule" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "flow"."drop_rule"("p_rule" bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION "flow"."drop_rule"("p_rule" bigint) TO "pgears_admin";
REVOKE ALL ON FUNCTION "flow"."follow_column"() FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."condition_expression"("p_class" bigint, "p_sql" "text", "p_alias" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "flow"."rule_statement"("p_rule" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "flow"."run_rule"("p_payload" "jsonb") FROM PUBLIC;
REVOKE ALL ON FUNCTION "flow"."set_notification"("p_model" bigint, "p_code" "text", "p_definition" "jsonb") FROM PUBLIC;
GRANT ALL ON FUNCTION "flow"."set_notification"("p_model" bigint, "p_code" "text", "p_definition" "jsonb") TO "pgears_admin";
REVOKE ALL ON FUNCTION "flow"."set_rule"("p_model" bigint, "p_code" "text", "p_definition" "jsonb") FROM PUBLIC;
GRANT ALL ON FUNCTION "flow"."set_rule"("p_model" bigint, "p_code" "text", "p_definition" "jsonb") TO "pgears_admin";
REVOKE ALL ON FUNCTION "flow"."try_condition"("p_class" bigint, "p_condition" "text", "p_rule" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."add_column"("p_class" bigint, "p_code" "text", "p_definition" "jsonb") FROM PUBLIC;
GRANT ALL ON FUNCTION "meta"."add_column"("p_class" bigint, "p_code" "text", "p_definition" "jsonb") TO "pgears_admin";
REVOKE ALL ON FUNCTION "meta"."add_physical_column"("p_class" bigint, "p_column" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."alter_class"("p_class" bigint, "p_definition" "jsonb") FROM PUBLIC;
GRANT ALL ON FUNCTION "meta"."alter_class"("p_class" bigint, "p_definition" "jsonb") TO "pgears_admin";
REVOKE ALL ON FUNCTION "meta"."alter_column"("p_column" bigint, "p_definition" "jsonb") FROM PUBLIC;
GRANT ALL ON FUNCTION "meta"."alter_column"("p_column" bigint, "p_definition" "jsonb") TO "pgears_admin";
REVOKE ALL ON FUNCTION "meta"."alter_model"("p_model" bigint, "p_definition" "jsonb") FROM PUBLIC;
GRANT ALL ON FUNCTION "meta"."alter_model"("p_model" bigint, "p_definition" "jsonb") TO "pgears_admin";
REVOKE ALL ON FUNCTION "meta"."api_view_states"("p_filter" "text") FROM PUBLIC;
GRANT ALL ON FUNCTION "meta"."api_view_states"("p_filter" "text") TO "pgears_admin";
GRANT ALL ON FUNCTION "meta"."api_view_states"("p_filter" "text") TO "pgears_runner";
REVOKE ALL ON FUNCTION "meta"."column_sql_type"("p_type" "text", "p_definition" "jsonb") FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."row_columns"("p_class" bigint, "p_prefix" "text", "p_written" boolean) FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."archive_statement"("p_class" bigint, "p_operation" "char") FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."begin_changes"() FROM PUBLIC;
GRANT ALL ON FUNCTION "meta"."begin_changes"() TO "pgears_admin";
REVOKE ALL ON FUNCTION "meta"."build_archive"("p_class" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."build_description"("p_class" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."build_functions"("p_class" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."build_limits"("p_class" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."build_triggers"("p_class" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."check_code"("p_code" "text", "p_what" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."check_column"("p_code" "text", "p_definition" "jsonb", "p_path" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."check_column_name"("p_class" bigint, "p_code" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."check_default"("p_definition" "jsonb", "p_path" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."check_definition"("p_place" "text", "p_definition" "jsonb", "p_path" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."check_literal"("p_definition" "jsonb", "p_key" "text", "p_path" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."check_pattern"("p_pattern" "text", "p_path" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."check_query"("p_name" "text", "p_select" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."check_unused_class"("p_class" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."check_view_names"() FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."class_id"("p_path" "text") FROM PUBLIC;
GRANT ALL ON FUNCTION "meta"."class_id"("p_path" "text") TO "pgears_admin";
GRANT ALL ON FUNCTION "meta"."class_id"("p_path" "text") TO "pgears_runner";
REVOKE ALL ON FUNCTION "meta"."class_path"("p_class" bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION "meta"."class_path"("p_class" bigint) TO "pgears_admin";
GRANT ALL ON FUNCTION "meta"."class_path"("p_class" bigint) TO "pgears_runner";
REVOKE ALL ON FUNCTION "meta"."column_difference"("p_view" "oid", "p_recorded" "text"[], "p_wanted" "jsonb") FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."column_expression"("p_class" bigint, "p_code" "text", "p_stored" boolean) FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."column_limits"("p_class" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."column_text"("p_column" "text", "p_sql_type" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."column_users"("p_column" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."create_class"("p_model" bigint, "p_code" "text", "p_definition" "jsonb") FROM PUBLIC;
GRANT ALL ON FUNCTION "meta"."create_class"("p_model" bigint, "p_code" "text", "p_definition" "jsonb") TO "pgears_admin";
REVOKE ALL ON FUNCTION "meta"."create_class_table"("p_class" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."create_column_store"("p_column" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."create_family"("p_class" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."create_key"("p_class" bigint, "p_key" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."create_model"("p_code" "text", "p_definition" "jsonb") FROM PUBLIC;
GRANT ALL ON FUNCTION "meta"."create_model"("p_code" "text", "p_definition" "jsonb") TO "pgears_admin";
REVOKE ALL ON FUNCTION "meta"."default_expression"("p_column" bigint, "p_type" "text", "p_definition" "jsonb") FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."distance"("p_word" "text", "p_other" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."drop_class"("p_class" bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION "meta"."drop_class"("p_class" bigint) TO "pgears_admin";
REVOKE ALL ON FUNCTION "meta"."drop_column"("p_column" bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION "meta"."drop_column"("p_column" bigint) TO "pgears_admin";
REVOKE ALL ON FUNCTION "meta"."drop_column_store"("p_column" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."drop_family_member"("p_parent" bigint, "p_class" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."drop_model"("p_model" bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION "meta"."drop_model"("p_model" bigint) TO "pgears_admin";
REVOKE ALL ON FUNCTION "meta"."drop_query"("p_query" bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION "meta"."drop_query"("p_query" bigint) TO "pgears_admin";
REVOKE ALL ON FUNCTION "meta"."drop_views"("p_names" "text"[]) FROM PUBLIC;
GRANT ALL ON FUNCTION "meta"."drop_views"("p_names" "text"[]) TO "pgears_admin";
REVOKE ALL ON FUNCTION "meta"."find_class"("p_model" bigint, "p_name" "text") FROM PUBLIC;
GRANT ALL ON FUNCTION "meta"."find_class"("p_model" bigint, "p_name" "text") TO "pgears_admin";
GRANT ALL ON FUNCTION "meta"."find_class"("p_model" bigint, "p_name" "text") TO "pgears_runner";
REVOKE ALL ON FUNCTION "meta"."finish_changes"() FROM PUBLIC;
GRANT ALL ON FUNCTION "meta"."finish_changes"() TO "pgears_admin";
REVOKE ALL ON FUNCTION "meta"."format_expression"("p_class" bigint, "p_format" "text", "p_stored" boolean) FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."hook_statements"("p_class" bigint, "p_event" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."insert_record"("p_class" bigint, "p_values" "jsonb") FROM PUBLIC;
GRANT ALL ON FUNCTION "meta"."insert_record"("p_class" bigint, "p_values" "jsonb") TO "pgears_runner";
GRANT ALL ON FUNCTION "meta"."insert_record"("p_class" bigint, "p_values" "jsonb") TO "pgears_admin";
REVOKE ALL ON FUNCTION "meta"."is_above"("p_type" "text", "p_value" "text", "p_other" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."key_columns"("p_class" bigint, "p_codes" "jsonb") FROM PUBLIC;
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
REVOKE ALL ON FUNCTION "meta"."nearest"("p_word" "text", "p_known" "text"[]) FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."order_columns"("p_class" bigint, "p_codes" "text"[]) FROM PUBLIC;
GRANT ALL ON FUNCTION "meta"."order_columns"("p_class" bigint, "p_codes" "text"[]) TO "pgears_admin";
REVOKE ALL ON FUNCTION "meta"."point_reference"("p_class" bigint, "p_column" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."query_text"("p_model_code" "text", "p_sql" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."rebuild"() FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."rebuild_class"("p_class" bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION "meta"."rebuild_class"("p_class" bigint) TO "pgears_admin";
REVOKE ALL ON FUNCTION "meta"."rebuild_view"("p_view" "regclass", "p_select" "text", "p_pending" "oid"[]) FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."recalculate_column"("p_class" bigint, "p_column" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."record_views"("p_views" "jsonb", "p_untouched" "text"[]) FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."reference_checks"("p_class" bigint, "p_event" "text") FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."refuse_forgery"() FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."refuse_id"("p_class" bigint, "p_id" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."refuse_reference"("p_class" bigint, "p_column" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."refuse_truncate"() FROM PUBLIC;
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
REVOKE ALL ON FUNCTION "meta"."set_keys"("p_class" bigint, "p_keys" "jsonb") FROM PUBLIC;
GRANT ALL ON FUNCTION "meta"."set_keys"("p_class" bigint, "p_keys" "jsonb") TO "pgears_admin";
REVOKE ALL ON FUNCTION "meta"."set_query"("p_model" bigint, "p_code" "text", "p_definition" "jsonb") FROM PUBLIC;
GRANT ALL ON FUNCTION "meta"."set_query"("p_model" bigint, "p_code" "text", "p_definition" "jsonb") TO "pgears_admin";
REVOKE ALL ON FUNCTION "meta"."set_targets"("p_column" bigint, "p_definition" "jsonb") FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."stamp_row"() FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."sweep_columns"("p_class" bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION "meta"."table_of"("p_path" "text") FROM PUBLIC;
GRANT ALL ON FUNCTION "meta"."table_of"("p_path" "text") TO "pgears_admin";
GRANT ALL ON FUNCTION "meta"."table_of"("p_path" "text") TO "pgears_runner";
REVOKE ALL ON FUNCTION "meta"."touch_class"("p_class" bigint) FROM PUBLIC;
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
REVOKE ALL ON FUNCTION "queue"."claim"("p_runner" "uuid", "p_token" "uuid", "p_limit" integer, "p_after" bigint[], "p_kinds" "text"[]) FROM PUBLIC;
GRANT ALL ON FUNCTION "queue"."claim"("p_runner" "uuid", "p_token" "uuid", "p_limit" integer, "p_after" bigint[], "p_kinds" "text"[]) TO "pgears_runner";
REVOKE ALL ON FUNCTION "queue"."enqueue"("p_kind" "text", "p_payload" "jsonb", "p_due" timestamp with time zone, "p_lane" smallint) FROM PUBLIC;
GRANT ALL ON FUNCTION "queue"."enqueue"("p_kind" "text", "p_payload" "jsonb", "p_due" timestamp with time zone, "p_lane" smallint) TO "pgears_runner";
REVOKE ALL ON FUNCTION "queue"."fall_asleep"("p_runner" "uuid") FROM PUBLIC;
GRANT ALL ON FUNCTION "queue"."fall_asleep"("p_runner" "uuid") TO "pgears_runner";
REVOKE ALL ON FUNCTION "queue"."fence_passed"("p_fence" "xid8") FROM PUBLIC;
GRANT ALL ON FUNCTION "queue"."fence_passed"("p_fence" "xid8") TO "pgears_runner";
REVOKE ALL ON FUNCTION "queue"."kinds"() FROM PUBLIC;
GRANT ALL ON FUNCTION "queue"."kinds"() TO "pgears_runner";
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
REVOKE ALL ON FUNCTION "queue"."wake_up"("p_runner" "uuid") FROM PUBLIC;
GRANT ALL ON FUNCTION "queue"."wake_up"("p_runner" "uuid") TO "pgears_runner";
GRANT SELECT ON TABLE "access"."account_name" TO PUBLIC;
GRANT SELECT ON TABLE "meta"."api_view_status" TO "pgears_admin";
GRANT SELECT ON TABLE "meta"."api_view_status" TO "pgears_runner";
GRANT SELECT ON TABLE "meta"."class_name" TO PUBLIC;
GRANT SELECT ON TABLE "meta"."value_kind" TO "pgears_admin";
GRANT SELECT ON TABLE "meta"."value_kind" TO "pgears_runner";
GRANT SELECT ON TABLE "meta"."vocabulary" TO "pgears_admin";
GRANT SELECT ON TABLE "meta"."vocabulary" TO "pgears_runner";
GRANT SELECT ON TABLE "queue"."runner_status" TO "pgears_admin";
GRANT SELECT ON TABLE "queue"."runner_status" TO "pgears_runner";
GRANT SELECT ON TABLE "queue"."status" TO "pgears_admin";
GRANT SELECT ON TABLE "queue"."status" TO "pgears_runner";
GRANT SELECT ON TABLE "queue"."task_list" TO "pgears_admin";
GRANT SELECT ON TABLE "queue"."task_list" TO "pgears_runner";
REVOKE ALL ON FUNCTION "meta"."column_target_table"("p_column" bigint) FROM PUBLIC;
