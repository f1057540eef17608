-- Give all accounts the group roles that access.membership says: after a restore under another name.
--
-- The group roles of an instance have the database's name in theirs, so those of a copy are
-- new and have no members.
-- requires: access.apply_memberships

create or replace function access.restore_memberships()
returns integer
language plpgsql
volatile
security definer  -- lends: granting group roles to administrators
set search_path = pg_catalog, pg_temp
as $$
declare
  v_account bigint;
  v_count integer := 0;
begin
  perform access.lock();
  perform access.ensure_groups();

  for v_account in
    select a.id from access.account as a
    inner join pg_roles as r on a.login = r.rolname
    order by a.id
  loop
    perform access.apply_memberships(v_account);
    v_count := v_count + 1;
  end loop;

  return v_count;
end;
$$;

comment on function access.restore_memberships() is 'Bring the group roles of every account to access.membership; gives the number of accounts. Raises PG909.';

revoke all on function access.restore_memberships() from public;
grant execute on function access.restore_memberships() to pgears_admin;
