-- The query that gives rows of a class as they travel: $1 ids, $2 instance of the reader, $3 filter.
--
-- Left out is what the reader wrote last itself. References that wait here for their targets
-- travel as they came, unless somebody has set them here since.
-- requires: replica.exchanged_column replica.state_expressions

create or replace function replica.reading_statement(p_class bigint, p_me text)
returns text
language sql
stable
begin atomic
  select format(
    $sql$
    select case when p.shown is null then to_json(x)::text else (to_jsonb(x) || p.shown)::text end
    from (
      select
        r.uid as "@uid", r.version as "@version", %2$s as "@vector", %3$s as "@stamp", %4$s as "@origin",
        r.creator as "@creator", r.created as "@created", r.created_source as "@created_source", r.modifier as "@modifier",
        r.modified as "@modified", r.modified_source as "@modified_source", r.deleter as "@deleter", r.deleted as "@deleted",
        r.deleted_source as "@deleted_source"%5$s
      from data.datarow_%1$s as r
      left join replica.row_state as s on s.class_id = %1$s and r.uid = s.uid
      where r.id = any($1) and (s.origin is distinct from $2 or s.merged or s.version <> r.version)
      order by r.id
    ) as x
    left join (
      select p.uid, jsonb_object_agg(k.code, p.value) as shown
      from replica.pending as p
      inner join meta.class_column as k on p.column_id = k.id
      inner join data.datarow_%1$s as r on p.uid = r.uid
      where p.class_id = %1$s and r.id = any($1) and case p.column_id%6$s else false end
      group by p.uid
    ) as p on x."@uid" = p.uid
    where $3 is null or not exists (
      select
      from jsonb_each($3) as f (code, value)
      where not coalesce(
        to_jsonb(x) ->> f.code = any(array(
          select v.text
          from jsonb_array_elements_text(case jsonb_typeof(f.value) when 'array' then f.value else jsonb_build_array(f.value) end) as v (text)
        )),
        false
      )
    )
    $sql$,
    p_class, e.vector, e.stamp, e.origin,
    (
      select string_agg(format(', %s as %I', k.reads, k.code), '' order by k.position)
      from replica.exchanged_column as k
      where k.class_id = p_class
    ),
    (
      select coalesce(
        string_agg(
          format(' when %s then r.%I is not distinct from %s', k.column_id, k.physical, case when k.is_array then 'p.put' else 'null' end), ''
        ), ' when 0 then false'
      )
      from replica.exchanged_column as k
      where k.class_id = p_class and k.kind <> 'value'
    )
  )
  from replica.state_expressions(p_me) as e;
end;

comment on function replica.reading_statement(bigint, text) is 'SQL that reads rows of a class for another instance, each as JSON.';

revoke all on function replica.reading_statement(bigint, text) from public;
