-- Roles of a model as their definitions in a model file.
--
-- As they were written, with the codes that things have now.
-- requires: access.object_name

create or replace function access.role_definitions(p_model bigint)
returns table (id bigint, code text, definition jsonb)
language sql
stable
begin atomic
  with entry as (
    select
      m.id,
      r.position,
      r.value || jsonb_strip_nulls(jsonb_build_object(
        'class', (
          select access.object_name(r.value ->> 'class', o.code, c.code)
          from meta.class as c
          inner join meta.model as o on c.model_id = o.id
          where c.id = (n.value ->> 'class')::bigint
        ),
        'query', (
          select access.object_name(r.value ->> 'query', o.code, q.code)
          from meta.query as q
          inner join meta.model as o on q.model_id = o.id
          where q.id = (n.value ->> 'query')::bigint
        ),
        'scope', (
          select access.object_name(r.value ->> 'scope', o.code, s.code)
          from access.structure as s
          inner join meta.model as o on s.model_id = o.id
          where s.id = (n.value ->> 'scope')::bigint
        ),
        'column', (select k.code from meta.class_column as k where k.id = (n.value ->> 'column')::bigint),
        'hide', case when r.value ? 'hide' then (
          select coalesce(jsonb_agg(k.code order by h.position), '[]')
          from jsonb_array_elements_text(n.value -> 'hide') with ordinality as h (column_id, position)
          inner join meta.class_column as k on k.id = h.column_id::bigint
        ) end
      )) as value
    from access.role_model as m
    cross join lateral jsonb_array_elements(coalesce(m.definition -> 'rights', '[]')) with ordinality as r (value, position)
    inner join lateral jsonb_array_elements(m.resolved) with ordinality as n (value, position) on r.position = n.position
    where m.model_id = p_model
      -- An object that was dropped took its right along.
      and (not r.value ? 'class' or exists (select from meta.class as c where c.id = (n.value ->> 'class')::bigint))
      and (not r.value ? 'query' or exists (select from meta.query as q where q.id = (n.value ->> 'query')::bigint))
  )

  select
    m.id,
    o.code,
    m.definition || jsonb_build_object(
      'rights', (select coalesce(jsonb_agg(e.value order by e.position), '[]') from entry as e where e.id = m.id)
    )
  from access.role_model as m
  inner join access.role as o on m.role_id = o.id
  where m.model_id = p_model;
end;

comment on function access.role_definitions(bigint) is 'Id, code and definition of each role in a model.';

revoke all on function access.role_definitions(bigint) from public;
