-- What each API view should look like now: the context of its template, and its stamp.
--
-- One statement for all classes. "form" is the number of the templates' form: raise it when
-- a template prints something else, and every view becomes stale.
-- requires: meta.query_text meta.view_column

create or replace function meta.view_definitions(p_filter text default null)
returns table (kind text, object_id bigint, name text, path text, stamp text, context jsonb)
language sql
stable
begin atomic
  with chosen as (
    select
      c.id,
      m.code || '.' || c.code as path,
      m.code || '_' || c.code as name,
      c.description_column
    from meta.class as c
    inner join meta.model as m on c.model_id = m.id
    where p_filter is null or p_filter in (m.code, m.code || '.' || c.code)
  ),

  user_columns as (
    select
      v.class_id,
      jsonb_agg(
        jsonb_build_object('name', v.name, 'source', v.source, 'form', v.form) || v.detail
        order by v.position, v.part
      ) as columns
    from meta.view_column as v
    -- An array, which reaches the index: a join would compute the columns of all classes.
    where v.class_id = any(array(select s.id from chosen as s))
    group by v.class_id
  ),

  described as (
    select
      s.kind,
      c.id,
      c.name || s.suffix as name,
      c.path,
      jsonb_build_object(
        'form', 1,
        'name', c.name || s.suffix,
        'table', 'datarow_' || c.id,
        'description', c.description_column,
        'comment', format(s.comment, c.path),
        'columns', s.system || coalesce(u.columns, '[]')
      ) as context
    from chosen as c
    cross join (
      select
        v.kind,
        v.suffix,
        v.comment,
        jsonb_agg(jsonb_build_object('name', n.name, 'source', n.name, 'form', 'stored') order by n.position) as system
      from (
        values
        ('class', '', 'Class %s without deleted rows', array['deleted']),
        ('all', '_all', 'Class %s with deleted rows', array['deleter', 'deleted', 'deleted_source'])
      ) as v (kind, suffix, comment, own)
      cross join unnest(
        array['id', 'uid', 'version', 'shortdescription', 'creator', 'created', 'modifier', 'modified', 'created_source', 'modified_source']
        || v.own
      ) with ordinality as n (name, position)
      group by v.kind, v.suffix, v.comment
    ) as s
    left join user_columns as u on c.id = u.class_id
    union all
    select
      'query',
      q.id,
      m.code || '_' || q.code,
      m.code || '.' || q.code,
      jsonb_build_object(
        'form', 1,
        'name', m.code || '_' || q.code,
        'comment', format('Query %s.%s', m.code, q.code),
        'query', meta.query_text(m.code, q.sql),
        'columns', '[]'::jsonb
      )
    from meta.query as q
    inner join meta.model as m on q.model_id = m.id
    where p_filter is null or p_filter in (m.code, m.code || '.' || q.code)
  )

  select
    d.kind,
    d.id,
    d.name,
    d.path,
    md5(d.context::text),
    d.context
  from described as d;
end;

comment on function meta.view_definitions(text) is
'Context and stamp of the API views of everything, of a model, or of one class or query (model.code).';

revoke all on function meta.view_definitions(text) from public;
