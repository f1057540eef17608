-- meta.api_view -> NOTIFY pgears_web: servers read their catalogue again.

create or replace trigger t90_announce
after insert or update or delete on meta.api_view
for each statement
execute function web.announce();
