-- Switch a role on or off: everywhere, or in one model. Its members stay members.
-- requires: access.apply_rights

create or replace function access.switch_role(p_code text, p_on boolean, p_model text default null)
returns void
language plpgsql
volatile
security definer  -- lends: making and dropping policies and grants to administrators
set search_path = pg_catalog, pg_temp
as $$
declare
  v_role access.role;
begin
  perform access.lock();
  v_role := access.find_role(p_code);

  if p_model is null then
    update access.role as r set enabled = p_on where r.id = v_role.id;
  else
    update access.role_model as r
    set enabled = p_on
    where r.role_id = v_role.id and r.model_id = meta.model_id(p_model);

    if not found then
      raise exception 'role "%" has no rights in model "%"', p_code, p_model
        using errcode = 'PG908', hint = 'Name a model in which the role is defined; "pgears role list" shows them.';
    end if;
  end if;

  perform access.apply_rights(array(
    select distinct r.class_id from access.role_right as r where r.role_id = v_role.id and r.class_id is not null
  ));
end;
$$;

comment on function access.switch_role(text, boolean, text) is
'Switch a role on or off, everywhere (null) or in a model. Raises PG106, PG908.';

revoke all on function access.switch_role(text, boolean, text) from public;
grant execute on function access.switch_role(text, boolean, text) to pgears_admin;
