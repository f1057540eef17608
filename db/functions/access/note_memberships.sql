-- Take down memberships that somebody granted past access.grant_role(), as granted by hand.
-- requires: access.belongs

create or replace function access.note_memberships(p_account bigint)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into access.membership as m (account_id, role_id, by_hand)
  select a.id, r.id, true
  from access.account as a
  cross join access.role as r
  where a.id = p_account and a.enabled and access.belongs(a.login, access.group_name(r.code))
  on conflict (account_id, role_id) do nothing;
end;
$$;

comment on function access.note_memberships(bigint) is 'Record in access.membership what an enabled account has in PostgreSQL.';

revoke all on function access.note_memberships(bigint) from public;
