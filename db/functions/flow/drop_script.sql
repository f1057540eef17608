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
  select min('rule ' || r.code) into v_user from flow.rule as r where r.script_id = p_script;

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
