-- Before a row is written: refuse files that the writer may not read himself.
--
-- Otherwise a number would be enough to put somebody else's file into a row of one's own.
-- Fires only for values that are new; the argument is the physical column.
-- requires: access.sees_files

create or replace function access.refuse_file()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_value constant jsonb := to_jsonb(new) -> tg_argv[0];
  v_files constant bigint[] := array(
    select f.id::bigint
    from jsonb_array_elements_text(case jsonb_typeof(v_value) when 'array' then v_value else jsonb_build_array(v_value) end) as f (id)
  );
begin
  if not access.sees_files(v_files) then
    raise exception 'class % refers to a file that "%" may not read', tg_argv[1], current_user
      using errcode = 'PG917', hint = 'Store the file under your account, or take one from a row that you may read.';
  end if;

  return new;
end;
$$;

comment on function access.refuse_file() is 'Trigger function: raise PG917 for a row with a file that its writer may not read.';

revoke all on function access.refuse_file() from public;
