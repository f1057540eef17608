-- Refuse a row with a file that its writer may not read himself.
--
-- Otherwise a number would be enough to put somebody else's file into a row of one's own.
-- Fires only where access.sees_files() said no, in the WHEN of the trigger, because there it
-- is asked with the writer's rights and needs no schema that he may name.

create or replace function access.refuse_file()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  raise exception 'class % refers to a file that "%" may not read', tg_argv[0], current_user
    using errcode = 'PG917', hint = 'Store the file under your account, or take one from a row that you may read.';
end;
$$;

comment on function access.refuse_file() is 'Trigger function: raise PG917 for a row with a file that its writer may not read.';

revoke all on function access.refuse_file() from public;
