-- meta.class_column -> flow: placeholders follow renames and guard against drops.

create or replace trigger t50_follow_rename
after update of code on meta.class_column
for each row
when (new.code <> old.code)
execute function flow.follow_column();

create or replace trigger t50_follow_drop
after delete on meta.class_column
for each row
execute function flow.follow_column();
