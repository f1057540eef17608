-- Make the views by which API views of other classes show rows of this one.
--
-- data.described_<class>: id and short description, for the columns <code>__text.
-- data.referring_<class>_<column>: who refers to whom, for reverse references.
-- Their columns never change, so nothing built upon them is disturbed. Everybody may select:
-- meta.read_condition() says who gets rows.
-- requires: meta.effective_column meta.read_condition

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
        'select r.id, r.shortdescription from data.datarow_%1$s as r where %2$s',
        p_class, meta.read_condition(p_class)
      ) as query,
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
          ' inner join data.datarow_%1$s as r on l.row_id = r.id where r.deleted is null and %3$s',
          p_class, e.column_id, meta.read_condition(p_class)
        )
        else format(
          'select r.id, r.%2$I as target_id, %3$s as target_class from data.datarow_%1$s as r'
          ' where r.deleted is null and %4$s',
          p_class,
          e.physical,
          case when cardinality(e.targets) > 1 then format('r.%I', e.physical || '_class') else 'null::text' end,
          meta.read_condition(p_class)
        )
      end,
      format('Rows of class %s and what their column %s refers to, for API views of other classes. Generated.', meta.class_path(p_class), e.physical),
      to_regclass(format('data.referring_%s_%s', p_class, e.column_id)) is not null
    from meta.effective_column as e
    where e.class_id = p_class and e.type = 'reference' and not e.target_user
  loop
    continue when v_view.current;
    execute format('create or replace view data.%I as %s', v_view.name, v_view.query);
    execute format('comment on view data.%I is %L', v_view.name, v_view.comment);
    execute format('grant select on data.%I to public', v_view.name);
  end loop;
end;
$$;

comment on function meta.build_readers(bigint) is 'Make data.described_<id> and data.referring_<id>_<column> of a class where they are missing or outdated.';

revoke all on function meta.build_readers(bigint) from public;
