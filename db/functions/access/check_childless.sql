-- Refuse classes that others inherit from, as classes of a structure.
--
-- Their rows would be spread over several tables, each with triggers of its own.

create or replace function access.check_childless(p_class bigint)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
  if exists (select from meta.class as c where c.parent_id = p_class) then
    raise exception 'class % has descendants and cannot make a structure', meta.class_path(p_class)
      using errcode = 'PG911', detail = '$.class', hint = 'Make the structure of one of the descendants, or of a class of its own.';
  end if;
end;
$$;

comment on function access.check_childless(bigint) is 'Raise PG911 when other classes inherit from a class.';

revoke all on function access.check_childless(bigint) from public;
