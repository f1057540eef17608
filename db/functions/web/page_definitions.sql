-- Pages of a model as their definitions in a model file.

create or replace function web.page_definitions(p_model bigint)
returns table (id bigint, code text, definition jsonb)
language sql
stable
begin atomic
  select p.id, c.code, p.definition
  from web.page as p
  inner join meta.class as c on p.class_id = c.id
  where c.model_id = p_model;
end;

comment on function web.page_definitions(bigint) is 'Id, code of the class and definition of each page of a model.';

revoke all on function web.page_definitions(bigint) from public;
