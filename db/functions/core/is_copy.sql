-- Whether this is a copy that nobody has told its environment yet.
--
-- Then nothing leaves it: no runner starts, no mail, call, mailbox, synchronisation or
-- replication is begun. core.set_environment() ends that.
-- requires: core.place

create or replace function core.is_copy()
returns boolean
language sql
stable
security definer  -- lends: reading one row of core.setting, and where the database is
begin atomic
  select core.place() is distinct from (select s.value from core.setting as s where s.code = 'place');
end;

comment on function core.is_copy() is 'Whether the database was restored or cloned and not been told its environment since.';

revoke all on function core.is_copy() from public;
grant execute on function core.is_copy() to pgears_admin, pgears_runner;
