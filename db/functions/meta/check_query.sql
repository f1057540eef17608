-- Refuse the text of a query that is not one SELECT that compiles.
--
-- A cursor takes one statement only, so nothing hides behind a semicolon; it is opened, and
-- no row is fetched. Names that do not exist (yet) raise what PostgreSQL raises.

create or replace function meta.check_query(p_name text, p_select text)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_cursor refcursor;
begin
  open v_cursor for execute p_select;
  close v_cursor;
exception
  when undefined_table or undefined_column then
    raise;
  when others then
    raise exception 'query "%" does not compile: %', p_name, sqlerrm
      using errcode = 'PG119', hint = 'Write one SELECT; name classes as {{class.code}} and their columns by code.';
end;
$$;

comment on function meta.check_query(text, text) is 'Check the SQL of a query. Raises PG119, or undefined_table and undefined_column.';

revoke all on function meta.check_query(text, text) from public;
