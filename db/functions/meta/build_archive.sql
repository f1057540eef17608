-- Make the archive table of a class that keeps one and has none yet.
--
-- It takes former rows only: a live row is its own history. An archive that is switched
-- off stays with what it has. Its index takes as long to write as the rows themselves; a BRIN
-- index with bloom filters takes a tenth, but the planner does not use it for the history of
-- one row, because it judges BRIN by the order of the rows.

create or replace function meta.build_archive(p_class bigint)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_columns text;
begin
  if to_regclass('data.archive_' || p_class) is not null
    or not (select c.archive from meta.class as c where c.id = p_class)
  then
    return;
  end if;

  select string_agg(
    format(', %I %s', e.physical, e.sql_type)
    || case when cardinality(e.targets) > 1 then format(', %I text', e.physical || '_class') else '' end,
    '' order by e.position
  )
  into v_columns
  from meta.effective_column as e
  where e.class_id = p_class and e.stored;

  execute format(
    $sql$
    create table data.archive_%1$s (
      archived timestamptz not null default now(),
      id bigint not null,
      version bigint not null,
      uid uuid not null,
      created timestamptz not null,
      operation "char" not null,
      archiver text not null default access.current_account(),
      creator text not null,
      created_source text not null,
      modified timestamptz,
      modifier text,
      modified_source text,
      deleted timestamptz,
      deleter text,
      deleted_source text,
      shortdescription text
      %2$s
    )
    $sql$,
    p_class, v_columns
  );
  execute format('create index archive_%1$s_id_idx on data.archive_%1$s (id)', p_class);
  execute format(
    'comment on table data.archive_%s is %L',
    p_class, format('Former rows of class %s with the account and time of the change that ended them.', meta.class_path(p_class))
  );
end;
$$;

comment on function meta.build_archive(bigint) is 'Make data.archive_<id> for a class that keeps an archive.';

revoke all on function meta.build_archive(bigint) from public;
