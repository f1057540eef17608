-- What a constraint of a class table asks for, in codes of the model.
--
-- PostgreSQL names a key or a reference that refuses a row by ids, "datarow_7_key_5"; this
-- says "lend.book: there is a row with this isbn already". Whoever shows errors asks it with
-- the table and the constraint that came with the error. A limit says its own words.
-- requires: meta.class_path

create or replace function meta.constraint_words(p_table text, p_constraint text)
returns text
language sql
stable
security definer  -- lends: reading the codes of classes and columns
begin atomic
  with refusing as (
    select
      i.indexrelid is null as refers,
      coalesce(i.indrelid, k.conrelid) as relation_id,
      coalesce(i.indkey::smallint[], k.conkey) as attributes
    from pg_class as t
    left join pg_index as i on i.indrelid = t.oid and i.indisunique and i.indexrelid = to_regclass('data.' || quote_ident(p_constraint))
    left join pg_constraint as k on k.conrelid = t.oid and k.conname = p_constraint and k.contype = 'f'
    where t.oid = to_regclass('data.' || quote_ident(p_table)) and coalesce(i.indrelid, k.conrelid) is not null
  ),

  named as (
    select
      r.refers,
      coalesce(substring(p_table from '^datarow_([0-9]+)')::bigint, c.class_id) as class_id,
      string_agg(coalesce(c.code, a.attname), ', ' order by n.position) as codes
    from refusing as r
    cross join lateral unnest(r.attributes) with ordinality as n (attnum, position)
    inner join pg_attribute as a on r.relation_id = a.attrelid and n.attnum = a.attnum
    left join meta.class_column as c
      on c.id = coalesce(substring(a.attname from '^c([0-9]+)'), substring(p_table from '^link_([0-9]+)'))::bigint
    group by 1, 2
  )

  select
    format(
      case when n.refers then '%s: %s has to refer to a row that is there' else '%s: there is a row with this %s already' end,
      meta.class_path(n.class_id), n.codes
    )
  from named as n
  where n.class_id is not null;
end;

comment on function meta.constraint_words(text, text) is
'What a key or reference of a table in schema data has refused, by codes; null for another constraint.';

revoke all on function meta.constraint_words(text, text) from public;
grant execute on function meta.constraint_words(text, text) to pgears_admin;
