-- Columns of a relation of this database with their types, for synchronisations without a URL.

create or replace function sync.relation_columns(p_relation text)
returns table (name text, sql_type text, category "char")
language sql
stable
begin atomic
  select a.attname::text, format_type(a.atttypid, a.atttypmod), t.typcategory
  from pg_attribute as a
  inner join pg_type as t on a.atttypid = t.oid
  where a.attrelid = to_regclass(p_relation) and a.attnum > 0 and not a.attisdropped;
end;

comment on function sync.relation_columns(text) is 'Name, type and category of the type of each column of a relation; none when there is no such relation.';

revoke all on function sync.relation_columns(text) from public;
