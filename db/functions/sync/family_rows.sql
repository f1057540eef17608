-- SELECT of ids and one column over the rows of a class and those that inherit from it.
-- requires: meta.ancestry

create or replace function sync.family_rows(p_class bigint, p_physical text)
returns text
language sql
stable
begin atomic
  select string_agg(format('select t.id, t.%I as k from data.datarow_%s as t where t.deleted is null', p_physical, a.class_id), ' union all ')
  from meta.ancestry as a
  where a.ancestor_id = p_class;
end;

comment on function sync.family_rows(bigint, text) is 'SQL that gives id and k, a column, of the rows of a class that are not deleted.';

revoke all on function sync.family_rows(bigint, text) from public;
