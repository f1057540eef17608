-- What is wrong with headers given by name; null when nothing is.

create or replace function http.header_trouble(p_headers jsonb)
returns text
language sql
immutable
begin atomic
  select
    min(
      case
        when h.key !~ '^[A-Za-z0-9!#$%&''*+.^_`|~-]+$' then format('"%s" is no name of a header', left(h.key, 100))
        when lower(h.key) ~ '^(host|connection|content-length|transfer-encoding|te|trailer|upgrade|expect|proxy-.*|webhook-.*)$'
          then format('the header "%s" is made by the service', h.key)
        when h.value collate "C" !~ '^[ -~\t]*$' then format('the value of the header "%s" is not plain ASCII', h.key)
        when octet_length(h.value) > 8000 then format('the value of the header "%s" is longer than 8000 bytes', h.key)
      end
    )
  from jsonb_each_text(p_headers) as h;
end;

comment on function http.header_trouble(jsonb) is 'What is wrong with headers, or null.';

revoke all on function http.header_trouble(jsonb) from public;
