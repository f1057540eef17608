-- Condition under which the account that asks may read rows of a class that API views of
-- other classes show: their short descriptions and the ids of rows that refer.
--
-- The views data.described_* and data.referring_* run with the owner's rights and hold this
-- condition instead, so a reader without the right gets null, never "permission denied".
-- An uncorrelated subselect: asked once per statement. Row policies belong in here as well.

create or replace function meta.read_condition(p_class bigint)
returns text
language sql
immutable
parallel safe
begin atomic
  select format('(select has_table_privilege(%L::regclass, ''select''))', 'data.datarow_' || p_class);
end;

comment on function meta.read_condition(bigint) is 'SQL condition, constant during a statement, that is true for accounts that may read the class.';

revoke all on function meta.read_condition(bigint) from public;
