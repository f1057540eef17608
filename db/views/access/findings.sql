-- What does not fit together in accounts and roles, for "pgears doctor".
--
-- Happens past the functions of access: roles dropped or granted by hand, a database that
-- was copied or renamed, superusers, service logins that may too much.
-- requires: access.accounts_group access.belongs access.class_relation access.group_name access.hidden_conflict access.lendable meta.class_path

create or replace view access.findings as
with member as (
  select
    a.id,
    a.login,
    p.oid,
    p.rolsuper or p.rolbypassrls as unguarded,
    array(
      select r.id
      from access.role as r
      inner join pg_catalog.pg_roles as g on g.rolname = access.group_name(r.code)
      where pg_has_role(p.oid, g.oid, 'usage')
    ) as roles
  from access.account as a
  left join pg_catalog.pg_roles as p on a.login = p.rolname
)

select
  'account' as kind,
  m.login as name,
  'the PostgreSQL role was dropped' as finding,
  'access.create_account() makes it again, without roles.' as mend
from member as m
where m.oid is null
union all
select
  'account',
  m.login,
  'sees every row: superuser or bypassrls',
  'Let people and programs work under another account.'
from member as m
where m.unguarded and m.login <> current_user
union all
select
  'account',
  m.login,
  access.hidden_conflict(m.roles),
  'Take one of the roles away.'
from member as m
where m.oid is not null and not m.unguarded and access.hidden_conflict(m.roles) is not null
union all
select
  'account',
  a.login,
  format('member of "%s" past access.grant_role()', access.group_name(r.code)),
  'access.grant_role() makes it known, revoke takes it back.'
from access.account as a
cross join access.role as r
left join access.membership as m on a.id = m.account_id and r.id = m.role_id
where access.belongs(a.login, access.group_name(r.code)) and (m.account_id is null or not a.enabled)
union all
select
  'account',
  a.login,
  format('not a member of "%s", which access.grant_role() gave', access.group_name(r.code)),
  'access.grant_role() gives it again, access.revoke_role() forgets it.'
from access.membership as m
inner join access.account as a on m.account_id = a.id and a.enabled
inner join pg_catalog.pg_roles as p on a.login = p.rolname
inner join access.role as r on m.role_id = r.id
where not access.belongs(a.login, access.group_name(r.code))
union all
select
  'role',
  r.code,
  format('the group role "%s" is missing', access.group_name(r.code)),
  'pgears upgrade makes it; members must be granted again.'
from access.role as r
where not exists (select from pg_catalog.pg_roles as g where g.rolname = access.group_name(r.code))
union all
select
  'account',
  a.login,
  'service logins may take it on, and it administers',
  'pgears upgrade takes it back; revoke it from the group of accounts at once if you cannot wait.'
from access.account as a
where access.belongs(access.accounts_group(), a.login) and not access.lendable(a.login)
union all
select
  'account',
  a.login,
  'service logins cannot take it on: only a superuser may grant it',
  format('grant %I to %I;', a.login, access.accounts_group())
from access.account as a
where access.lendable(a.login)
  and not access.belongs(access.accounts_group(), a.login)
  -- By oid: an account whose role was dropped is none of these, in whatever order this is asked.
  and not pg_has_role(
    (select r.oid from pg_catalog.pg_roles as r where r.rolname = a.login),
    (select g.oid from pg_catalog.pg_roles as g where g.rolname = access.accounts_group()),
    'member'
  )
union all
select
  'service',
  p.rolname::text,
  'has more rights than its process needs',
  'Let the process log in under a role that "pgears account service" makes.'
from pg_catalog.pg_roles as p
where p.rolcanlogin
  and (access.belongs(p.rolname::text, 'pgears_runner') or access.belongs(p.rolname::text, 'pgears_web'))
  and (
    p.rolsuper or p.rolcreaterole or p.rolcreatedb or p.rolreplication or p.rolbypassrls
    or pg_has_role(p.oid, 'pgears_admin', 'member')
  )
union all
select
  'class',
  meta.class_path(t.class_id),
  format('row security of %s was switched off', t.relation),
  'pgears upgrade switches it on.'
from access.class_relation as t
inner join pg_catalog.pg_class as c on t.relation = c.oid
where t.kind in ('rows', 'archive') and not c.relrowsecurity;

comment on view access.findings is 'Accounts and roles that somebody changed past the functions of access, and what mends it.';

grant select on access.findings to pgears_admin, pgears_runner;
