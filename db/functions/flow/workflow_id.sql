-- Resolve a workflow named "model.code", or by its code alone where only one model has it.
-- requires: meta.find_definition

create or replace function flow.workflow_id(p_code text, p_model bigint default null)
returns bigint
language sql
stable
begin atomic
  select meta.find_definition(
    'flow.workflow', p_code, p_model, 'workflow',
    p_errcode => 'PG510', p_hint => '"pgears workflow list" shows the workflows.'
  );
end;

comment on function flow.workflow_id(text, bigint) is 'Id of a workflow by model.code or code. Raises PG510.';

revoke all on function flow.workflow_id(text, bigint) from public;
