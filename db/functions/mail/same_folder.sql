-- Whether two definitions of a mailbox read the same folder of the same server.

create or replace function mail.same_folder(p_one jsonb, p_other jsonb)
returns boolean
language sql
immutable
begin atomic
  select bool_and(p_one -> k.key is not distinct from p_other -> k.key)
  from unnest(array['driver', 'path', 'host', 'port', 'login', 'url', 'address', 'source_folder']) as k (key);
end;

comment on function mail.same_folder(jsonb, jsonb) is 'True when two definitions of a mailbox read the same folder.';

revoke all on function mail.same_folder(jsonb, jsonb) from public;
