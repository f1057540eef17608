-- Statements that look up the references of a file, each with the importer's eyes.
--
-- Per column one statement over the distinct values: ids and how many there are go into the
-- map of the run, batch.map_<run>. What only definitions know, accounts and classes, is looked
-- up here.
-- requires: batch.import_plan batch.class_target batch.lock_import

create or replace function batch.resolve_statements(p_run bigint, p_token uuid)
returns setof text
language plpgsql
volatile
security definer  -- lends: making tables of schema batch to administrators and the service
set search_path = pg_catalog, pg_temp
as $$
declare
  v_run constant batch.import_run := batch.lock_import(p_run, p_token);
  v_definition constant jsonb := (select i.definition from batch.import as i where i.id = v_run.import_id);
  v_column record;
  v_values text;
begin
  if not exists (select from batch.import_plan(p_run) as p where p.is_reference) then
    return;
  end if;

  execute format(
    'create unlogged table batch.map_%1$s (code text, value text, id bigint, hits bigint);'
    'comment on table batch.map_%1$s is %2$L;'
    'grant select, insert on batch.map_%1$s to %3$I;'
    'grant select on batch.load_%1$s to %3$I;',
    p_run, 'References of a file that were looked up.', v_run.account
  );

  for v_column in
    select p.*, e.targets[1] as target, t.relation, t.physical as by_physical, k.physical as key_physical, k.sql_type as key_type
    from batch.import_plan(p_run) as p
    inner join meta.effective_column as e on e.class_id = (select i.class_id from batch.import as i where i.id = v_run.import_id) and e.code = p.code
    left join lateral batch.class_target(e.targets[1], v_run.account) as t on e.type = 'reference' and not e.target_user
    left join meta.effective_column as k on k.class_id = e.targets[1] and k.code = p.reference_by
    where p.is_reference
  loop
    v_values := format(
      'select distinct btrim(%s) as value from batch.load_%s as l %s where l.problem is null and btrim(%1$s) <> ''''',
      case when v_column.is_array then 'u.value' else v_column.operand end,
      p_run,
      case when v_column.is_array then format('cross join lateral string_to_table(%s, %L) as u (value)', v_column.operand, coalesce(v_definition ->> 'list_separator', '|')) end
    );

    if v_column.reference_by = 'class' then
      execute format(
        'insert into batch.map_%s select %L, v.value, c.id, 1 from (%s) as v inner join meta.class as c on true'
        ' inner join meta.model as m on c.model_id = m.id and m.code || ''.'' || c.code = v.value',
        p_run, v_column.code, v_values
      );
    elsif v_column.reference_by = 'user' then
      execute format(
        'insert into batch.map_%s select %L, v.value, min(a.id), count(*) from (%s) as v inner join access.account as a on a.login = v.value'
        ' or (a.full_name = v.value and not exists (select from access.account as o where o.login = v.value)) group by v.value',
        p_run, v_column.code, v_values
      );
    else
      return next format(
        'insert into batch.map_%s select %L, v.value, min(r.id), count(*) from (%s) as v inner join %s as r on %s'
        ' where r.deleted is null group by v.value',
        p_run, v_column.code, v_values, v_column.relation,
        case
          when v_column.reference_by = 'id' then 'r.id = case when v.value ~ ''^[0-9]{1,18}$'' then v.value::bigint end'
          when v_column.reference_by = 'text' then 'r.shortdescription = v.value'
          else format(
            'r.%I%s = v.value',
            case when v_column.by_physical then v_column.key_physical else v_column.reference_by end,
            case when v_column.key_type <> 'text' then '::text' end
          )
        end
      );
    end if;
  end loop;
end;
$$;

comment on function batch.resolve_statements(bigint, uuid) is 'Statements to be run with the importer''s role before batch.type_rows. Raises PG704, PG706.';

revoke all on function batch.resolve_statements(bigint, uuid) from public;
grant execute on function batch.resolve_statements(bigint, uuid) to pgears_admin, pgears_runner;
