-- API views of a model file whose names would be too long, meet one another or those of other models.
--
-- A code that is too long by itself is a mistake of its own.

create or replace function meta.view_name_mistakes(p_file jsonb)
returns table (code text, message text, path text, hint text)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_model constant text := p_file ->> 'model';
begin
  return query
  with named as (
    select v_model || '_' || c.key || s.suffix as name, format('class %s.%s', v_model, c.key) as owner, '$.classes.' || c.key as path
    from jsonb_each(meta.section_of(p_file, 'classes')) as c
    cross join (values (''), ('_all')) as s (suffix)
    where octet_length(c.key) <= 63
    union all
    select v_model || '_' || q.key, format('query %s.%s', v_model, q.key), '$.queries.' || q.key
    from jsonb_each(meta.section_of(p_file, 'queries')) as q
    where octet_length(q.key) <= 63
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
  ),

  view as (
    select n.name, string_agg(n.owner, ' and ' order by n.owner) as owners, max(n.path) as path, count(*) as owned
    from named as n
    group by n.name
  )

  select
    case when octet_length(v.name) > 63 then 'PG103' else 'PG104' end,
    case
      when octet_length(v.name) > 63
        then format('the API view "%s" of %s would have %s bytes, 63 are possible', v.name, v.owners, octet_length(v.name))
      else format('%s would both be shown as API view "%s"', v.owners, v.name)
    end,
    v.path,
    case
      when octet_length(v.name) > 63 then 'Model, "_", class and "_all" make the name: choose shorter codes.'
      else 'Change the code of one of them.'
    end
  from view as v
  where v.path is not null and (v.owned > 1 or octet_length(v.name) > 63)
  order by v.name;
end;
$$;

comment on function meta.view_name_mistakes(jsonb) is 'What is wrong with the names of API views that a model file leads to.';

revoke all on function meta.view_name_mistakes(jsonb) from public;
