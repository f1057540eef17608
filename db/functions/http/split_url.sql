-- The call that gets an address: the target that it lies under, and the path behind that.

create or replace function http.split_url(p_url text, p_model bigint)
returns jsonb
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_call jsonb;
begin
  select jsonb_build_object('target', m.code || '.' || t.code, 'method', 'GET', 'path', substr(p_url, length(u.url) + 1)) into v_call
  from http.target as t
  inner join meta.model as m on t.model_id = m.id
  cross join lateral (select rtrim(t.definition ->> 'url', '/') as url) as u
  where starts_with(p_url, u.url) and substr(p_url, length(u.url) + 1) ~ '^($|[/?])'
  order by length(u.url) desc, t.model_id is distinct from p_model, t.id
  limit 1;

  if not found then
    raise exception 'the address "%" lies under no target', p_url
      using errcode = 'PG541', hint = 'Define a target with the beginning of the address as its "url".';
  end if;

  return v_call;
end;
$$;

comment on function http.split_url(text, bigint) is 'Call (target, method GET, path) for an address below that of a target. Raises PG541.';

revoke all on function http.split_url(text, bigint) from public;
