-- Give an account the group roles that access.membership says, and take the others away.
--
-- Sessions that are open would keep prepared plans made for the rights of before: PostgreSQL
-- older than 18 does not make a plan anew when a membership changes (seen on 15). A change of
-- any schema discards all plans: hence the grant at the end, which says nothing new.
-- requires: access.belongs

create or replace function access.apply_memberships(p_account bigint)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_account access.account;
  v_group record;
  v_changed boolean := false;
begin
  select a.* into strict v_account from access.account as a where a.id = p_account;

  for v_group in
    select
      g.name,
      v_account.enabled and m.account_id is not null as wanted
    from access.role as r
    cross join lateral access.group_name(r.code) as g (name)
    inner join pg_roles as p on p.rolname = v_account.login
    left join access.membership as m on r.id = m.role_id and m.account_id = p_account
    where access.belongs(v_account.login, g.name) <> (v_account.enabled and m.account_id is not null)
    order by r.id
  loop
    v_changed := true;

    if v_group.wanted then
      -- Without "set", which 16 brought, nobody hides behind the name of a group.
      execute format(
        'grant %I to %I%s', v_group.name, v_account.login,
        case when current_setting('server_version_num')::integer >= 160000 then ' with inherit true, set false' else '' end
      );
    else
      execute format('revoke %I from %I', v_group.name, v_account.login);

      if access.belongs(v_account.login, v_group.name) then
        raise exception '"%" stays a member of "%": somebody else has granted it', v_account.login, v_group.name
          using errcode = 'PG909', hint = format('Let the grantor, or a superuser, run: revoke %I from %I cascade', v_group.name, v_account.login);
      end if;
    end if;
  end loop;

  if v_changed then
    grant usage on schema api to pgears_admin;
  end if;
end;
$$;

comment on function access.apply_memberships(bigint) is
'Bring the group roles of an account to access.membership; nothing to do for a dropped one. Raises PG909.';

revoke all on function access.apply_memberships(bigint) from public;
