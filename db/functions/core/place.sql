-- Where this database is: the server by its own identifier, the database by its number.
--
-- A dump that is restored, or a database cloned as a template, is in another place. A
-- physical copy of the whole server (base backup, standby) is not to be told apart by it.

create or replace function core.place()
returns jsonb
language sql
stable
begin atomic
  select jsonb_build_object('system', c.system_identifier::text, 'database', d.oid::text)
  from pg_control_system() as c
  inner join pg_database as d on d.datname = current_database();
end;

comment on function core.place() is 'Server and database that this is, as core.setting remembers them.';

revoke all on function core.place() from public;
