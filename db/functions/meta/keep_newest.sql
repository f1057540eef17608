-- Trigger function: of too many files of a column, keep the last so many.

create or replace function meta.keep_newest()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_files constant jsonb := to_jsonb(new) -> tg_argv[0];
  v_most constant integer := tg_argv[1];
begin
  return jsonb_populate_record(
    new,
    jsonb_build_object(tg_argv[0], (
      select jsonb_agg(f.value order by f.position)
      from jsonb_array_elements(v_files) with ordinality as f (value, position)
      where f.position > jsonb_array_length(v_files) - v_most
    ))
  );
end;
$$;

comment on function meta.keep_newest() is 'Trigger function: shorten an array of files (argument 1) to its last values (argument 2).';

revoke all on function meta.keep_newest() from public;
