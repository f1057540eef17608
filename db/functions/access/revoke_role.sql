-- Take a role from an account, however it came by it.

create or replace function access.revoke_role(p_login text, p_role text)
returns void
language plpgsql
volatile
security definer  -- lends: revoking group roles to administrators
set search_path = pg_catalog, pg_temp
as $$
declare
  v_account access.account;
  v_role access.role;
begin
  perform access.lock();
  v_account := access.find_account(p_login);
  v_role := access.find_role(p_role);
  perform access.note_memberships(v_account.id);

  delete from access.membership as m
  where m.account_id = v_account.id and m.role_id = v_role.id;

  perform access.apply_memberships(v_account.id);
end;
$$;

comment on function access.revoke_role(text, text) is
'End the membership of an account in a role. A directory that still lists it gives it again. Raises PG907, PG908, PG909.';

revoke all on function access.revoke_role(text, text) from public;
grant execute on function access.revoke_role(text, text) to pgears_admin;
