-- For scripts: a file as result. "result := flow.set_file('a.csv', 'text/csv', v_text)".

create or replace function flow.set_file(p_name text, p_type text, p_content text)
returns jsonb
language sql
immutable
begin atomic
  select jsonb_build_object('file', jsonb_build_object('name', p_name, 'type', coalesce(p_type, 'text/plain'), 'text', p_content));
end;

comment on function flow.set_file(text, text, text) is 'Result of a script that is a file of text: name, media type, content.';

revoke all on function flow.set_file(text, text, text) from public, pgears_runner;
grant execute on function flow.set_file(text, text, text) to pgears_admin;

create or replace function flow.set_file(p_name text, p_type text, p_content bytea)
returns jsonb
language sql
immutable
begin atomic
  select
    jsonb_build_object('file', jsonb_build_object(
      'name', p_name, 'type', coalesce(p_type, 'application/octet-stream'), 'base64', translate(encode(p_content, 'base64'), e'\n', '')
    ));
end;

comment on function flow.set_file(text, text, bytea) is 'Result of a script that is a file of bytes: name, media type, content.';

revoke all on function flow.set_file(text, text, bytea) from public, pgears_runner;
grant execute on function flow.set_file(text, text, bytea) to pgears_admin;
