-- What is wrong with a path that goes behind the address of a target; null when nothing is.
--
-- It can lead to no other host, because it begins with "/" or "?", and to no place above
-- the target's own.

create or replace function http.path_trouble(p_path text)
returns text
language sql
immutable
begin atomic
  select
    case
      when p_path = '' then null
      when p_path !~ '^[/?]' then format('the path "%s" does not begin with "/"', left(p_path, 100))
      when p_path ~ '[[:cntrl:][:space:]\\#]' then 'the path has spaces, control characters, "\" or "#"'
      when split_part(p_path, '?', 1) ~* '(^|/)(\.|%2e){1,2}(/|$)' then 'the path has a part "." or ".."'
      when octet_length(p_path) > 8000 then 'the path is longer than 8000 bytes'
    end;
end;

comment on function http.path_trouble(text) is 'What is wrong with a path, or null.';

revoke all on function http.path_trouble(text) from public;
