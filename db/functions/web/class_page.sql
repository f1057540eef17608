-- What pages need to know of a class, for the account of a seal; behind web.page_class().
--
-- Columns that the account may not read are left out. Which rows it sees and whether a change
-- is allowed is decided when it is tried; the rights here say which buttons to show.
-- requires: access.may access.sealed_account access.visible_columns flow.language_text meta.class_name meta.effective_column

create or replace function web.class_page(p_account text, p_seal text, p_model text, p_class text, p_language text)
returns jsonb
language sql
stable
security definer  -- lends: reading the definition of a class to whoever may read or add records
set search_path = pg_catalog, pg_temp
as $$
  select
    jsonb_build_object(
      'id', c.id,
      'model', m.code,
      'class', c.code,
      'path', n.path,
      'view', format('%s_%s', m.code, c.code),
      'name', coalesce(flow.language_text(c.name, p_language), c.code),
      'model_name', coalesce(flow.language_text(m.name, p_language), m.code),
      'archive', c.archive,
      'may', (
        select jsonb_object_agg(o.operation, access.may(a.login, 'class', n.path, o.operation))
        from unnest(array['read', 'insert', 'change', 'delete']) as o (operation)
      ),
      'page', coalesce((select p.definition from web.page as p where p.class_id = c.id), '{}'),
      'columns', coalesce(
        (
          select
            jsonb_agg(
              jsonb_strip_nulls(
                jsonb_build_object(
                  'code', e.code,
                  'name', coalesce(flow.language_text(e.definition -> 'name', p_language), e.code),
                  'type', e.type,
                  'result', e.definition ->> 'result',
                  'multiple', e.is_array,
                  'user', e.target_user,
                  'localized', e.sql_type = 'jsonb',
                  'stored', e.stored,
                  'mandatory', coalesce((e.definition ->> 'mandatory')::boolean, false),
                  'default', e.definition -> 'default',
                  'sequence', e.definition ? 'sequence',
                  'states', coalesce((e.definition ->> 'states')::integer, 3),
                  'min', e.definition -> 'min',
                  'max', e.definition -> 'max',
                  'min_length', e.definition -> 'min_length',
                  'max_length', coalesce(e.definition -> 'max_length', case when e.type = 'text' then '255' end::jsonb),
                  'pattern', e.definition -> 'pattern',
                  'pattern_message', e.definition -> 'pattern_message',
                  'max_files', e.definition -> 'max_files',
                  'suffixes', e.definition -> 'suffixes',
                  'classes', (
                    select jsonb_agg(jsonb_build_object('model', split_part(t.path, '.', 1), 'class', split_part(t.path, '.', 2)) order by i.position)
                    from unnest(e.targets) with ordinality as i (class_id, position)
                    inner join meta.class_name as t on i.class_id = t.id
                  ),
                  'reverse_of', case when e.type = 'reverse' then e.definition ->> 'column' end,
                  'insert', e.stored and e.type <> 'calculated'
                    and coalesce((e.definition ->> 'editable_on_insert')::boolean, true)
                    and e.column_id = any(d.insertable),
                  'change', e.stored and e.type <> 'calculated'
                    and coalesce((e.definition ->> 'editable_on_update')::boolean, true)
                    and e.column_id = any(d.changeable)
                )
              )
              order by e.position
            )
          from meta.effective_column as e
          where e.class_id = c.id and e.column_id = any(d.readable)
        ),
        '[]'
      )
    )
  from (select access.sealed_account(p_account, p_seal) as login) as a
  cross join meta.class as c
  inner join meta.model as m on c.model_id = m.id
  inner join meta.class_name as n on c.id = n.id
  cross join lateral (
    select
      access.visible_columns(a.login, c.id, 'read') as readable,
      access.visible_columns(a.login, c.id, 'insert') as insertable,
      access.visible_columns(a.login, c.id, 'change') as changeable
    offset 0  -- once for the class, not for each column
  ) as d
  where m.code = p_model and c.code = p_class
    and (access.may(a.login, 'class', n.path, 'read') or access.may(a.login, 'class', n.path, 'insert'));
$$;

comment on function web.class_page(text, text, text, text, text) is
'Description of a class as web.page_class() gives it. Raises PG008 for a wrong seal.';

-- It believes the seal alone.
revoke all on function web.class_page(text, text, text, text, text) from public;
grant execute on function web.class_page(text, text, text, text, text) to public;
