-- Sections of model files that this version keeps: those whose functions are there.

create or replace function meta.model_sections()
returns setof meta.model_section
language sql
stable
security definer  -- lends: reading the list to administrators and the runner
set search_path = pg_catalog, pg_temp
as $$
  select s.*
  from meta.model_section as s
  where
    to_regprocedure(s.set_function || '(bigint, text, jsonb)') is not null
    and to_regprocedure(s.drop_function || '(bigint)') is not null
    and to_regprocedure(s.list_function || '(bigint)') is not null
  order by s.position;
$$;

comment on function meta.model_sections() is 'Rows of meta.model_section whose functions exist, in order.';

revoke all on function meta.model_sections() from public;
grant execute on function meta.model_sections() to pgears_admin, pgears_runner;
