-- Call another system after the commit: from scripts, functions and psql.
-- requires: http.store http.target_id

create or replace function http.send(
  p_target text,
  p_path text default '',
  p_json jsonb default null,
  p_text text default null,
  p_form jsonb default null,
  p_bytes bytea default null,
  p_method text default null,
  p_headers jsonb default null,
  p_content_type text default null,
  p_class bigint default null,
  p_row bigint default null,
  p_key text default null,
  p_then text default null,
  p_payload jsonb default '{}'
)
returns bigint
language sql
volatile
security definer  -- lends: writing calls to administrators and the service
begin atomic
  select
    http.store(
      http.target_id(p_target),
      jsonb_strip_nulls(jsonb_build_object(
        'path', p_path, 'method', p_method, 'headers', p_headers, 'content_type', p_content_type, 'text', p_text, 'form', p_form
      ))
      || case when p_json is not null then jsonb_build_object('json', p_json) else '{}' end,
      p_bytes, p_class, p_row, p_key, p_then, coalesce(p_payload, '{}')
    );
end;

comment on function http.send(text, text, jsonb, text, jsonb, bytea, text, jsonb, text, bigint, bigint, text, text, jsonb) is
'Id of a call that is made after the commit: one body (p_json, p_text, p_form, p_bytes); p_key is its idempotency key; p_then is the kind of a task '
'that gets p_payload with call and state when it is over. Raises PG541 to PG543.';

revoke all on function http.send(text, text, jsonb, text, jsonb, bytea, text, jsonb, text, bigint, bigint, text, text, jsonb) from public;
grant execute on function http.send(text, text, jsonb, text, jsonb, bytea, text, jsonb, text, bigint, bigint, text, text, jsonb)
to pgears_admin, pgears_runner;
