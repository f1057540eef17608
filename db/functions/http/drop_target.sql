-- Drop a target that nothing names and for which nothing waits; calls that are over stay to be read.

create or replace function http.drop_target(p_target bigint)
returns void
language plpgsql
volatile
security definer  -- lends: writing targets to administrators
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user text;
begin
  v_user := (
    select min(format('%s %s', s.section, s.code))
    from http.target as t
    inner join meta.model as m on t.model_id = m.id
    cross join lateral meta.section_definitions(t.model_id) as s
    where t.id = p_target
      and s.section in ('rules', 'workflows', 'jobs')
      and (
        jsonb_path_exists(
          s.definition, '$.**.target ? (@ == $code || @ == $name)', jsonb_build_object('code', t.code, 'name', m.code || '.' || t.code)
        )
        or exists (
          select from jsonb_path_query(s.definition, '$.steps[*].url') as u (url)
          where starts_with(u.url #>> '{}', rtrim(t.definition ->> 'url', '/'))
        )
      )
  );
  if v_user is not null then
    raise exception 'the target is called by %', v_user
      using errcode = 'PG118', hint = 'Take it out of there first.';
  elsif exists (
    select from http.call as c where c.target_id = p_target and c.settled is null
  ) then
    raise exception 'calls of the target are not over'
      using errcode = 'PG118', hint = 'Wait for them, or cancel them: "pgears http list" shows them.';
  end if;

  delete from http.target as t where t.id = p_target;
end;
$$;

comment on function http.drop_target(bigint) is 'Drop a target. Raises PG118 while something names it or calls wait.';

revoke all on function http.drop_target(bigint) from public;
grant execute on function http.drop_target(bigint) to pgears_admin;
