-- Accounts with their state and roles, for people and for "pgears account list".
-- requires: access.belongs access.group_name

create or replace view access.account_state as
select
  a.id,
  a.login,
  a.full_name,
  a.email,
  a.language,
  case
    when p.oid is null then 'dropped'
    when not a.enabled then 'suspended'
    when p.rolcanlogin then 'login'
    else 'no login'
  end as state,
  array(
    select r.code
    from access.role as r
    left join access.membership as m on r.id = m.role_id and m.account_id = a.id
    where m.account_id is not null or access.belongs(a.login, access.group_name(r.code))
    order by r.code
  ) as roles
from access.account as a
left join pg_catalog.pg_roles as p on a.login = p.rolname;

comment on view access.account_state is
'Accounts: login, no login (taken on by the web service), suspended, or dropped when PostgreSQL has no such role any more; and their roles.';

grant select on access.account_state to pgears_admin;
