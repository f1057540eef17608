-- Resolve a script named "model.code", or by its code alone where only one model has it.
-- requires: meta.find_definition

create or replace function flow.script_id(p_code text, p_model bigint default null)
returns bigint
language sql
stable
begin atomic
  select meta.find_definition(
    'flow.script', p_code, p_model, 'script',
    p_errcode => 'PG501', p_hint => '"pgears script list" shows the scripts.'
  );
end;

comment on function flow.script_id(text, bigint) is 'Id of a script by model.code or code. Raises PG501.';

revoke all on function flow.script_id(text, bigint) from public;
