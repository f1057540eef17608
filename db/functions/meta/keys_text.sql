-- Natural keys in the words of a plan: (email), (name, city).

create or replace function meta.keys_text(p_keys jsonb)
returns text
language sql
immutable
begin atomic
  select coalesce(string_agg('(' || t.codes || ')', ', ' order by k.position), 'none')
  from jsonb_array_elements(coalesce(p_keys, '[]')) with ordinality as k (codes, position)
  cross join lateral (
    select string_agg(c.code, ', ' order by c.position) as codes
    from jsonb_array_elements_text(k.codes) with ordinality as c (code, position)
  ) as t;
end;

comment on function meta.keys_text(jsonb) is 'Text of a list of lists of column codes; "none" for an empty one.';

revoke all on function meta.keys_text(jsonb) from public;
