-- What meta.apply_model() would do with a model file; nothing changes here.
--
-- No step means that the instance is what the file says.

create or replace function meta.plan_model(p_file jsonb)
returns table (
  step integer, action text, kind text, object text, path text, detail text, lock text, destructive boolean
)
language plpgsql
stable
security definer  -- lends: reading definitions and counting rows to administrators
set search_path = pg_catalog, pg_temp
as $$
begin
  perform meta.check_model(p_file);

  return query
  select s.step, s.action, s.kind, s.object, s.path, s.detail, s.lock, s.destructive
  from meta.plan_steps(p_file) as p (step)
  cross join jsonb_to_record(p.step) as s (
    step integer, action text, kind text, object text, path text, detail text, lock text, destructive boolean
  )
  order by s.step;
end;
$$;

comment on function meta.plan_model(jsonb) is
'Steps by which a model file would be applied, with the locks they take and whether they lose something. Raises PG101 to PG116, PG120, PG123, PG124.';

revoke all on function meta.plan_model(jsonb) from public;
grant execute on function meta.plan_model(jsonb) to pgears_admin;
