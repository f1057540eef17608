-- core.setting -> feed: an instance that is told its environment on another server.

create or replace trigger t50_rebase
after update on core.setting
for each row
when (old.code = 'place' and old.value ->> 'system' is distinct from new.value ->> 'system')
execute function feed.rebase();

comment on trigger t50_rebase on core.setting is 'Makes the feed of a restored instance readable on its new server.';
