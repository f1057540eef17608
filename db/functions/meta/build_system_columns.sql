-- Add the system columns that the table of a new class does not have yet.
--
-- They stand behind the columns that the class was made with; those of fixed length first,
-- texts that are empty until a row is changed or deleted last. In a partitioned class a table
-- beside it says which uid is taken (meta.unique_stores); the index only finds rows.
-- requires: meta.build_description

create or replace function meta.build_system_columns(p_class bigint)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  if exists (
    select from pg_attribute as a
    where a.attrelid = to_regclass('data.datarow_' || p_class) and a.attname = 'uid'
  )
  then
    return;
  end if;

  execute format(
    $sql$
    alter table data.datarow_%1$s
      add column uid uuid not null default %2$s(),
      add column version bigint not null default 1,
      add column created timestamptz not null default now(),
      add column modified timestamptz,
      add column creator text not null default access.current_account(),
      add column created_source text not null default core.source(),
      add column modifier text,
      add column modified_source text,
      add column deleter text,
      add column deleted_source text
    $sql$,
    p_class,
    case when to_regprocedure('pg_catalog.uuidv7()') is null then 'core.uuidv7' else 'pg_catalog.uuidv7' end
  );
  execute format(
    case
      when (select c.parts is null from meta.class as c where c.id = p_class)
        then 'alter table data.datarow_%1$s add constraint datarow_%1$s_uid_key unique (uid)'
      else 'create index datarow_%1$s_uid_key on data.datarow_%1$s (uid)'
    end,
    p_class
  );

  perform meta.build_description(p_class);
end;
$$;

comment on function meta.build_system_columns(bigint) is 'Complete the table of a new class with its system columns.';

revoke all on function meta.build_system_columns(bigint) from public;
