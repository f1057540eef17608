-- Put the triggers of the system on a class table; triggers of others stay as they are.
--
-- Names give the order: 10_keep_deleted before the foreign keys' own ("RI_..."), t10 sets
-- system columns, t80 refuses what was written over them, t90 acts. Of inserted rows t80
-- judges only what marks them as deleted; t90 judges the rest, once for all rows. Neither
-- judges rows of another instance: t90 asks whether the mark "replica" is genuine. Where
-- PostgreSQL gives 10_keep_deleted no transition table, t00_lend looks once a statement at
-- what it would see there (meta.keep_statement).

create or replace function meta.build_triggers(p_class bigint)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_path constant text := meta.class_path(p_class);
  v_table constant text := 'data.datarow_' || p_class;
  v_class meta.class;
  v_closed record;
  v_reads_new constant boolean := concat(
    meta.unique_statements(p_class, 'updated'), meta.link_statements(p_class, 'updated'), meta.reference_checks(p_class, 'updated'), meta.file_checks(p_class, 'updated'),
    meta.hook_statements(p_class, 'updated')
  ) like '%new_rows%';
  v_event record;
  v_files record;
begin
  select c.* into strict v_class from meta.class as c where c.id = p_class;

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

  if v_class.deletion = 'logical' then
    execute format(
      'create or replace trigger "10_keep_deleted" after delete on %s%s for each row execute function data.keep_deleted_%s()',
      v_table, case when v_class.parts is null then ' referencing old table as old_rows' else '' end, p_class
    );

    if v_class.parts is not null then
      execute format('create or replace trigger t00_lend before delete on %s for each statement execute function meta.refuse_triggers()', v_table);
    end if;
  else
    execute format('drop trigger if exists t00_lend on %s', v_table);
    execute format('drop trigger if exists "10_keep_deleted" on %s', v_table);
  end if;
end;
$$;

comment on function meta.build_triggers(bigint) is 'Put the generated triggers on the table of a class.';

revoke all on function meta.build_triggers(bigint) from public;
