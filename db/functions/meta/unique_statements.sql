-- Part of a trigger function of a partitioned class: keep its tables of unique values.
--
-- After an update a value is compared with what its table has, so that an update of other
-- columns writes nothing there. Values that rows of one statement exchange are free by then.
-- Rows that a logical deletion puts back have kept theirs. A value that is taken is found by what
-- is missing afterwards: catching the error would cost each statement a transaction of its own,
-- and its text would show values.
-- requires: meta.unique_stores

create or replace function meta.unique_statements(p_class bigint, p_event text)
returns text
language sql
stable
begin atomic
  select
    string_agg(
      case
        when p_event = 'deleted' then format('  delete from data.%1$I as u using old_rows as o where %2$s;', s.name, c.same)
        when s.fixed then format(
          '  declare v_count bigint; begin'
          || '  insert into data.%1$I (%2$s, id) select %3$s, n.id from new_rows as n where n.deleted is null on conflict do nothing;'
          || '  get diagnostics v_count = row_count;'
          || '  if v_count < cardinality(v_ids) then perform meta.refuse_duplicate(%4$s, %5$L); end if;  end;',
          s.name, c.plain, c.of_row, p_class, s.index
        )
        else format(
          case p_event when 'updated' then '  delete from data.%1$I as u using new_rows as n where u.id = n.id and (%7$s);' else '' end
          || '  if exists (%6$s) then'
          || '  insert into data.%1$I (%2$s, id) select %3$s, n.id from new_rows as n where %8$s on conflict do nothing;'
          || '  if exists (%6$s) then perform meta.refuse_duplicate(%4$s, %5$L); end if;  end if;',
          s.name, c.plain, c.of_row, p_class, s.index,
          format('select from new_rows as n where %s', k.missing),
          k.changed,
          k.missing
        )
      end,
      e'\n' order by s.name
    )
  from meta.unique_stores(p_class) as s
  cross join lateral (
    select
      string_agg(n.name, ', ' order by n.position) as plain,
      string_agg('n.' || n.name, ', ' order by n.position) as of_row,
      case
        when s.fixed then string_agg(format('u.%1$s = o.%1$s', n.name), ' and ' order by n.position)
        else 'u.id = o.id'
      end as same,
      format('row(%s) is distinct from row(%s)', string_agg('u.' || n.name, ', '), string_agg('n.' || n.name, ', ')) as differs
    from unnest(s.columns) with ordinality as n (name, position)
  ) as c
  cross join lateral (
    select
      case when s.live then 'n.deleted is not null or ' else '' end || c.differs as changed,
      case when s.live or p_event = 'inserted' then 'n.deleted is null and ' else '' end
      || format('not exists (select from data.%I as u where u.id = n.id)', s.name) as missing
  ) as k
  where
    case p_event
      when 'inserted' then true
      when 'updated' then not s.fixed
      else s.live or (select d.deletion = 'physical' from meta.class as d where d.id = p_class)
    end;
end;

comment on function meta.unique_statements(bigint, text) is 'Part of a generated trigger function: keep the tables of unique values; null where there are none.';

revoke all on function meta.unique_statements(bigint, text) from public;
