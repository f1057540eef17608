-- The account that sends: the one named, or the default one.

create or replace function mail.find_account(p_code text)
returns bigint
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_account record;
begin
  select a.id, a.code, a.enabled, a.is_sink into v_account
  from mail.account as a
  where case when nullif(p_code, '') is null then a.is_default else a.code = p_code end;

  if v_account is null then
    raise exception 'there is no % mail account', coalesce('"' || nullif(p_code, '') || '"', 'default')
      using errcode = 'PG404', hint = 'mail.set_account() makes one; one is the default.';
  elsif not v_account.enabled then
    raise exception 'the mail account "%" is switched off', v_account.code
      using errcode = 'PG404', hint = 'Enable it with mail.set_account(), or name another.';
  elsif v_account.is_sink and core.environment() = 'production' then
    raise exception 'the mail account "%" delivers to the local sink, which production does not use', v_account.code
      using errcode = 'PG404', hint = 'Make an account of a real server the default with mail.set_account().';
  end if;

  return v_account.id;
end;
$$;

comment on function mail.find_account(text) is 'Id of the account of a code, for null of the default one. Raises PG404 when none can send.';

revoke all on function mail.find_account(text) from public;
