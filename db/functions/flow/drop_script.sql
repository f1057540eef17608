-- Drop a script that no rule, workflow or job runs any more.

create or replace function flow.drop_script(p_script bigint)
returns void
language plpgsql
volatile
security definer  -- lends: writing scripts to administrators
set search_path = pg_catalog, pg_temp
as $$
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
    where to_jsonb(p_script) in (s.value -> 'script_id', s.value -> 'before_id', s.value -> 'after_id')
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

comment on function flow.drop_script(bigint) is 'Drop a script. Raises PG118 while something runs it.';

revoke all on function flow.drop_script(bigint) from public;
grant execute on function flow.drop_script(bigint) to pgears_admin;
