-- Resolve an import named "model.code", or by its code alone where only one model has it.
-- requires: meta.find_definition

create or replace function batch.import_id(p_code text)
returns bigint
language sql
stable
begin atomic
  select meta.find_definition(
    'batch.import', p_code, null, 'import',
    p_errcode => 'PG700', p_hint => '"pgears imports list" shows the imports.'
  );
end;

comment on function batch.import_id(text) is 'Id of an import by model.code or code. Raises PG700.';

revoke all on function batch.import_id(text) from public;
