-- True when the caller may read all of these files.
--
-- Runs with the caller's rights, so the policies of core.file answer. Stable, so that rows
-- of the statement that asks do not count: nobody gets a file by writing its number.

create or replace function access.sees_files(p_files bigint[])
returns boolean
language sql
stable
begin atomic
  select not exists (
    select
    from unnest(p_files) as f (id)
    where f.id is not null and not exists (select from core.file as s where s.id = f.id)
  );
end;

comment on function access.sees_files(bigint[]) is 'Whether the caller may read these files, by a row that holds them or as who stored them.';

-- Triggers of class tables call it with the rights of whoever writes; it tells what he could read anyway.
revoke all on function access.sees_files(bigint[]) from public;
grant execute on function access.sees_files(bigint[]) to public;
