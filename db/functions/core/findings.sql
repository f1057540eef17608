-- What is not as it should be inside the instance: each room tells its own in a view named finding.
--
-- core.room_views finds them. A check without a finding has a row with null in
-- found: that is how it is known that it was made. A mend that ends with a semicolon is a
-- statement, one that begins with pgears a command, all others are words.

create or replace function core.findings()
returns table (name text, state text, found text, mend text)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
set jit = off
as $$
declare
  v_view regclass;
begin
  for v_view in
    select v.room_view from core.room_views('finding') as v (room_view)
  loop
    return query execute format('select f.name, f.state, f.found, f.mend from %s as f order by 1, 3', v_view);
  end loop;
end;
$$;

comment on function core.findings() is
'Checks of all rooms for "pgears doctor": name, doubtful or wrong, what was found (null: nothing), what mends it.';

revoke all on function core.findings() from public;
grant execute on function core.findings() to pgears_admin, pgears_runner;
