-- Refuse a role whose hidden columns would show, by itself or to one of its members.
-- requires: access.hidden_conflict

create or replace function access.check_hidden(p_role bigint)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_conflict record;
begin
  select h.login, access.hidden_conflict(h.roles) as reason into v_conflict
  from (
    select null as login, array[p_role] as roles
    union all
    select a.login, array(select o.role_id from access.membership as o where o.account_id = m.account_id)
    from access.membership as m
    inner join access.account as a on m.account_id = a.id
    where m.role_id = p_role
  ) as h
  where access.hidden_conflict(h.roles) is not null
  order by h.login nulls first
  limit 1;

  if found then
    raise exception '%', v_conflict.reason || coalesce(format(' to account "%s"', v_conflict.login), '')
      using errcode = 'PG915', hint = 'Hide the column in each role, or let the right that shows it cover the rows of the other.';
  end if;
end;
$$;

comment on function access.check_hidden(bigint) is 'Raise PG915 when a column that a role hides would show.';

revoke all on function access.check_hidden(bigint) from public;
