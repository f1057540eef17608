-- Statements that hold file columns to their limits, for one after trigger of a class.
--
-- Every writer's rows pass here. An update is asked about the rows whose files changed.
-- requires: meta.effective_column

create or replace function meta.file_checks(p_class bigint, p_event text)
returns text
language sql
stable
begin atomic
  with files as (
    select
      e.column_id,
      e.definition,
      format(case when e.is_array then 'coalesce(n.%I, ''{}'')' else 'array[n.%I]' end, e.physical) as given,
      format(case when e.is_array then 'coalesce(o.%I, ''{}'')' else 'array[o.%I]' end, e.physical) as former,
      case p_event
        when 'updated' then format('from new_rows as n inner join old_rows as o on n.id = o.id where n.deleted is null and n.%1$I is distinct from o.%1$I', e.physical)
        else 'from new_rows as n where n.deleted is null'
      end as source
    from meta.effective_column as e
    where e.class_id = p_class and e.type = 'file' and e.stored
  ),

  lines (position, line) as (
    select
      f.column_id * 10 + 1,
      format(
        'perform meta.check_files(%s, %s, array(select t.id from (select %s as files %s) as g, unnest(g.files) as t (id) where t.id is not null));',
        p_class, f.column_id, f.given, f.source
      )
    from files as f
    where p_event in ('inserted', 'updated')
    union all
    select
      f.column_id * 10 + 2,
      format('if exists (select %s and cardinality(%s) > %s) then perform meta.refuse_files(%s, %s, true); end if;',
        f.source, f.given, f.definition ->> 'max_files', p_class, f.column_id)
    from files as f
    where p_event in ('inserted', 'updated') and f.definition ? 'max_files'
    union all
    select
      f.column_id * 10 + 3,
      case f.definition ->> 'file_deletion'
        when 'forbidden' then format(
          'if exists (select %s and not array_remove(%s, null) <@ %s) then perform meta.refuse_files(%s, %s, false); end if;',
          f.source, f.former, f.given, p_class, f.column_id
        )
        else format(
          'perform meta.remove_files(array(select t.id from (select %s as before, %s as after %s) as g, unnest(g.before) as t (id)'
          ' where t.id is not null and t.id <> all (array_remove(g.after, null))), %L);',
          f.former, f.given, f.source, f.definition ->> 'file_deletion'
        )
      end
    from files as f
    where p_event = 'updated' and f.definition ->> 'file_deletion' in ('forbidden', 'content', 'physical')
    union all
    select
      f.column_id * 10 + 4,
      format(
        'perform meta.remove_files(array(select t.id from (select %s as before from old_rows as o) as g, unnest(g.before) as t (id) where t.id is not null), %L);',
        f.former, f.definition ->> 'file_deletion'
      )
    from files as f
    where p_event = 'deleted' and f.definition ->> 'file_deletion' in ('content', 'physical')
  )

  select coalesce(string_agg('  ' || l.line, e'\n' order by l.position), '')
  from lines as l;
end;

comment on function meta.file_checks(bigint, text) is 'Part of a generated trigger function: limits of file columns and files let go of.';

revoke all on function meta.file_checks(bigint, text) from public;
