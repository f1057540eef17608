-- Judge the rows of the import table by the limits of the class, all at once.
--
-- Called when the merge broke one: what the columns of the file break is found in one pass,
-- and so is what a new row lacks. What depends on other columns of the record, or on rules, is
-- left to the merge. Rows in error for other reasons are judged too, so that all is named at once.
-- requires: batch.lock_import batch.import_plan

create or replace function batch.check_limits(p_run bigint, p_token uuid, p_all boolean default true)
returns void
language plpgsql
volatile
security definer  -- lends: reading definitions to the service
set search_path = pg_catalog, pg_temp
as $$
declare
  v_run constant batch.import_run := batch.lock_import(p_run, p_token);
  v_class constant bigint := (select i.class_id from batch.import as i where i.id = v_run.import_id);
  v_limit record;
begin
  for v_limit in
    select l.condition, l.refusal, e.code, p.code is not null as given
    from meta.column_limits(v_class) as l
    inner join meta.effective_column as e on e.class_id = v_class and l.condition ~ ('\m' || e.physical || '\M')
    left join batch.import_plan(p_run) as p on p.code = e.code
    where p.code is not null
      or (l.refusal = e.code || ' is missing' and not e.definition ? 'default' and not e.definition ? 'sequence')
  loop
    if v_limit.given then
      execute format(
        'insert into batch.import_error (run_id, record, column_code, value, reason)'
        ' select %1$s, t.record, %2$L, left(t.%2$I::text, 1000), %3$L'
        ' from (select record, is_error, is_ignored, %2$I, %4$s from batch.import_%1$s) as t where (%6$s or t.is_error) and not t.is_ignored and (%5$s) is false'
        ' and not exists (select from batch.import_error as e where e.run_id = %1$s and e.record = t.record and e.column_code = %2$L)',
        p_run, v_limit.code, substr(v_limit.refusal, length(v_limit.code) + 2),
        (select string_agg(format('%I as %I', p.code, p.physical), ', ') from batch.import_plan(p_run) as p where p.code = v_limit.code),
        v_limit.condition, case when p_all then 'true' else 'false' end
      );
    elsif p_all then
      execute format(
        'insert into batch.import_error (run_id, record, column_code, reason)'
        ' select %1$s, t.record, %2$L, ''is missing'' from batch.import_%1$s as t where not t.is_error and not t.is_ignored and t.row_id is null',
        p_run, v_limit.code
      );
    end if;
  end loop;

  execute format(
    'update batch.import_%1$s as t set is_error = true'
    ' where not t.is_error and t.record in (select e.record from batch.import_error as e where e.run_id = %1$s)',
    p_run
  );
end;
$$;

comment on function batch.check_limits(bigint, uuid, boolean) is 'Mark rows of the import table that break limits of the class; without p_all, look at those in error only. Raises PG704.';

revoke all on function batch.check_limits(bigint, uuid, boolean) from public;
grant execute on function batch.check_limits(bigint, uuid, boolean) to pgears_admin, pgears_runner;
