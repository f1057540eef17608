-- Take the mark "replica" away: what the transaction does next is its own.

create or replace function replica.end_writing()
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  perform set_config('pgears.source', '', true);
  perform set_config('pgears.source_seal', '', true);
  perform set_config('pgears.replica_rules', '', true);
end;
$$;

comment on function replica.end_writing() is 'End what replica.begin_writing() began.';

revoke all on function replica.end_writing() from public;
