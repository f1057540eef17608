-- Who gets one message, and in which language: all together, or each alone.
--
-- The account that has the address knows the language. A message to all is in the language
-- that those in "to" share, else in the default one (null).
-- requires: mail.parse_addresses

create or replace function flow.envelopes(p_to text, p_cc text, p_bcc text, p_each boolean, p_languages text[])
returns table (recipients text, copies text, blind text, language text)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
  if not p_each then
    return query
    select p_to, p_cc, p_bcc, case when count(distinct coalesce(l.language, '')) = 1 then min(l.language) end
    from mail.parse_addresses(p_to) as a
    cross join lateral flow.language_of(a.address, p_languages) as l (language);
    return;
  end if;

  return query
  select
    case when a.name is null then a.address else format('"%s" <%s>', regexp_replace(a.name, '(["\\])', '\\\1', 'g'), a.address) end,
    null::text, null::text, flow.language_of(a.address, p_languages)
  from (
    select distinct on (lower(p.address)) p.name, p.address, p.place
    from mail.parse_addresses(concat_ws('; ', p_to, p_cc, p_bcc)) as p
    order by lower(p.address), p.place
  ) as a
  order by a.place;

  if not found then
    return query select null::text, null::text, null::text, null::text;
  end if;
end;
$$;

comment on function flow.envelopes(text, text, text, boolean, text[]) is
'Recipients of each message with the language, null for the default one. Raises PG401, PG403 for what is no address.';

revoke all on function flow.envelopes(text, text, text, boolean, text[]) from public;
