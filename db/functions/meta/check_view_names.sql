-- Refuse a model whose API views would have one name twice or a name too long.
--
-- Names are <model>_<class>, <model>_<class>_all and <model>_<query>: a model a_b with class
-- c and a model a with class b_c would meet. Called after each change of a code.

create or replace function meta.check_view_names()
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_name text;
  v_owners text;
begin
  with named as (
    select m.code || '_' || c.code || s.suffix as name, 'class ' || m.code || '.' || c.code as owner
    from meta.class as c
    inner join meta.model as m on c.model_id = m.id
    cross join (values (''), ('_all')) as s (suffix)
    union all
    select m.code || '_' || q.code, 'query ' || m.code || '.' || q.code
    from meta.query as q
    inner join meta.model as m on q.model_id = m.id
  )

  select n.name, string_agg(n.owner, ' and ' order by n.owner)
  into v_name, v_owners
  from named as n
  group by n.name
  having count(*) > 1 or octet_length(n.name) > 63
  order by n.name
  limit 1;

  if v_name is null then
    return;
  end if;

  if octet_length(v_name) > 63 then
    raise exception 'the API view "%" of % would have % bytes, 63 are possible', v_name, v_owners, octet_length(v_name)
      using errcode = 'PG103', hint = 'Model, "_", class and "_all" make the name: choose shorter codes.';
  end if;

  raise exception '% would both be shown as API view "%"', v_owners, v_name
    using errcode = 'PG104', hint = 'Change the code of one of them.';
end;
$$;

comment on function meta.check_view_names() is
'Check that API view names are unique and short enough. Raises PG103, PG104.';

revoke all on function meta.check_view_names() from public;
