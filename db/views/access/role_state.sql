-- Roles with the models that define them and their members, for "pgears role list".
-- requires: access.group_name

create or replace view access.role_state as
select
  r.id,
  r.code,
  r.name,
  access.group_name(r.code) as group_name,
  r.enabled,
  array(
    select m.code || case when x.enabled then '' else ' (off)' end
    from access.role_model as x
    inner join meta.model as m on x.model_id = m.id
    where x.role_id = r.id
    order by m.code
  ) as models,
  array(
    select a.login
    from access.membership as x
    inner join access.account as a on x.account_id = a.id
    where x.role_id = r.id
    order by a.login
  ) as members
from access.role as r;

comment on view access.role_state is 'Roles: switched on or off, everywhere and in models, and the accounts that have them.';

grant select on access.role_state to pgears_admin;
