-- Who a session belongs to, as long as it holds and the account is not suspended.

create or replace function web.session(p_token_hash bytea)
returns table (login text, name text, csrf text, language text, administers boolean)
language sql
stable
security definer  -- lends: reading sessions to the web service
begin atomic
  select
    a.login,
    coalesce(nullif(a.full_name, ''), a.login),
    s.csrf,
    a.language,
    pg_has_role(a.login, 'pgears_admin', 'member')
  from web.session as s
  inner join access.account as a on s.login = a.login
  inner join pg_roles as r on a.login = r.rolname
  where s.token_hash = p_token_hash and s.expires > core.now() and a.enabled;
end;

comment on function web.session(bytea) is 'Account, language and form token of the session with this hash; no row when it is over.';

revoke all on function web.session(bytea) from public;
grant execute on function web.session(bytea) to pgears_web;
