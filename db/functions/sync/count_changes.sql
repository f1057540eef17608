-- The numbers of a run: rows read, and what is to be inserted, updated and deleted.

create or replace function sync.count_changes(p_run bigint)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  execute format(
    'update sync.run as r set read = (select count(*) from sync.stage_%1$s), inserted = c.inserted, updated = c.updated, deleted = c.deleted'
    ' from (select count(*) filter (where h.op = ''i'') as inserted, count(*) filter (where h.op = ''u'') as updated,'
    ' count(*) filter (where h.op = ''d'') as deleted from sync.change_%1$s as h) as c where r.id = %1$s',
    p_run
  );
end;
$$;

comment on function sync.count_changes(bigint) is 'Write to a run what its tables say.';

revoke all on function sync.count_changes(bigint) from public;
