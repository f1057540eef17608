-- What no two rows of a partitioned class may share, each with the table beside it that says so.
--
-- PostgreSQL makes unique indexes within a partition only, unless the partition key is among
-- the columns. So each set of unique values has a small table with an ordinary unique key,
-- which the statement triggers of the class fill: a second writer of a value waits there for
-- the first one and is then refused, as at a unique index. "index" has the name of the unique
-- index that another class would have; here it only finds rows. "live" leaves out deleted rows;
-- "fixed" are values that no update can change.
-- requires: meta.ancestry meta.effective_column

create or replace function meta.unique_stores(p_class bigint)
returns table (name text, index text, columns text[], live boolean, fixed boolean)
language sql
stable
begin atomic
  select
    format('unique_%s_%s', p_class, s.name),
    format('datarow_%s_%s', p_class, s.index),
    s.columns,
    s.live,
    s.fixed
  from (
    select 'uid' as name, 'uid_key' as index, array['uid'] as columns, false as live, true as fixed
    union all
    select e.physical, e.physical || '_key', array[e.physical], false, false
    from meta.effective_column as e
    where e.class_id = p_class and e.definition ? 'sequence'
    union all
    select 'key_' || k.id, 'key_' || k.id, array(select 'c' || c.id from unnest(k.column_ids) with ordinality as c (id, position) order by c.position), true, false
    from meta.class_key as k
    inner join meta.ancestry as a on k.class_id = a.ancestor_id
    where a.class_id = p_class
  ) as s
  where (select c.parts is not null from meta.class as c where c.id = p_class);
end;

comment on function meta.unique_stores(bigint) is 'Tables of data that hold the unique values of a partitioned class; none for other classes.';

revoke all on function meta.unique_stores(bigint) from public;
