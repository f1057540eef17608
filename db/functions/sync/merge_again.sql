-- Second turn of a run inwards, for columns that refer to rows of the same class, which are there now.
-- requires: sync.build_typed sync.difference_in sync.merge_in

create or replace function sync.merge_again(p_run bigint, p_places smallint[])
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_first record;
  v_place smallint;
  v_more bigint;
begin
  select r.inserted, r.updated, r.deleted into strict v_first from sync.run as r where r.id = p_run;
  execute format('alter table sync.change_%1$s rename to side_%1$s', p_run);
  execute format('drop table sync.typed_%s', p_run);
  perform sync.build_typed(p_run);

  foreach v_place in array p_places loop
    perform sync.note_unresolved(p_run, v_place);
  end loop;

  perform sync.difference_in(p_run);
  perform sync.merge_in(p_run);

  execute format(
    'select count(*) from sync.change_%1$s as c where c.op = ''u'' and not exists (select from sync.side_%1$s as s where s.n = c.n)', p_run
  )
  into v_more;

  update sync.run as r
  set inserted = v_first.inserted, updated = v_first.updated + v_more, deleted = v_first.deleted
  where r.id = p_run;
end;
$$;

comment on function sync.merge_again(bigint, smallint[]) is 'Write again what has changed now that rows of the run itself can be referred to.';

revoke all on function sync.merge_again(bigint, smallint[]) from public;
