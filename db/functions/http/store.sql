-- Write a call in the caller's transaction, with all that every attempt will send.
--
-- p_call: method, path, headers, content_type, and one of json, text, form. What cannot be
-- sent is refused with an error, or with p_strict false stored as a call that was refused:
-- then one row of many with a bad value does not stop the others. A key that the target has
-- seen gives the call that there is. Where calls stand in line for the target, it goes behind
-- them without a task of its own (http.fill_line, http.wake).
-- requires: http.url_encode

create or replace function http.store(
  p_target bigint,
  p_call jsonb,
  p_bytes bytea default null,
  p_class bigint default null,
  p_row bigint default null,
  p_key text default null,
  p_then text default null,
  p_payload jsonb default null,
  p_strict boolean default true
)
returns bigint
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_target record;
  v_given constant text[] := array(select k.key from unnest(array['json', 'text', 'form']) as k (key) where p_call ? k.key);
  v_method text;
  v_path constant text := coalesce(p_call ->> 'path', '');
  v_headers constant jsonb := coalesce(p_call -> 'headers', '{}');
  v_type text;
  v_body bytea;
  v_trouble text;
  v_code text := 'PG542';
  v_parked boolean;
  v_id bigint;
begin
  select t.id, t.definition, m.code || '.' || t.code as name into v_target
  from http.target as t
  inner join meta.model as m on t.model_id = m.id
  where t.id = p_target;

  v_method := upper(coalesce(p_call ->> 'method', v_target.definition ->> 'method', 'POST'));
  v_type := p_call ->> 'content_type';
  if jsonb_typeof(v_headers) <> 'object' or jsonb_typeof(coalesce(p_call -> 'form', '{}')) <> 'object' then
    raise exception '%: headers and form are pairs of a name and a text', v_target.name
      using errcode = 'PG542', hint = 'docs/http.md says what a call takes.';
  end if;

  if p_call ? 'json' then
    v_body := convert_to((p_call -> 'json')::text, 'UTF8');
    v_type := coalesce(v_type, 'application/json');
  elsif p_call ? 'text' then
    v_body := convert_to(p_call ->> 'text', 'UTF8');
    v_type := coalesce(v_type, 'text/plain; charset=utf-8');
  elsif p_call ? 'form' then
    v_body := convert_to((
      select coalesce(string_agg(http.url_encode(f.key) || '=' || http.url_encode(f.value), '&' order by f.key), '')
      from jsonb_each_text(p_call -> 'form') as f
    ), 'UTF8');
    v_type := coalesce(v_type, 'application/x-www-form-urlencoded');
  elsif p_bytes is not null then
    v_body := p_bytes;
    v_type := coalesce(v_type, 'application/octet-stream');
  end if;

  v_trouble := case
    when cardinality(v_given) + (p_bytes is not null)::integer > 1 then 'a call has one body: json, text, form or bytes'
    when v_method not in ('GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS') then format('"%s" is no method', left(v_method, 20))
    when p_key !~ '^[!-~]{1,200}$' then 'the key of a call is 1 to 200 visible characters of ASCII'
    when v_type !~ '^[!-~][ -~]{0,200}$' then 'the content type cannot be read'
    else coalesce(http.path_trouble(v_path), http.header_trouble(v_headers))
  end;
  if v_trouble is null and octet_length(v_body) > coalesce((v_target.definition ->> 'max_body')::integer, 1048576) then
    v_code := 'PG543';
    v_trouble := format('the body has %s bytes, more than "max_body" of the target', octet_length(v_body));
    v_body := null;
  end if;

  if v_trouble is not null and p_strict then
    raise exception '%: %', v_target.name, v_trouble
      using errcode = v_code, hint = case v_code when 'PG543' then 'Send less, or raise max_body of the target.' else 'docs/http.md says what a call takes.' end;
  end if;

  v_parked := v_trouble is null and exists (select from http.call as c where c.target_id = v_target.id and c.parked);
  insert into http.call as c (
    target_id, target, key, method, path, headers, content_type, body, class_id, row_id, state, parked, created, creator, error, settled,
    then_kind, then_payload
  )
  values (
    v_target.id, v_target.name, coalesce(p_key, core.uuidv7()::text), v_method, v_path, v_headers, v_type, v_body, p_class, p_row,
    case when v_trouble is null then 'queued' else 'refused' end, v_parked, core.now(), access.current_account(),
    v_trouble, case when v_trouble is not null then core.now() end, p_then, p_payload
  )
  on conflict on constraint call_target_id_key_key do nothing
  returning c.id into v_id;

  if v_id is null then
    return (select c.id from http.call as c where c.target_id = v_target.id and c.key = p_key);
  end if;

  if v_parked then
    return v_id;
  elsif v_trouble is null then
    update http.call as c
    set task_id = queue.enqueue('http.call', jsonb_build_object('call', v_id))
    where c.id = v_id;
  elsif p_then is not null then
    perform queue.enqueue(p_then, p_payload || jsonb_build_object('call', v_id, 'state', 'refused'));
  end if;

  return v_id;
end;
$$;

comment on function http.store(bigint, jsonb, bytea, bigint, bigint, text, text, jsonb, boolean) is
'Id of a call that is made after the commit. Raises PG542, PG543 with p_strict.';

revoke all on function http.store(bigint, jsonb, bytea, bigint, bigint, text, text, jsonb, boolean) from public;
