-- Refuse roles that together would show an account a hidden column.
-- requires: access.hidden_conflict

create or replace function access.check_account_roles(p_account bigint)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_reason constant text := access.hidden_conflict(
    array(select m.role_id from access.membership as m where m.account_id = p_account)
  );
begin
  if v_reason is not null then
    raise exception '%', v_reason
      using errcode = 'PG915', hint = 'These roles do not go together in one account: hide the column in each, or take one of them away.';
  end if;
end;
$$;

comment on function access.check_account_roles(bigint) is 'Raise PG915 when the roles of an account contradict each other about a hidden column.';

revoke all on function access.check_account_roles(bigint) from public;
