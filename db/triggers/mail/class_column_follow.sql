-- meta.class_column -> mail: mappings of mailboxes follow renames and guard against drops.

create or replace trigger t60_follow_rename
after update of code on meta.class_column
for each row
when (new.code <> old.code)
execute function mail.follow_column();

create or replace trigger t60_follow_drop
after delete on meta.class_column
for each row
execute function mail.follow_column();
