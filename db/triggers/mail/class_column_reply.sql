-- meta.class_column -> mail: what mailboxes say about answers follows renames and guards against drops.

create or replace trigger t61_follow_rename
after update of code on meta.class_column
for each row
when (new.code <> old.code)
execute function mail.follow_reply_column();

create or replace trigger t61_follow_drop
after delete on meta.class_column
for each row
execute function mail.follow_reply_column();
