-- Addresses of a list such as `Ann <ann@a.example>; "Doe, J." <doe@b.example>; c@c.example`.
--
-- Semicolons and line breaks inside of quotes do not separate, and what is left after taking
-- the list apart must be an address: an odd one is refused, never dropped.

create or replace function mail.parse_addresses(p_list text)
returns table (place integer, name text, address text)
language plpgsql
immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_piece text;
begin
  perform mail.check_header('address', p_list);
  place := 0;

  for v_piece in
    select trim(both e' \t' from p.piece[1])
    from regexp_matches(p_list, '(?:"(?:[^"\\]|\\.)*"|[^;])+', 'g') as p (piece)
  loop
    continue when v_piece = '';
    place := place + 1;
    name := null;
    address := v_piece;

    if v_piece like '%>' then
      address := trim(substring(v_piece from '<([^<>]*)>$'));
      name := trim(both e' \t' from substring(v_piece from '^(.*)<[^<>]*>$'));

      if name like '"%"' and length(name) >= 2 then
        name := regexp_replace(substring(name from 2 for length(name) - 2), '\\(.)', '\1', 'g');
      elsif name ~ '[<>"@]' then
        address := null;
      end if;
      name := nullif(name, '');
    end if;

    if address is null
      or address !~ '^[^][:space:]@<>()",:;\\[\u0001-\u0020\u007f-\u00a0]+@[^][:space:]@<>()",:;\\[\u0001-\u0020\u007f-\u00a0.]+([.][^][:space:]@<>()",:;\\[\u0001-\u0020\u007f-\u00a0.]+)*$'
      or octet_length(split_part(address, '@', 1)) > 64
      or octet_length(address) > 254
    then
      raise exception '"%" is not a mail address', v_piece
        using errcode = 'PG401', hint = 'Write name@domain or Name <name@domain>, several separated by semicolons.';
    end if;

    return next;
  end loop;
end;
$$;

comment on function mail.parse_addresses(text) is
'Names and addresses of a list separated by semicolons, no rows for null or empty. Raises PG401 for what is no address, PG403 for a line break.';

revoke all on function mail.parse_addresses(text) from public, pgears_runner;
grant execute on function mail.parse_addresses(text) to pgears_admin;
