-- Make the views by which API views of other classes show rows of this one.
--
-- data.described_<class>: id and short description, for the columns <code>__text.
-- data.referring_<class>_<column>: who refers to whom, for reverse references.
-- Their columns never change, so nothing built upon them is disturbed. Everybody may select
-- these columns, and row security alone says who gets rows: a reader without the right sees
-- the id and a null text, never "permission denied".
-- requires: meta.effective_column

create or replace function meta.build_readers(p_class bigint)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_view record;
begin
  for v_view in
    select
      'described_' || p_class as name,
      format(
        'select r.id, r.shortdescription from data.datarow_%1$s as r',
        p_class
      ) as query,
      format('grant select (id, shortdescription) on data.datarow_%s to public', p_class) as grants,
      'Short descriptions of class ' || meta.class_path(p_class) || ' for API views of other classes. Generated.' as comment,
      -- After a change of the format the view must leave the former column.
      exists (
        select from pg_depend as d
        inner join pg_rewrite as w on d.objid = w.oid and w.ev_class = to_regclass('data.described_' || p_class)
        inner join pg_attribute as a on d.refobjid = a.attrelid and d.refobjsubid = a.attnum
        where d.classid = 'pg_rewrite'::regclass and d.refclassid = 'pg_class'::regclass
          and d.refobjid = to_regclass('data.datarow_' || p_class) and a.attname = 'shortdescription'
      ) as current
    union all
    select
      format('referring_%s_%s', p_class, e.column_id),
      case
        when e.is_array then format(
          'select l.row_id as id, l.target_id, null::text as target_class from data.link_%2$s as l'
          ' inner join data.datarow_%1$s as r on l.row_id = r.id where r.deleted is null',
          p_class, e.column_id
        )
        else format(
          'select r.id, r.%2$I as target_id, %3$s as target_class from data.datarow_%1$s as r'
          ' where r.deleted is null',
          p_class,
          e.physical,
          case when cardinality(e.targets) > 1 then format('r.%I', e.physical || '_class') else 'null::text' end
        )
      end,
      format('grant select (id, deleted%2$s) on data.datarow_%1$s to public', p_class, case
        when e.is_array then ''
        when cardinality(e.targets) > 1 then format(', %1$I, %2$I', e.physical, e.physical || '_class')
        else format(', %I', e.physical)
      end)
      || case when e.is_array then format('; grant select (row_id, target_id) on data.link_%s to public', e.column_id) else '' end,
      format('Rows of class %s and what their column %s refers to, for API views of other classes. Generated.', meta.class_path(p_class), e.physical),
      to_regclass(format('data.referring_%s_%s', p_class, e.column_id)) is not null
    from meta.effective_column as e
    where e.class_id = p_class and e.type = 'reference' and not e.target_user
  loop
    continue when v_view.current and exists (
      select from pg_class as c
      where c.oid = to_regclass(format('data.%I', v_view.name)) and c.reloptions @> array['security_invoker=true']
    );
    execute format('create or replace view data.%I with (security_invoker = true) as %s', v_view.name, v_view.query);
    execute format('comment on view data.%I is %L', v_view.name, v_view.comment);
    execute format('grant select on data.%I to public', v_view.name);
    execute v_view.grants;
  end loop;
end;
$$;

comment on function meta.build_readers(bigint) is 'Make data.described_<id> and data.referring_<id>_<column> of a class where they are missing or outdated.';

revoke all on function meta.build_readers(bigint) from public;
