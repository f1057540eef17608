-- One statement of the merge, to be run with the importer's role: delete_before, match,
-- delete_missing, update, denied, insert. Null where there is nothing to do.
--
-- Updates look whether something differs, so a file that is imported again writes nothing.
-- Update, denied and insert take a range of records as $1 and $2. A row that the importer sees
-- and may not change is passed over by row security in silence: "denied" finds it. PostgreSQL
-- asks for a privilege even where no row needs it, so statements without rows are left out.
-- requires: batch.lock_import batch.class_target batch.import_plan batch.scope_expression

create or replace function batch.merge_statement(p_run bigint, p_token uuid, p_phase text)
returns text
language plpgsql
volatile
security definer  -- lends: reading definitions to administrators and the service
set search_path = pg_catalog, pg_temp
as $$
declare
  v_run constant batch.import_run := batch.lock_import(p_run, p_token);
  v_import batch.import;
  v_target record;
  v_scope text;
  v_join text;
  v_unique boolean;
  v_kept text;
  v_found boolean;
  v_parts record;
  v_good constant text := 't.record between $1 and $2 and not t.is_error and not t.is_ignored';
begin
  select i.* into strict v_import from batch.import as i where i.id = v_run.import_id;
  select c.* into strict v_target from batch.class_target(v_import.class_id, v_run.account) as c;
  v_scope := coalesce(' and (' || batch.scope_expression(v_import.class_id, v_import.definition ->> 'scope', v_target.physical) || ')', '');

  select
    string_agg(format('r.%I = t.%I', c.name, p.code), ' and ') filter (where p.is_match) as keys,
    string_agg(quote_ident(c.name), ', ') as names,
    string_agg(format('t.%I', p.code), ', ') as values,
    string_agg(format('%I = t.%I', c.name, p.code), ', ') filter (where not p.is_match) as assignments,
    string_agg(format('r.%I', c.name), ', ') filter (where not p.is_match) as former,
    string_agg(format('t.%I', p.code), ', ') filter (where not p.is_match) as changed,
    array_agg(p.code) filter (where p.is_match) as codes
  into v_parts
  from batch.import_plan(p_run) as p
  cross join lateral (select case when v_target.physical then p.physical else p.code end as name) as c;

  v_join := v_parts.keys || ' and r.deleted is null';
  v_unique := exists (
    select
    from meta.class_key as y
    where y.class_id = v_import.class_id
      and v_parts.codes @> array(select k.code from meta.class_column as k where k.id = any (y.column_ids))
  );

  if p_phase in ('delete_before', 'delete_missing') and v_import.definition -> p_phase = 'true' then
    if v_run.rows_read = 0 and v_import.definition -> 'allow_empty' is distinct from 'true' then
      v_kept := 'the file has no rows';
    elsif p_phase = 'delete_missing' then
      execute format(
        'select exists (select from batch.load_%1$s as l where l.problem is not null)'
        ' or exists (select from batch.import_%1$s as t where t.is_error and (%2$s))',
        p_run, (select string_agg(format('t.%I is null', m.code), ' or ') from unnest(v_parts.codes) as m (code))
      ) into v_found;
      v_kept := case when v_found then 'some rows in error cannot be matched' end;
    end if;

    if v_kept is not null then
      update batch.import_run as r
      set notes = r.notes || format('%s: %s, so nothing was deleted', p_phase, v_kept)
      where r.id = p_run;
      return null;
    end if;
  end if;

  case p_phase
    when 'delete_before' then
      if v_import.definition -> 'delete_before' = 'true' then
        return format('delete from %s as r where r.deleted is null%s', v_target.relation, v_scope);
      end if;

    when 'match' then
      if v_unique then
        return format('update batch.import_%s as t set row_id = r.id from %s as r where %s', p_run, v_target.relation, v_join);
      elsif v_parts.keys is not null then
        return format(
          'update batch.import_%1$s as t set row_id = case when m.hits = 1 then m.id else -m.hits end'
          ' from (select t.record, min(r.id) as id, count(*) as hits from batch.import_%1$s as t inner join %2$s as r on %3$s group by t.record) as m'
          ' where m.record = t.record',
          p_run, v_target.relation, v_join
        );
      end if;

    when 'delete_missing' then
      if v_import.definition -> 'delete_missing' = 'true' then
        return format(
          'delete from %s as r where r.deleted is null%s and not exists (select from batch.import_%s as t where %s)',
          v_target.relation, v_scope, p_run, v_parts.keys
        );
      end if;

    when 'update' then
      if v_parts.keys is not null and v_parts.assignments is not null and v_import.definition ->> 'action' is distinct from 'insert'
        and has_any_column_privilege(v_run.account, v_target.relation, 'update')
      then
        return format(
          'update %s as r set %s from batch.import_%s as t where r.id = t.row_id and %s and row(%s) is distinct from row(%s)',
          v_target.relation, v_parts.assignments, p_run, v_good, v_parts.former, v_parts.changed
        );
      end if;

    when 'denied' then
      if not pg_has_role(v_run.account, (select c.relowner from pg_class as c where c.oid = format('data.datarow_%s', v_import.class_id)::regclass), 'usage')
        and v_parts.keys is not null and v_parts.assignments is not null and v_import.definition ->> 'action' is distinct from 'insert' then
        return format(
          'update batch.import_%1$s as t set row_id = 0 from %2$s as r where r.id = t.row_id and %3$s and row(%4$s) is distinct from row(%5$s)'
          ' and r.modified is distinct from now()',
          p_run, v_target.relation, v_good, v_parts.former, v_parts.changed
        );
      end if;

    when 'insert' then
      execute format('select exists (select from batch.import_%s as t where t.row_id is null and not t.is_error and not t.is_ignored)', p_run) into v_found;
      if v_found and v_import.definition ->> 'action' is distinct from 'update' then
        return format(
          'insert into %s (%s) select %s from batch.import_%s as t where t.row_id is null and %s',
          v_target.relation, v_parts.names, v_parts.values, p_run, v_good
        );
      end if;
  end case;

  return null;
end;
$$;

comment on function batch.merge_statement(bigint, uuid, text) is 'Statement of a phase of the merge; null when there is nothing to do. Raises PG704, PG706.';

revoke all on function batch.merge_statement(bigint, uuid, text) from public;
grant execute on function batch.merge_statement(bigint, uuid, text) to pgears_admin, pgears_runner;
