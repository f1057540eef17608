-- Write the trigger functions of a class: static SQL over its own columns, a statement at a time.
--
-- Measured on 10,000 rows, typed statement triggers cost 1.1 to 1.25 of a bare table where
-- generic history costs 2.8 and row triggers 4 to 5. So: one function an event, no dynamic
-- SQL, no loop; and nothing that PostgreSQL keeps as an expression with the table (WHEN, CHECK)
-- that could stand here, because such are parsed anew for each statement. They run with the
-- owner's rights, which lends writers the archive, the feed and the queue of the change they
-- make, and nothing else.

create or replace function meta.build_functions(p_class bigint)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
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
    concat_ws(e'\n', meta.unique_statements(p_class, 'inserted'), meta.link_statements(p_class, 'inserted'), meta.reference_checks(p_class, 'inserted'), meta.file_checks(p_class, 'inserted'), meta.hook_statements(p_class, 'inserted'))
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
    concat_ws(e'\n', meta.unique_statements(p_class, 'updated'), meta.link_statements(p_class, 'updated'), meta.reference_checks(p_class, 'updated'), meta.file_checks(p_class, 'updated'), meta.hook_statements(p_class, 'updated'))
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
      meta.unique_statements(p_class, 'deleted'),
      case when v_class.deletion = 'physical' then meta.link_statements(p_class, 'deleted') end,
      case when v_class.deletion = 'physical' then meta.reference_checks(p_class, 'deleted') end,
      case when v_class.deletion = 'physical' then meta.file_checks(p_class, 'deleted') end,
      meta.hook_statements(p_class, 'deleted')
    )
  ));

  execute format(v_frame, 'keep_deleted', p_class, meta.keep_statement(p_class));

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
$$;

comment on function meta.build_functions(bigint) is 'Write the generated trigger functions data.*_<id> of a class.';

revoke all on function meta.build_functions(bigint) from public;
