-- Refuse a model file whose API views would be too long, meet one another or those of other models.

create or replace function meta.check_joined_names(p_file jsonb)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_model constant text := p_file ->> 'model';
  v_wrong record;
begin
  with named as (
    select v_model || '_' || c.key || s.suffix as name, format('class %s.%s', v_model, c.key) as owner, '$.classes.' || c.key as path
    from jsonb_each(meta.section_of(p_file, 'classes')) as c
    cross join (values (''), ('_all')) as s (suffix)
    union all
    select v_model || '_' || q.key, format('query %s.%s', v_model, q.key), '$.queries.' || q.key
    from jsonb_each(meta.section_of(p_file, 'queries')) as q
    union all
    select m.code || '_' || c.code || s.suffix, format('class %s.%s', m.code, c.code), null
    from meta.class as c
    inner join meta.model as m on c.model_id = m.id
    cross join (values (''), ('_all')) as s (suffix)
    where m.code <> v_model
    union all
    select m.code || '_' || q.code, format('query %s.%s', m.code, q.code), null
    from meta.query as q
    inner join meta.model as m on q.model_id = m.id
    where m.code <> v_model
  )

  select n.name, string_agg(n.owner, ' and ' order by n.owner) as owners, max(n.path) as path into v_wrong
  from named as n
  group by n.name
  having (count(*) > 1 or octet_length(n.name) > 63) and max(n.path) is not null
  order by n.name
  limit 1;

  if not found then
    return;
  end if;

  if octet_length(v_wrong.name) > 63 then
    raise exception 'the API view "%" of % would have % bytes, 63 are possible', v_wrong.name, v_wrong.owners, octet_length(v_wrong.name)
      using errcode = 'PG103', detail = v_wrong.path, hint = 'Model, "_", class and "_all" make the name: choose shorter codes.';
  end if;

  raise exception '% would both be shown as API view "%"', v_wrong.owners, v_wrong.name
    using errcode = 'PG104', detail = v_wrong.path, hint = 'Change the code of one of them.';
end;
$$;

comment on function meta.check_joined_names(jsonb) is 'Check the names of API views that a model file leads to. Raises PG103, PG104.';

revoke all on function meta.check_joined_names(jsonb) from public;
