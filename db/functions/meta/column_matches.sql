-- Columns of a model file, each with the column of the instance that it means.
-- requires: meta.class_matches meta.section_of

create or replace function meta.column_matches(p_file jsonb)
returns table (
  class_code text, class_id bigint, depth integer, code text, definition jsonb, column_id bigint, former text, ordinal bigint
)
language sql
stable
begin atomic
  select
    m.code,
    m.class_id,
    m.depth,
    f.code,
    f.definition,
    coalesce(k.id, o.id),
    case when k.id is null then o.code end,
    row_number() over (partition by m.code order by (f.definition ->> 'position')::numeric, f.code)
  from meta.class_matches(p_file) as m
  cross join jsonb_each(meta.section_of(m.definition, 'columns')) as f (code, definition)
  left join meta.class_column as k on m.class_id = k.class_id and f.code = k.code
  left join meta.class_column as o on k.id is null and m.class_id = o.class_id and f.definition ->> 'renamed_from' = o.code;
end;

comment on function meta.column_matches(jsonb) is 'Columns of a model file with their definitions, in order, and the columns of the instance that they mean.';

revoke all on function meta.column_matches(jsonb) from public;
