-- Queries of a model as their definitions in a model file.

create or replace function meta.query_definitions(p_model bigint)
returns table (id bigint, code text, definition jsonb)
language sql
stable
begin atomic
  select
    q.id,
    q.code,
    jsonb_build_object('name', q.name, 'sql', q.sql)
  from meta.query as q
  where q.model_id = p_model;
end;

comment on function meta.query_definitions(bigint) is 'Id, code and definition of each query of a model.';

revoke all on function meta.query_definitions(bigint) from public;
