-- Bring an account's roles to the groups that a directory lists it in.
--
-- Only memberships that came from outside are taken away again; those given by hand stay.
-- Names without a mapping mean nothing here.

create or replace function access.sync_groups(p_login text, p_groups text[])
returns void
language plpgsql
volatile
security definer  -- lends: granting and revoking mapped group roles to administrators
set search_path = pg_catalog, pg_temp
as $$
declare
  v_account access.account;
  v_roles bigint[];
begin
  perform access.lock();
  v_account := access.find_account(p_login);
  perform access.check_alive(p_login);
  perform access.check_inherits(p_login);
  perform access.note_memberships(v_account.id);
  v_roles := array(select distinct o.role_id from access.outside_group as o where o.name = any (p_groups));

  insert into access.membership as m (account_id, role_id, from_outside)
  select v_account.id, r.id, true
  from unnest(v_roles) as r (id)
  on conflict (account_id, role_id) do update set from_outside = true;

  delete from access.membership as m
  where m.account_id = v_account.id and not m.by_hand and m.role_id <> all (v_roles);

  update access.membership as m
  set from_outside = false
  where m.account_id = v_account.id and m.from_outside and m.role_id <> all (v_roles);

  perform access.check_account_roles(v_account.id);
  perform access.apply_memberships(v_account.id);
end;
$$;

comment on function access.sync_groups(text, text[]) is
'Give an account the roles mapped to these outside groups and take the other outside ones away. Raises PG904, PG907, PG915, PG918.';

-- A runner gives nobody rights; an earlier version let it.
revoke all on function access.sync_groups(text, text[]) from public, pgears_runner;
grant execute on function access.sync_groups(text, text[]) to pgears_admin;
