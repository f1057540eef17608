-- Refuse keys of a mailbox that its driver does not know, and name those that it needs.

create or replace function mail.check_driver(p_definition jsonb)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_driver constant text := p_definition ->> 'driver';
  v_by_token constant boolean := v_driver = 'graph' or coalesce(p_definition ->> 'auth' = 'oauth2', false);
  v_key text;
begin
  select d.key into v_key
  from jsonb_object_keys(p_definition) as d (key)
  where d.key in (select k.key from mail.driver_key as k)
    and d.key not in (select k.key from mail.driver_key as k where k.driver = v_driver)
  order by d.key
  limit 1;

  if v_key is not null then
    raise exception 'the driver "%" has no key "%"', v_driver, v_key
      using
        errcode = 'PG110',
        detail = '$.' || v_key,
        hint = 'Its own keys: '
          || (select string_agg(k.key, ', ' order by k.position) from mail.driver_key as k where k.driver = v_driver) || '.';
  end if;

  select k.key into v_key
  from mail.driver_key as k
  where k.driver = v_driver
    and not p_definition ? k.key
    and (k.needed = 'always' or (k.needed = 'with tokens' and v_by_token) or (k.needed = 'with passwords' and not v_by_token))
  order by k.position
  limit 1;

  if v_key is not null then
    raise exception 'the key "%" is missing', v_key
      using errcode = 'PG112', detail = '$', hint = format('The driver "%s" needs it.', v_driver);
  end if;

  if v_by_token and not p_definition ?| array['client_secret', 'refresh_token'] then
    raise exception 'the key "client_secret" is missing'
      using errcode = 'PG112', detail = '$', hint = 'OAuth2 needs "client_secret", "refresh_token", or both.';
  end if;

  select d.key into v_key
  from jsonb_each_text(p_definition) as d
  where d.key in ('secret', 'client_secret', 'refresh_token')
    and d.value !~ case d.key when 'refresh_token' then '^file:.' else '^(env|file):.' end
  order by d.key
  limit 1;

  if v_key is not null then
    raise exception '"%" is a reference to a secret, never the secret', v_key
      using
        errcode = 'PG111',
        detail = '$.' || v_key,
        hint = case v_key
          when 'refresh_token' then 'Write file:PATH: servers renew this token, and the runner writes the new one there.'
          else 'Write env:NAME or file:PATH.'
        end;
  elsif p_definition ->> 'auth' <> all (case v_driver when 'imap' then array['password', 'oauth2'] else array['basic', 'ntlm', 'oauth2'] end) then
    raise exception 'the driver "%" has no "auth" of "%"', v_driver, p_definition ->> 'auth'
      using errcode = 'PG111', detail = '$.auth', hint = 'imap: password or oauth2; ews: basic, ntlm or oauth2.';
  elsif (p_definition ->> 'port')::integer not between 1 and 65535 then
    raise exception '"port" cannot be %', p_definition ->> 'port'
      using errcode = 'PG111', detail = '$.port', hint = 'Write a number from 1 to 65535.';
  elsif (p_definition ->> 'timeout_seconds')::integer not between 1 and 120 then
    raise exception '"timeout_seconds" cannot be %', p_definition ->> 'timeout_seconds'
      using errcode = 'PG111', detail = '$.timeout_seconds', hint = 'Write a number from 1 to 120.';
  elsif p_definition ? 'rate_per_sender' and mail.rate_limit(p_definition ->> 'rate_per_sender') is null then
    raise exception '"rate_per_sender" cannot be "%"', p_definition ->> 'rate_per_sender'
      using errcode = 'PG111', detail = '$.rate_per_sender', hint = 'Write a number and a time, such as 20 per hour or 5 per 10 minutes.';
  end if;

  begin
    perform (p_definition ->> 'secret_expires')::date;
  exception
    when invalid_datetime_format or datetime_field_overflow then
      raise exception '"secret_expires" cannot be "%"', p_definition ->> 'secret_expires'
        using errcode = 'PG111', detail = '$.secret_expires', hint = 'Write a day, such as 2027-01-31.';
  end;
end;
$$;

comment on function mail.check_driver(jsonb) is
'Check the keys of a mailbox that belong to its driver. Raises PG110, PG111, PG112.';

revoke all on function mail.check_driver(jsonb) from public;
