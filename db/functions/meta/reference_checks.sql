-- Statements that stand in for foreign keys where a reference may point to several classes.
--
-- Writers of the reference must name an existing row; a row physically deleted must not be
-- referred to any more. As a foreign key does, a new reference locks the row that it names, so
-- that writer and deleter wait for each other and the second one sees what the first has done.
-- requires: meta.ancestry meta.class_path meta.effective_column meta.link_target

create or replace function meta.reference_checks(p_class bigint, p_event text)
returns text
language sql
stable
begin atomic
  with checked (line) as (
    select
      format(
        'if exists (select from new_rows as n%6$s where n.deleted is null and n.%1$I is not null and not case n.%2$I %3$s else false end)'
        ' then perform meta.refuse_reference(%4$s, %5$s); end if;',
        e.physical,
        e.physical || '_class',
        (
          select string_agg(
            format(
              'when %L then exists (select from %s as t where t.id = n.%I for key share)',
              meta.class_path(t.id), meta.link_target(t.id), e.physical
            ), ' ' order by t.id
          )
          from unnest(e.targets) as t (id)
        ),
        p_class,
        e.column_id,
        case
          when p_event = 'updated' then format(
            ' inner join old_rows as o on n.id = o.id and (n.%1$I, n.%2$I) is distinct from (o.%1$I, o.%2$I)', e.physical, e.physical || '_class'
          )
        end
      )
    from meta.effective_column as e
    where e.class_id = p_class and cardinality(e.targets) > 1 and p_event <> 'deleted'
    union all
    select
      format(
        'if exists (select from data.datarow_%1$s as r inner join old_rows as o on r.%2$I = o.id where r.%3$I = %4$L)'
        ' then perform meta.refuse_reference(%1$s, %5$s); end if;',
        e.class_id, e.physical, e.physical || '_class', meta.class_path(a.ancestor_id), e.column_id
      )
    from meta.ancestry as a
    inner join meta.effective_column as e on a.ancestor_id = any(e.targets)
    where a.class_id = p_class and cardinality(e.targets) > 1 and p_event = 'deleted'
  )

  select coalesce(string_agg('  ' || c.line, e'\n' order by c.line), '')
  from checked as c;
end;

comment on function meta.reference_checks(bigint, text) is 'Part of a generated trigger function: checks of references to several classes.';

revoke all on function meta.reference_checks(bigint, text) from public;
