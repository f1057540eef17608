-- Take a role's rights in a model away, as when a model file no longer names it.
--
-- The role itself and its members stay: other models may use it, and a file may bring it
-- back. access.drop_role() ends it.
-- requires: access.set_role

create or replace function access.unset_role(p_model bigint, p_code text)
returns void
language plpgsql
volatile
security definer  -- lends: dropping policies and grants to administrators
set search_path = pg_catalog, pg_temp
as $$
declare
  v_role constant access.role := access.find_role(p_code);
begin
  perform access.set_role(p_model, p_code, '{}');
  delete from access.role_model as r where r.role_id = v_role.id and r.model_id = p_model;
end;
$$;

comment on function access.unset_role(bigint, text) is 'End the rights of a role in a model. Raises PG908.';

revoke all on function access.unset_role(bigint, text) from public;
grant execute on function access.unset_role(bigint, text) to pgears_admin;
