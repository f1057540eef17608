-- Take a role's rights in a model away, as when a model file no longer names it.
--
-- The role itself and its members stay: other models may use it, and a file may bring it
-- back. access.drop_role() ends it.
-- requires: access.set_role

create or replace function access.drop_role_model(p_role_model bigint)
returns void
language plpgsql
volatile
security definer  -- lends: dropping policies and grants to administrators
set search_path = pg_catalog, pg_temp
as $$
begin
  perform access.set_role(m.model_id, r.code, '{}')
  from access.role_model as m
  inner join access.role as r on m.role_id = r.id
  where m.id = p_role_model;

  delete from access.role_model as m where m.id = p_role_model;
end;
$$;

comment on function access.drop_role_model(bigint) is 'End the rights of a role in a model; the id is that of access.role_model.';

revoke all on function access.drop_role_model(bigint) from public;
grant execute on function access.drop_role_model(bigint) to pgears_admin;
