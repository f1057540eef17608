-- Give an account a role, by hand.
--
-- A suspended account gets it when it is resumed.

create or replace function access.grant_role(p_login text, p_role text)
returns void
language plpgsql
volatile
security definer  -- lends: granting group roles to administrators
set search_path = pg_catalog, pg_temp
as $$
declare
  v_account access.account;
  v_role access.role;
begin
  perform access.lock();
  v_account := access.find_account(p_login);
  v_role := access.find_role(p_role);
  perform access.check_alive(p_login);
  perform access.check_inherits(p_login);
  perform access.note_memberships(v_account.id);

  insert into access.membership as m (account_id, role_id, by_hand)
  values (v_account.id, v_role.id, true)
  on conflict (account_id, role_id) do update set by_hand = true;

  perform access.check_account_roles(v_account.id);
  perform access.apply_memberships(v_account.id);
end;
$$;

comment on function access.grant_role(text, text) is
'Make an account a member of a role. Raises PG904, PG907, PG908, PG915, PG918.';

revoke all on function access.grant_role(text, text) from public;
grant execute on function access.grant_role(text, text) to pgears_admin;
