-- Refuse rows with more files than their column takes, or without one that must stay.

create or replace function meta.refuse_files(p_class bigint, p_column bigint, p_too_many boolean)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_column meta.class_column;
begin
  select k.* into strict v_column from meta.class_column as k where k.id = p_column;

  if p_too_many then
    raise exception '%.%: more than % files', meta.class_path(p_class), v_column.code, v_column.definition ->> 'max_files'
      using errcode = 'PG432', hint = 'Take files out, or let the column drop the oldest: over_limit: drop_oldest.';
  end if;

  raise exception '%.%: files cannot be taken out', meta.class_path(p_class), v_column.code
    using errcode = 'PG433', hint = 'The column says file_deletion: forbidden.';
end;
$$;

comment on function meta.refuse_files(bigint, bigint, boolean) is 'Raise PG432 for too many files, PG433 for one taken out.';

revoke all on function meta.refuse_files(bigint, bigint, boolean) from public;
