-- "model.code" of a synchronisation, however it was named.
-- requires: sync.definition_id

create or replace function sync.definition_path(p_code text, p_model bigint default null)
returns text
language sql
stable
begin atomic
  select m.code || '.' || d.code
  from sync.definition as d
  inner join meta.model as m on d.model_id = m.id
  where d.id = sync.definition_id(p_code, p_model);
end;

comment on function sync.definition_path(text, bigint) is 'Full name of a synchronisation. Raises PG740.';

revoke all on function sync.definition_path(text, bigint) from public;
