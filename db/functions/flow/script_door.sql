-- Whether a script is open to calls from outside by a door.

create or replace function flow.script_door(p_script bigint, p_door text)
returns boolean
language sql
stable
begin atomic
  select
    coalesce(
      bool_or(case p_door when 'web_service' then s.web_service when 'url' then s.url else false end), false
    )
  from flow.script as s
  where s.id = p_script;
end;

comment on function flow.script_door(bigint, text) is 'Whether a script has the flag of a door: web_service, url.';

revoke all on function flow.script_door(bigint, text) from public;
