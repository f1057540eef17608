-- Why a run must not go on, or null: rows that cannot be taken, or more deletions than it may do.

create or replace function sync.refusal(p_run bigint, p_total bigint, out state text, out reason text)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_problems constant bigint := (select count(*) from sync.problem as p where p.run_id = p_run);
  v_run record;
begin
  if v_problems > 0 then
    state := 'failed';
    reason := (
      select format(
        '%s problem(s) with rows, nothing was written; the first: %s',
        v_problems, concat_ws(': ', 'key ' || p.key, p.column_code, quote_literal(left(p.value, 80)), p.reason)
      )
      from sync.problem as p
      where p.run_id = p_run
      order by p.id
      limit 1
    );
    return;
  end if;

  select r.deleted, r.force, coalesce((d.definition ->> 'delete_limit')::integer, 10) as percent into strict v_run
  from sync.run as r
  inner join sync.definition as d on r.definition_id = d.id
  where r.id = p_run;

  if not v_run.force and v_run.deleted * 100 > v_run.percent * p_total then
    state := 'refused';
    reason := format(
      'it would delete %s of %s rows, more than %s %%: nothing was written. If they may go, start it with --allow-deletes',
      v_run.deleted, p_total, v_run.percent
    );
  end if;
end;
$$;

comment on function sync.refusal(bigint, bigint) is 'State and reason with which a run ends before it writes; null when it may write.';

revoke all on function sync.refusal(bigint, bigint) from public;
