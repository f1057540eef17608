-- Open a session of an account that has just proved who it is.

create or replace function web.open_session(p_login text, p_token_hash bytea, p_csrf text, p_lifetime interval)
returns void
language plpgsql
volatile
security definer  -- lends: writing sessions to the web service
set search_path = pg_catalog, pg_temp
as $$
begin
  if not exists (select from access.account as a where a.login = p_login and a.enabled) then
    raise exception 'the account "%" may not use pages', p_login
      using errcode = 'PG631', hint = 'It is no account of this instance, or is suspended: see "pgears account list".';
  end if;

  delete from web.session as s where s.expires < core.now();
  insert into web.session (token_hash, login, csrf, created, seen, expires)
  values (p_token_hash, p_login, p_csrf, core.now(), core.now(), core.now() + p_lifetime);
end;
$$;

comment on function web.open_session(text, bytea, text, interval) is
'Keep the hash of a session''s token. The caller has checked password or proxy header. Raises PG631 for who is no account or suspended.';

revoke all on function web.open_session(text, bytea, text, interval) from public;
grant execute on function web.open_session(text, bytea, text, interval) to pgears_web;
