-- meta.class_column -> access: columns of structures and rights are not dropped under them.

create or replace trigger t40_guard
before delete on meta.class_column
for each row
execute function access.guard_column();
