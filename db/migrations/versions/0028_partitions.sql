-- Classes whose tables have partitions.

alter table meta.class
add column parts integer,
add constraint class_parts_check check (parts between 2 and 256);

comment on column meta.class.parts is 'Number of partitions of the table, by hash of id; null for a table without.';
