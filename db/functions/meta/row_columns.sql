-- Physical columns of a class as a list for SQL, each with a prefix such as "o.".
--
-- p_written: what an INSERT may name; otherwise generated columns are among them.
-- requires: meta.effective_column

create or replace function meta.row_columns(p_class bigint, p_prefix text, p_written boolean)
returns text
language sql
stable
begin atomic
  select string_agg(p_prefix || quote_ident(l.name), ', ' order by l.position, l.name)
  from (
    select 0 as position, s.name
    from unnest(array['creator', 'created', 'modifier', 'modified', 'created_source', 'modified_source']) as s (name)
    union all
    select 1, 'shortdescription' where not p_written
    union all
    select 1 + e.position, e.physical
    from meta.effective_column as e
    where e.class_id = p_class and e.stored and not (p_written and e.type = 'calculated')
    union all
    select 1 + e.position, e.physical || '_class'
    from meta.effective_column as e
    where e.class_id = p_class and cardinality(e.targets) > 1
  ) as l;
end;

comment on function meta.row_columns(bigint, text, boolean) is
'Columns of a class table except id, uid, version and those of deletion, as a comma-separated list.';

revoke all on function meta.row_columns(bigint, text, boolean) from public;
