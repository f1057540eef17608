-- meta.class -> NOTIFY pgears_web: servers read their catalogue again.

create or replace trigger t90_announce
after insert or update or delete on meta.class
for each statement
execute function web.announce();
