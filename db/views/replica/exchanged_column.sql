-- Columns of each class as they travel: by code, references by what is the same everywhere.
--
-- Rows refer by uid, users by login, classes by path, files by uid with name and hash.
-- "targets" is a query (id, key, path) of what a column may refer to; "reads" gives the value
-- of a row r as it travels, "writes" the ids for a staged row x.
-- requires: meta.effective_column meta.ancestry meta.class_name

create or replace view replica.exchanged_column as
select
  t.class_id,
  t.column_id,
  t.code,
  t.physical,
  t.position,
  t.kind,
  t.is_array,
  t.sql_type,
  t.several,
  case
    when t.kind = 'value' then t.sql_type
    when t.kind = 'file' then 'jsonb'
    when t.kind = 'row' then 'uuid' || t.brackets
    else 'text' || t.brackets
  end as carried_type,
  case
    when t.kind = 'value' then format('r.%I', t.physical)
    when not t.is_array then format(
      '(select %s from (%s) as t where t.id = r.%I%s)',
      t.shown, t.targets, t.physical, case when t.several then format(' and t.path = r.%I', t.physical || '_class') else '' end
    )
    when t.kind = 'file' then format(
      'case when r.%1$I is not null then (select coalesce(jsonb_agg(%2$s order by u.n), ''[]'')'
      ' from unnest(r.%1$I) with ordinality as u (id, n) inner join (%3$s) as t on u.id = t.id) end',
      t.physical, t.shown, t.targets
    )
    else format(
      'case when r.%1$I is not null then array(select t.key from unnest(r.%1$I) with ordinality as u (id, n)'
      ' inner join (%2$s) as t on u.id = t.id order by u.n) end',
      t.physical, t.targets
    )
  end as reads,
  case
    when t.kind = 'value' then format('x.%I', t.code)
    when not t.is_array then format('(select t.id from (%s) as t where t.key = %s limit 1)', t.targets, t.given)
    else format(
      'case when x.%1$I is not null then array(select t.id from %2$s inner join (%3$s) as t on %4$s = t.key order by u.n) end',
      t.code,
      format(case t.kind when 'file' then 'jsonb_array_elements(x.%I)' else 'unnest(x.%I)' end || ' with ordinality as u (key, n)', t.code),
      t.targets,
      case t.kind when 'file' then '(u.key ->> ''uid'')::uuid' else 'u.key' end
    )
  end as writes,
  case when t.several then format('(select t.path from (%s) as t where t.key = x.%I limit 1)', t.targets, t.code) end as writes_class
from (
  select
    e.class_id,
    e.column_id,
    e.code,
    e.physical,
    e.position,
    e.is_array,
    e.sql_type,
    cardinality(e.targets) > 1 as several,
    case when e.is_array then '[]' else '' end as brackets,
    k.kind,
    case k.kind when 'file' then format('(x.%I ->> ''uid'')::uuid', e.code) else format('x.%I', e.code) end as given,
    case k.kind
      when 'file' then 'jsonb_build_object(''uid'', t.key, ''name'', t.name, ''media_type'', t.media_type, ''sha256'', encode(t.sha256, ''hex''),'
        ' ''created'', t.created, ''creator'', t.creator)'
      else 't.key'
    end as shown,
    case k.kind
      when 'user' then 'select a.id, a.login as key, null::text as path from access.account as a'
      when 'class' then 'select n.id, n.path as key, null::text as path from meta.class_name as n'
      when 'file' then 'select f.id, f.uid as key, null::text as path, f.name, f.media_type, f.sha256, f.created, f.creator from core.file as f'
      when 'row' then (
        select string_agg(
          format('select d.id, d.uid as key, %L::text as path from data.datarow_%s as d', meta.class_path(g.id), a.class_id),
          ' union all ' order by g.n, a.depth, a.class_id
        )
        from unnest(e.targets) with ordinality as g (id, n)
        inner join meta.ancestry as a on g.id = a.ancestor_id
      )
    end as targets
  from meta.effective_column as e
  cross join lateral (
    select
      case
        when e.type = 'reference' and e.target_user then 'user'
        when e.type = 'reference' then 'row'
        when e.type in ('file', 'class') then e.type
        else 'value'
      end as kind
  ) as k
  where e.stored and e.type <> 'calculated'
) as t;

comment on view replica.exchanged_column is 'Columns of classes as replication reads and writes them.';
