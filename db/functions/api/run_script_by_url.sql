-- Public: run a script that is open to URLs; a file that it gives comes with name, type and content.
--
-- Else the name is null and the content "OK".
-- requires: flow.request

create or replace function api.run_script_by_url(code text, parameters jsonb default '{}')
returns table (file_name text, content_type text, content bytea)
language sql
volatile
begin atomic
  insert into flow.request (operation, object, arguments)
  values ('run_script', code, jsonb_build_object('parameters', parameters, 'door', 'url'))
  returning
    result -> 'file' ->> 'name',
    coalesce(result -> 'file' ->> 'type', 'text/plain'),
    case
      when result -> 'file' ? 'base64' then decode(result -> 'file' ->> 'base64', 'base64')
      else convert_to(coalesce(result -> 'file' ->> 'text', 'OK'), 'UTF8')
    end;
end;

comment on function api.run_script_by_url(text, jsonb) is
'Name, media type and content of the file that a script gives; "OK" from one that gives none. Raises PG501 to PG503, PG560 to PG562, and what the script raises.';

grant execute on function api.run_script_by_url(text, jsonb) to public;
