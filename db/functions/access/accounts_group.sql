-- Name of the group role through which service logins take on accounts: <database>:accounts.
--
-- No role of ours can have that name: the code of a role holds no colon, and follows a dot. A
-- database whose name is too long for that stands there by its hash.

create or replace function access.accounts_group()
returns text
language sql
stable
begin atomic
  select case when octet_length(current_database()) > 63 - 9 then md5(current_database()) else current_database() end || ':accounts';
end;

comment on function access.accounts_group() is
'Name of the PostgreSQL role whose members may take on the accounts of this instance.';

revoke all on function access.accounts_group() from public;
grant execute on function access.accounts_group() to pgears_admin, pgears_runner, pgears_web;
