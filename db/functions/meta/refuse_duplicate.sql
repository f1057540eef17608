-- Refuse rows of a partitioned class for a value that another row has.
--
-- The error is the one that the unique index of another class would give, without the value:
-- the writer may not be allowed to read the other row.

create or replace function meta.refuse_duplicate(p_class bigint, p_index text)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
  raise exception 'duplicate key value violates unique constraint "%"', p_index
    using
      errcode = 'unique_violation',
      hint = 'Choose another value; the row that has it may be one that you do not see.',
      schema = 'data',
      table = 'datarow_' || p_class,
      constraint = p_index;
end;
$$;

comment on function meta.refuse_duplicate(bigint, text) is 'Raise 23505 as a unique index does.';

revoke all on function meta.refuse_duplicate(bigint, text) from public;
