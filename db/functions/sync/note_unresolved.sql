-- Values of a lookup that find no record, or more than one, become problems of the run.
-- requires: sync.mapped

create or replace function sync.note_unresolved(p_run bigint, p_place integer)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  execute (
    select format(
      'insert into sync.problem (run_id, key, column_code, value, reason)'
      ' select %1$s, array_to_string(t.raw_key, '', ''), %2$L, s.v%3$s, %4$L'
      ' from sync.typed_%1$s as t inner join sync.stage_%1$s as s on t.n = s.n where t.bad%3$s order by t.n limit 100',
      p_run, m.code, m.place, 'not the value of exactly one record of ' || meta.class_path(m.lookup_class)
    )
    from sync.run as r
    cross join sync.mapped(r.definition_id) as m
    where r.id = p_run and m.place = p_place
  );
end;
$$;

comment on function sync.note_unresolved(bigint, integer) is 'Write to sync.problem which values of a lookup column were not found.';

revoke all on function sync.note_unresolved(bigint, integer) from public;
