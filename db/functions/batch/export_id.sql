-- Resolve an export named "model.code", or by its code alone where only one model has it.
-- requires: meta.find_definition

create or replace function batch.export_id(p_code text)
returns bigint
language sql
stable
begin atomic
  select meta.find_definition(
    'batch.export', p_code, null, 'export',
    p_errcode => 'PG710', p_hint => '"pgears exports list" shows the exports.'
  );
end;

comment on function batch.export_id(text) is 'Id of an export by model.code or code. Raises PG710.';

revoke all on function batch.export_id(text) from public;
