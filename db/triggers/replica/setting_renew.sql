-- core.setting -> replica: an instance that is told its environment in another place.

create or replace trigger t60_renew
after update on core.setting
for each row
when (
  old.code = 'place'
  and (old.value ->> 'system', old.value ->> 'database') is distinct from (new.value ->> 'system', new.value ->> 'database')
)
execute function replica.renew_copy();

comment on trigger t60_renew on core.setting is 'Gives a restored or cloned instance another code of replication.';
