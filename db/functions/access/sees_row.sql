-- True when the caller may read a row of a class.
--
-- For what belongs to a row without being in its table, such as its mails.
-- requires: access.my_seal access.row_seen

create or replace function access.sees_row(p_class bigint, p_row bigint)
returns boolean
language sql
stable
begin atomic
  select access.row_seen(s.account, s.seal, p_class, p_row) from access.my_seal as s;
end;

comment on function access.sees_row(bigint, bigint) is 'Whether the caller may read the row with this id, deleted or not, of a class given by its id.';

-- It tells each account what its own queries would tell it.
revoke all on function access.sees_row(bigint, bigint) from public;
grant execute on function access.sees_row(bigint, bigint) to public;
