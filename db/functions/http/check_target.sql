-- Refuse what a target cannot be: addresses, waits, numbers and secrets are looked at here, not at the first call.
-- requires: http.header_trouble

create or replace function http.check_target(p_definition jsonb)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_address constant text := '^https?://(\[[0-9a-f:.]+\]|[a-z0-9_.-]+)(:[0-9]{1,5})?(/[a-z0-9._~%/-]*)?$';
  v_auth constant text := coalesce(p_definition ->> 'auth', 'none');
  v_needed constant text[] := case v_auth
    when 'basic' then array['login', 'secret']
    when 'bearer' then array['secret']
    when 'api_key' then array['secret']
    when 'oauth2' then array['token_url', 'client_id', 'secret']
    else '{}'
  end;
  v_found record;
  v_time interval;
  v_text text;
  v_network inet;
begin
  select u.key, u.value into v_found
  from (
    select '$.url' as key, p_definition ->> 'url' as value
    union all
    select '$.urls.' || e.key, e.value from jsonb_each_text(coalesce(p_definition -> 'urls', '{}')) as e
    union all
    select '$.token_url', p_definition ->> 'token_url' where p_definition ? 'token_url'
  ) as u
  where u.value !~* v_address or u.value ~* '(/|%2f)(\.|%2e){1,2}(/|%2f|$)'
  order by u.key
  limit 1;
  if found then
    raise exception '"%" is no address of a target', v_found.value
      using errcode = 'PG540', detail = v_found.key, hint = 'Write https://host, with a port and a path if need be; no user, no "?" and no "#".';
  end if;

  v_text := (
    select min(e.key) from jsonb_object_keys(coalesce(p_definition -> 'urls', '{}')) as e (key)
    where e.key <> all (array['acceptance', 'test', 'development'])
  );
  if v_text is not null then
    raise exception '"%" is no environment with an address of its own', v_text
      using errcode = 'PG540', detail = '$.urls.' || v_text, hint = 'Name acceptance, test or development; production has "url".';
  end if;

  v_text := (select min(n.key) from unnest(v_needed) as n (key) where not p_definition ? n.key);
  if v_text is not null then
    raise exception 'authentication by % needs "%"', v_auth, v_text
      using errcode = 'PG540', detail = '$.auth', hint = 'It needs ' || array_to_string(v_needed, ', ') || '.';
  end if;

  select s.key, s.value into v_found
  from (
    select '$.secret' as key, p_definition ->> 'secret' as value
    union all
    select '$.signing_secrets', e.value from jsonb_array_elements_text(coalesce(p_definition -> 'signing_secrets', '[]')) as e (value)
  ) as s
  where s.value !~ '^(env:[A-Za-z_][A-Za-z0-9_]*|file:.+)$'
  limit 1;
  if found then
    raise exception '"%" is given as a value, not as a reference', substr(v_found.key, 3)
      using errcode = 'PG540', detail = v_found.key, hint = 'Write env:NAME or file:PATH: the service reads it there, the database never holds it.';
  end if;

  v_text := coalesce(
    http.header_trouble(p_definition -> 'headers'),
    http.header_trouble(jsonb_strip_nulls(jsonb_build_object(
      coalesce(p_definition ->> 'api_key_header', 'X-API-Key'), '', coalesce(p_definition ->> 'idempotency_header', 'Idempotency-Key'), ''
    )))
  );
  if v_text is not null then
    raise exception '%', v_text
      using errcode = 'PG540', detail = '$.headers', hint = 'Give names and values as HTTP has them.';
  end if;

  for v_found in
    select k.key, p_definition ->> k.key as value, k.least, k.most
    from (
      values
      ('timeout', interval '100 milliseconds', interval '10 minutes'), ('backoff', interval '0', interval '1 day'),
      ('backoff_most', interval '0', interval '7 days'), ('breaker_pause', interval '0', interval '1 day')
    ) as k (key, least, most)
    where p_definition ? k.key
  loop
    begin
      v_time := v_found.value::interval;
    exception
      when invalid_datetime_format or datetime_field_overflow or interval_field_overflow then
        v_time := null;
    end;
    if v_time is null or v_time not between v_found.least and v_found.most then
      raise exception '"%" cannot be "%"', v_found.key, v_found.value
        using errcode = 'PG540', detail = '$.' || v_found.key, hint = format('Write a time from %s to %s, such as 30 seconds.', v_found.least, v_found.most);
    end if;
  end loop;

  select k.key, (p_definition ->> k.key)::numeric as value, k.least, k.most into v_found
  from (
    values
    ('attempts', 1, 100), ('max_parallel', 1, 1000), ('per_minute', 1, 100000), ('breaker_failures', 0, 1000), ('redirects', 0, 20),
    ('max_body', 0, 67108864), ('max_response', 0, 16777216)
  ) as k (key, least, most)
  where (p_definition ->> k.key)::numeric not between k.least and k.most
  limit 1;
  if found then
    raise exception '"%" cannot be %', v_found.key, v_found.value
      using errcode = 'PG540', detail = '$.' || v_found.key, hint = format('Write a number from %s to %s.', v_found.least, v_found.most);
  end if;

  for v_text in select a.entry from jsonb_array_elements_text(coalesce(p_definition -> 'allow', '[]')) as a (entry) loop
    if v_text ~ '[/:]' or v_text ~ '^[0-9.]+$' then
      begin
        v_network := v_text::cidr;
      exception
        when invalid_text_representation then
          v_network := null;
      end;
    elsif v_text !~* '^[a-z0-9_.-]+$' then
      v_network := null;
    else
      continue;
    end if;
    if v_network is null then
      raise exception '"%" is no network and no host', v_text
        using errcode = 'PG540', detail = '$.allow', hint = 'Write networks such as 10.1.0.0/16, addresses, or names of hosts.';
    end if;
  end loop;
end;
$$;

comment on function http.check_target(jsonb) is 'Check the definition of a target beyond its kinds of values. Raises PG540.';

revoke all on function http.check_target(jsonb) from public;
