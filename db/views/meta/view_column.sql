-- The columns of API views: name, what each shows (source) and how it is read (form).
--
-- The source tells a renamed column from a new one and stays the same for life. Forms with
-- more to say than the physical column carry it in detail; templates/sql has a macro each.
-- requires: meta.ancestry meta.effective_column

create or replace view meta.view_column as
with family as (
  select
    a.ancestor_id as class_id,
    jsonb_agg('described_' || a.class_id order by a.depth, a.class_id) as tables,
    array_agg(a.class_id order by a.depth, a.class_id) as members
  from meta.ancestry as a
  group by a.ancestor_id
),

path as (
  select
    c.id as class_id,
    m.code || '.' || c.code as path
  from meta.class as c
  inner join meta.model as m on c.model_id = m.id
)

select
  e.class_id,
  e.position,
  0 as part,
  e.code as name,
  e.physical as source,
  'stored' as form,
  '{}'::jsonb as detail
from meta.effective_column as e
where e.stored
union all
select
  e.class_id,
  e.position,
  1,
  e.code || '__class',
  e.physical || '_class',
  'stored',
  '{}'
from meta.effective_column as e
where e.type = 'reference' and cardinality(e.targets) > 1
union all
select
  e.class_id,
  e.position,
  2,
  e.code || '__text',
  e.physical || '__text',
  case
    when e.type = 'class' then 'class_name'
    when e.type <> 'reference' then 'translation'
    when e.target_user and e.is_array then 'account_names'
    when e.target_user then 'account_name'
    when cardinality(e.targets) > 1 then 'description_by_class'
    when e.is_array then 'descriptions'
    else 'description'
  end,
  case
    when e.type = 'reference' and not e.target_user then (
      select
        jsonb_build_object(
          'targets',
          jsonb_agg(jsonb_build_object('class', p.path, 'tables', f.tables) order by t.position)
        )
      from unnest(e.targets) with ordinality as t (class_id, position)
      inner join family as f on t.class_id = f.class_id
      inner join path as p on t.class_id = p.class_id
    )
    when e.type not in ('reference', 'class')
      then jsonb_build_object('language', (select l.code from meta.language as l where l.is_default))
    else '{}'
  end || jsonb_build_object('physical', e.physical)
from meta.effective_column as e
where e.type in ('reference', 'class') or e.sql_type = 'jsonb'
union all
select
  e.class_id,
  e.position,
  0,
  e.code,
  e.physical,
  'referrers',
  jsonb_build_object(
    'tables', (
      select jsonb_agg(format('referring_%s_%s', m.class_id, r.column_id) order by m.position)
      from unnest(f.members) with ordinality as m (class_id, position)
    ),
    'classes',
    case
      when cardinality(r.targets) > 1 then (
        select jsonb_agg(p.path order by a.depth)
        from meta.ancestry as a
        inner join path as p on a.ancestor_id = p.class_id
        where a.class_id = e.class_id and a.ancestor_id = any(r.targets)
      )
    end
  )
from meta.effective_column as e
inner join family as f on f.class_id = e.targets[1]
inner join meta.effective_column as r on r.class_id = e.targets[1] and r.code = e.definition ->> 'column'
where e.type = 'reverse';

comment on view meta.view_column is
'Columns that API views show for the defined columns of each class, in the order of position and part.';
