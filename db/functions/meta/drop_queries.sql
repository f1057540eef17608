-- Drop the queries of a plan, whatever order they are built on one another in.
--
-- With p_keep, those that another query still shows are left for a later call, when that
-- one has been renewed.

create or replace function meta.drop_queries(p_model text, p_steps jsonb[], p_keep boolean)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_waiting jsonb[];
  v_failed jsonb[] := p_steps;
  v_step jsonb;
begin
  while cardinality(v_failed) > 0 loop
    v_waiting := v_failed;
    v_failed := array[]::jsonb[];

    foreach v_step in array v_waiting loop
      begin
        perform meta.apply_step(p_model, v_step);
      exception
        when sqlstate 'PG118' then
          v_failed := v_failed || v_step;
      end;
    end loop;

    if v_failed = v_waiting then
      exit when p_keep;
      perform meta.apply_step(p_model, v_failed[1]);
    end if;
  end loop;
end;
$$;

comment on function meta.drop_queries(text, jsonb[], boolean) is
'Part of meta.apply_model: drop queries; without p_keep raises PG118 for one that something else is built on.';

revoke all on function meta.drop_queries(text, jsonb[], boolean) from public;
