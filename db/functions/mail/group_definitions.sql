-- Groups of recipients of a model as their definitions in a model file.

create or replace function mail.group_definitions(p_model bigint)
returns table (id bigint, code text, definition jsonb)
language sql
stable
begin atomic
  select g.id, g.code, g.definition
  from mail.recipient_group as g
  where g.model_id = p_model;
end;

comment on function mail.group_definitions(bigint) is 'Id, code and definition of each group of a model.';

revoke all on function mail.group_definitions(bigint) from public;
