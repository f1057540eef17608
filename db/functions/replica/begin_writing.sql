-- Mark the transaction as writing rows of other instances, one such at a time.

create or replace function replica.begin_writing(p_rules boolean)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  perform pg_advisory_xact_lock('replica.row_state'::regclass::oid::bigint);
  perform set_config('pgears.source', 'replica', true);
  perform set_config('pgears.source_seal', core.source_seal('replica'), true);
  perform set_config('pgears.replica_rules', case when p_rules then 'on' else 'off' end, true);
end;
$$;

comment on function replica.begin_writing(boolean) is 'Set the source mark "replica" with its seal; p_rules: rules of this instance act, too.';

revoke all on function replica.begin_writing(boolean) from public;
