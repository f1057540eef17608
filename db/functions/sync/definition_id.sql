-- Resolve a synchronisation named "model.code", or by its code alone where only one model has it.
-- requires: meta.find_definition

create or replace function sync.definition_id(p_code text, p_model bigint default null)
returns bigint
language sql
stable
security definer  -- lends: reading the codes of synchronisations to administrators and the service
begin atomic
  select meta.find_definition(
    'sync.definition', p_code, p_model, 'synchronisation',
    p_errcode => 'PG740', p_hint => '"pgears sync --list" shows the synchronisations.'
  );
end;

comment on function sync.definition_id(text, bigint) is 'Id of a synchronisation by model.code or code. Raises PG740.';

revoke all on function sync.definition_id(text, bigint) from public;
grant execute on function sync.definition_id(text, bigint) to pgears_admin, pgears_runner;
