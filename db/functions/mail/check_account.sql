-- Refuse an account whose keys do not go together, in words; what is left to the constraints of
-- the table is the form of single values.

create or replace function mail.check_account(p_account mail.account)
returns void
language plpgsql
immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_graph constant boolean := p_account.transport = 'graph';
  v_tokens constant boolean := p_account.token_url is not null;
  v_problem text;
begin
  v_problem := case
    when p_account.is_sink and (v_graph or v_tokens) then 'is the local sink: transport is smtp, and it takes no token'
    when v_graph and p_account.host is not null then 'leaves by Graph, which has no "host"'
    when v_graph and num_nonnulls(p_account.login, p_account.secret) > 0 then 'leaves by Graph, which takes tokens and no "login" or "secret"'
    when v_graph and not v_tokens then 'leaves by Graph, which needs "token_url"'
    when not v_graph and num_nonnulls(p_account.url, p_account.mailbox) > 0 then 'leaves by SMTP, which has no "url" and no "mailbox"'
    when not v_graph and v_tokens and p_account.auth is distinct from 'xoauth2' then 'has a "token_url", and "auth" is not xoauth2'
    when not v_graph and v_tokens and p_account.secret is not null then 'has a "token_url" and a "secret": the token comes from one of them'
    when not v_graph and v_tokens and p_account.login is null then 'needs "login": XOAUTH2 says whose mailbox it is'
    when v_tokens and p_account.client_id is null then 'needs "client_id", the id of the application'
    when v_tokens and num_nonnulls(p_account.client_secret, p_account.refresh_token) = 0 then 'needs "client_secret", "refresh_token", or both'
    when not v_tokens and num_nonnulls(p_account.client_id, p_account.client_secret, p_account.refresh_token, p_account.scope) > 0
      then 'needs "token_url", where tokens come from'
    when not coalesce(p_account.secret ~ '^(env|file):.', true) then 'holds a secret: "secret" is env:NAME or file:PATH'
    when not coalesce(p_account.client_secret ~ '^(env|file):.', true) then 'holds a secret: "client_secret" is env:NAME or file:PATH'
    when not coalesce(p_account.refresh_token ~ '^file:.', true) then 'needs a file for "refresh_token", file:PATH: servers renew it, and the runner writes the new one there'
  end;

  if v_problem is not null then
    raise exception 'the mail account %', v_problem
      using errcode = 'PG435', hint = 'A key is taken away by null; docs/mail.md shows an account of each kind.';
  end if;
end;
$$;

comment on function mail.check_account(mail.account) is 'Raises PG435 for a mail account whose keys do not go together.';

revoke all on function mail.check_account(mail.account) from public;
