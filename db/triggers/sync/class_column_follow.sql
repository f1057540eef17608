-- meta.class_column -> sync: columns of synchronisations follow renames and guard against drops.

create or replace trigger t62_follow_rename
after update of code on meta.class_column
for each row
when (new.code <> old.code)
execute function sync.follow_column();

create or replace trigger t62_follow_drop
after delete on meta.class_column
for each row
execute function sync.follow_column();
