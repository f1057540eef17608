-- Every metric of the instance: each room tells its own in a view named metric.
--
-- A view gives name, kind, help, labels and value; core.room_views finds them. A metric
-- without a sample now is told too, with a null value: that is how it is known to exist.

create or replace function core.metrics()
returns table (name text, kind text, help text, labels jsonb, value double precision)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
set jit = off
as $$
declare
  v_view regclass;
begin
  for v_view in
    select v.room_view from core.room_views('metric') as v (room_view)
  loop
    return query execute format(
      'select m.name, m.kind, m.help, coalesce(m.labels, ''{}''), m.value::double precision from %s as m', v_view
    );
  end loop;
end;
$$;

comment on function core.metrics() is
'Metrics of all rooms for monitoring: name, kind (gauge or counter), help, labels, value; null where there is none now.';

revoke all on function core.metrics() from public;
grant execute on function core.metrics() to pgears_admin, pgears_runner;
