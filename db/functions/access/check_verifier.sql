-- Refuse a password that is no SCRAM verifier: the server is never told a password.

create or replace function access.check_verifier(p_verifier text, p_command text)
returns void
language plpgsql
immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_verifier !~ '^SCRAM-SHA-256\$[0-9]+:[A-Za-z0-9+/=]+\$[A-Za-z0-9+/=]+:[A-Za-z0-9+/=]+$' then
    raise exception 'a password is given as a SCRAM verifier'
      using errcode = 'PG905',
        hint = format('Leave it out and set it with \password in psql, or use "%s".', p_command);
  end if;
end;
$$;

comment on function access.check_verifier(text, text) is
'Raise PG905 for a password that is not a SCRAM verifier; null is none. The hint names the command that makes one.';

revoke all on function access.check_verifier(text, text) from public;
