-- Make or change a mail account; keys left out stay as they are.
--
-- The password is never stored: secret says where the runner finds it.

create or replace function mail.set_account(p_code text, p_definition jsonb)
returns bigint
language plpgsql
volatile
security definer  -- lends: writing mail accounts to administrators
set search_path = pg_catalog, pg_temp
as $$
declare
  v_known constant text[] := array[
    'host', 'port', 'tls', 'login', 'secret', 'from_address', 'from_name',
    'on_unknown', 'timeout_seconds', 'is_default', 'is_sink', 'enabled', 'auth', 'max_parallel', 'per_minute',
    'transport', 'url', 'mailbox', 'token_url', 'client_id', 'client_secret', 'refresh_token', 'scope', 'secret_expires'
  ];
  v_key text;
  v_old mail.account;
  v_new mail.account;
  v_from text;
begin
  perform meta.check_code(p_code, 'mail account');

  select k.key into v_key from jsonb_object_keys(p_definition) as k (key) where k.key <> all (v_known) order by k.key limit 1;
  if v_key is not null then
    raise exception 'a mail account has no "%"', v_key
      using errcode = 'PG110', hint = 'Known keys: ' || array_to_string(v_known, ', ') || '.';
  end if;

  select a.* into v_old from mail.account as a where a.code = p_code for update;
  if not found then
    v_old := jsonb_populate_record(
      null::mail.account,
      '{"port": 587, "tls": "starttls", "auth": "password", "on_unknown": "ask", "timeout_seconds": 60, "is_default": false, "is_sink": false, "enabled": true, "transport": "smtp"}'
    );
  end if;
  v_new := jsonb_populate_record(v_old, p_definition);

  select min(a.address) into v_from from mail.parse_addresses(v_new.from_address) as a having count(*) = 1;
  if v_from is distinct from v_new.from_address then
    raise exception 'the mail account "%" needs one plain sender address', p_code
      using errcode = 'PG401', hint = 'Set from_address to name@domain; the display name goes to from_name.';
  end if;
  perform mail.check_header('sender', v_new.from_name);
  perform mail.check_account(v_new);

  if v_new.is_default then
    update mail.account as a set is_default = false where a.is_default and a.code <> p_code;
  end if;

  insert into mail.account as a (
    code, host, port, tls, login, secret, from_address, from_name, on_unknown, timeout_seconds, is_default, is_sink, enabled,
    auth, max_parallel, per_minute, transport, url, mailbox, token_url, client_id, client_secret, refresh_token, scope,
    secret_expires
  )
  values (
    p_code, v_new.host, v_new.port, v_new.tls, v_new.login, v_new.secret, v_new.from_address, v_new.from_name,
    v_new.on_unknown, v_new.timeout_seconds, v_new.is_default, v_new.is_sink, v_new.enabled,
    v_new.auth, v_new.max_parallel, v_new.per_minute, v_new.transport, v_new.url, v_new.mailbox,
    v_new.token_url, v_new.client_id, v_new.client_secret, v_new.refresh_token, v_new.scope, v_new.secret_expires
  )
  on conflict (code) do update
  set
    host = excluded.host, port = excluded.port, tls = excluded.tls, login = excluded.login, secret = excluded.secret,
    from_address = excluded.from_address, from_name = excluded.from_name, on_unknown = excluded.on_unknown,
    timeout_seconds = excluded.timeout_seconds, is_default = excluded.is_default, is_sink = excluded.is_sink, enabled = excluded.enabled,
    auth = excluded.auth, max_parallel = excluded.max_parallel, per_minute = excluded.per_minute,
    transport = excluded.transport, url = excluded.url, mailbox = excluded.mailbox,
    token_url = excluded.token_url, client_id = excluded.client_id, client_secret = excluded.client_secret,
    refresh_token = excluded.refresh_token, scope = excluded.scope, secret_expires = excluded.secret_expires
  returning a.id into v_new.id;

  return v_new.id;
end;
$$;

comment on function mail.set_account(text, jsonb) is
'Id of a mail account, made or changed. Keys: host, port, tls, login, secret, from_address, from_name, on_unknown, timeout_seconds, is_default, is_sink, enabled, auth, max_parallel, per_minute, transport, url, mailbox, token_url, client_id, client_secret, refresh_token, scope, secret_expires. Raises PG110, PG401, PG403, PG435.';

revoke all on function mail.set_account(text, jsonb) from public;
grant execute on function mail.set_account(text, jsonb) to pgears_admin;
