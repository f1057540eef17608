-- Part of a trigger function of a partitioned class: keep its tables of unique values.
--
-- After an update a value is compared with what its table has, so that an update of other
-- columns writes nothing there. Values that rows of one statement exchange are free by then.
-- Rows that a logical deletion puts back have kept theirs.
-- requires: meta.unique_stores

create or replace function meta.unique_statements(p_class bigint, p_event text)
returns text
language sql
stable
begin atomic
  select
    string_agg(
      case p_event
        when 'inserted' then format(
          '  insert into data.%1$I (%2$s, id) select %3$s, n.id from new_rows as n where n.deleted is null;',
          s.name, c.plain, c.of_row
        )
        when 'updated' then format(
          '  delete from data.%1$I as u using new_rows as n where u.id = n.id and (%5$srow(%4$s) is distinct from row(%3$s));'
          || '  insert into data.%1$I (%2$s, id) select %3$s, n.id from new_rows as n'
          || ' where %6$snot exists (select from data.%1$I as u where u.id = n.id);',
          s.name, c.plain, c.of_row, c.of_store,
          case when s.live then 'n.deleted is not null or ' else '' end,
          case when s.live then 'n.deleted is null and ' else '' end
        )
        else format('  delete from data.%1$I as u using old_rows as o where %2$s;', s.name, case when s.fixed then c.same else 'u.id = o.id' end)
      end,
      e'\n' order by s.name
    )
  from meta.unique_stores(p_class) as s
  inner join meta.class as k on k.id = p_class
  cross join lateral (
    select
      string_agg(n.name, ', ' order by n.position) as plain,
      string_agg('n.' || n.name, ', ' order by n.position) as of_row,
      string_agg('u.' || n.name, ', ' order by n.position) as of_store,
      string_agg(format('u.%1$s = o.%1$s', n.name), ' and ' order by n.position) as same
    from unnest(s.columns) with ordinality as n (name, position)
  ) as c
  where
    case p_event
      when 'inserted' then true
      when 'updated' then not s.fixed
      else s.live or k.deletion = 'physical'
    end;
end;

comment on function meta.unique_statements(bigint, text) is 'Part of a generated trigger function: keep the tables of unique values; null where there are none.';

revoke all on function meta.unique_statements(bigint, text) from public;
