-- Statements that keep family and link tables, for one after trigger of a class.
--
-- p_event is inserted, updated or deleted. Set-based over the transition tables; an update
-- touches only the links of rows whose values changed. Logical deletion keeps all links.
-- requires: meta.ancestry meta.effective_column

create or replace function meta.link_statements(p_class bigint, p_event text)
returns text
language sql
stable
begin atomic
  with family as (
    select a.ancestor_id as id
    from meta.ancestry as a
    where a.class_id = p_class and exists (select from meta.class as c where c.parent_id = a.ancestor_id)
  ),

  statement (position, line) as (
    select
      0,
      case p_event
        when 'inserted' then format(
          'insert into data.family_%s (id, class_id) select n.id, %s from new_rows as n where n.deleted is null;', f.id, p_class
        )
        when 'deleted' then format('delete from data.family_%s as f using old_rows as o where f.id = o.id;', f.id)
      end
    from family as f
    union all
    select
      1,
      case p_event
        when 'deleted' then format('delete from data.link_%s as l using old_rows as o where l.row_id = o.id;', e.column_id)
        when 'updated' then format(
          'delete from data.link_%1$s as l using new_rows as n, old_rows as o'
          ' where n.id = o.id and l.row_id = n.id and n.%2$I is distinct from o.%2$I;',
          e.column_id, e.physical
        )
      end
    from meta.effective_column as e
    where e.class_id = p_class and e.is_array
    union all
    select
      2,
      format(
        'insert into data.link_%1$s (row_id, target_id, position)'
        ' select n.id, t.target_id, t.position from new_rows as n%3$s'
        ' cross join lateral unnest(n.%2$I) with ordinality as t (target_id, position)%4$s;',
        e.column_id,
        e.physical,
        case p_event when 'updated' then ' inner join old_rows as o on n.id = o.id' else '' end,
        case p_event
          when 'updated' then format(' where n.%1$I is distinct from o.%1$I', e.physical)
          else ' where n.deleted is null'
        end
      )
    from meta.effective_column as e
    where e.class_id = p_class and e.is_array and p_event <> 'deleted'
  )

  select coalesce(string_agg('  ' || s.line, e'\n' order by s.position, s.line), '')
  from statement as s;
end;

comment on function meta.link_statements(bigint, text) is 'Part of a generated trigger function: upkeep of family and link tables.';

revoke all on function meta.link_statements(bigint, text) from public;
