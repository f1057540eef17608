-- Where an instance was told its environment, and the oldest runner that works with it.

insert into core.setting (code, value, note)
select
  'place',
  jsonb_build_object('system', c.system_identifier::text, 'database', d.oid::text),
  'Server and database in which the environment was told; elsewhere the instance is a copy.'
from pg_control_system() as c, pg_database as d
where d.datname = current_database();

insert into core.setting (code, value, note)
values ('oldest_runner', '"0026"', 'Revision of the oldest runner that works with this schema; a contracting revision raises it.');
