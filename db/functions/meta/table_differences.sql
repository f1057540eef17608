-- What hands have changed on class tables: said, never mended or dropped on the quiet.
--
-- Limits and triggers come back with meta.rebuild(); a column, key or foreign key that is
-- missing wants a decision, and a column that was added is kept and not shown.
-- requires: meta.class_path meta.column_target_table meta.effective_column meta.unique_stores

create or replace function meta.table_differences(p_filter text default null)
returns table (object text, relation text, difference text)
language sql
stable
security definer  -- lends: reading definitions to administrators and the runner
set search_path = pg_catalog, pg_temp
set jit = off  -- compiling plans over definitions costs seconds and saves nothing
as $$
  with chosen as (
    select
      c.id,
      c.deletion,
      c.parts,
      c.limits_sql,
      m.code || '.' || c.code as path,
      'datarow_' || c.id as name,
      to_regclass('data.datarow_' || c.id) as oid
    from meta.class as c
    inner join meta.model as m on c.model_id = m.id
    where p_filter is null or p_filter in (m.code, m.code || '.' || c.code)
  ),

  expected as (
    select s.id, s.oid, n.name as physical, null::text as code, n.type
    from chosen as s
    cross join (
      values
      ('id', 'bigint'), ('uid', 'uuid'), ('version', 'bigint'), ('creator', 'text'), ('created', 'timestamptz'),
      ('modifier', 'text'), ('modified', 'timestamptz'), ('deleter', 'text'), ('deleted', 'timestamptz'),
      ('created_source', 'text'), ('modified_source', 'text'), ('deleted_source', 'text'), ('shortdescription', 'text')
    ) as n (name, type)
    union all
    select s.id, s.oid, e.physical, e.code, e.sql_type
    from chosen as s
    inner join meta.effective_column as e on s.id = e.class_id and e.stored
    union all
    select s.id, s.oid, e.physical || '_class', e.code || '__class', 'text'
    from chosen as s
    inner join meta.effective_column as e on s.id = e.class_id and cardinality(e.targets) > 1
  ),

  found as (
    select s.id, a.attname::text as physical, a.atttypid, a.atttypmod
    from chosen as s
    inner join pg_attribute as a on s.oid = a.attrelid and a.attnum > 0 and not a.attisdropped
  ),

  difference (id, text) as (
    select s.id, 'the table is missing'
    from chosen as s
    where s.oid is null
    union all
    select
      x.id,
      case
        when f.physical is null then format('column %s is missing', x.physical)
        else format('column %s has the type %s instead of %s', x.physical, format_type(f.atttypid, f.atttypmod), x.type::regtype)
      end || coalesce(format(' (%s)', x.code), '')
    from expected as x
    left join found as f on x.id = f.id and x.physical = f.physical
    where x.oid is not null and f.atttypid is distinct from x.type::regtype
    union all
    select f.id, format('column %I was added by hand: kept, not shown', f.physical)
    from found as f
    left join expected as x on f.id = x.id and f.physical = x.physical
    where x.id is null
      and not exists (select from meta.dropped_column as d where d.class_id = f.id and d.physical = f.physical)
    union all
    select s.id, format('constraint %s is missing: its limits are not enforced', k.name)
    from chosen as s
    cross join lateral (
      select s.name || '_limits_check' as name where s.limits_sql is not null
      union all
      select s.name || '_pkey'
      union all
      select s.name || '_uid_key' where s.parts is null
      union all
      select format('%s_%s_fkey', s.name, e.physical)
      from meta.effective_column as e
      where e.class_id = s.id and e.type in ('reference', 'file', 'class') and not e.is_array
        and meta.column_target_table(e.column_id) is not null
    ) as k
    where s.oid is not null
      and not exists (select from pg_constraint as c where c.conrelid = s.oid and c.conname = k.name)
    union all
    select s.id, format('index %s_key_%s is missing: the natural key is not enforced', s.name, k.id)
    from chosen as s
    inner join meta.ancestry as a on s.id = a.class_id
    inner join meta.class_key as k on a.ancestor_id = k.class_id
    where s.oid is not null and to_regclass(format('data.%s_key_%s', s.name, k.id)) is null
    union all
    select s.id, format('table %s is missing: its unique values are not enforced', u.name)
    from chosen as s
    cross join lateral meta.unique_stores(s.id) as u
    where s.oid is not null and to_regclass('data.' || u.name) is null
    union all
    select s.id, format('%s of %s partitions are missing', s.parts - p.number, s.parts)
    from chosen as s
    cross join lateral (select count(*) as number from pg_inherits as i where i.inhparent = s.oid) as p
    where s.oid is not null and p.number < s.parts
    union all
    select s.id, format('trigger %I is %s', n.name, case when t.oid is null then 'missing' else 'disabled' end)
    from chosen as s
    cross join unnest(
      array['t00_truncate', 't10_stamp', 't80_forged_insert', 't80_forged_update', 't90_inserted', 't90_updated', 't90_deleted']
      || case when s.deletion = 'logical' then array['10_keep_deleted'] end
      || case when s.deletion = 'logical' and s.parts is not null then array['t00_lend'] end
    ) as n (name)
    left join pg_trigger as t on s.oid = t.tgrelid and n.name = t.tgname
    where s.oid is not null and coalesce(t.tgenabled, 'D') = 'D'
  )

  select s.path, 'data.' || s.name, d.text
  from difference as d
  inner join chosen as s on d.id = s.id
  order by s.path, d.text;
$$;

comment on function meta.table_differences(text) is
'Class tables altered by hand, a line each difference: of everything, a model, or one class (model.class).';

revoke all on function meta.table_differences(text) from public;
grant execute on function meta.table_differences(text) to pgears_admin, pgears_runner;
