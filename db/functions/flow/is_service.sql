-- True for administrators and the service, who need no right of a role.

create or replace function flow.is_service(p_account text)
returns boolean
language sql
stable
begin atomic
  select coalesce(
    (
      select pg_has_role(r.oid, 'pgears_admin', 'usage') or pg_has_role(r.oid, 'pgears_runner', 'usage')
      from pg_catalog.pg_roles as r
      where r.rolname = p_account
    ), false
  );
end;

comment on function flow.is_service(text) is 'Whether an account has the rights of pgears_admin or pgears_runner.';

revoke all on function flow.is_service(text) from public;
