-- Classes of a model file, each with the class of the instance that it means.
--
-- "former" is the present code of a class that the file renames. "depth" counts the
-- ancestors within the file; null where they go in a circle.
-- requires: meta.section_of

create or replace function meta.class_matches(p_file jsonb)
returns table (code text, definition jsonb, class_id bigint, former text, depth integer)
language sql
stable
begin atomic
  with recursive named as (
    select
      f.code,
      f.definition,
      case
        when f.definition ->> 'parent' like '%.%' and split_part(f.definition ->> 'parent', '.', 1) = p_file ->> 'model'
          then split_part(f.definition ->> 'parent', '.', 2)
        else f.definition ->> 'parent'
      end as parent
    from jsonb_each(meta.section_of(p_file, 'classes')) as f (code, definition)
  ),

  up (code, depth) as (
    select n.code, 0
    from named as n
    where not exists (select from named as p where p.code = n.parent)
    union all
    select n.code, u.depth + 1
    from up as u
    inner join named as n on u.code = n.parent
  )

  select
    n.code,
    n.definition,
    coalesce(c.id, o.id),
    case when c.id is null then o.code end,
    u.depth
  from named as n
  left join up as u on n.code = u.code
  left join meta.model as m on m.code = p_file ->> 'model'
  left join meta.class as c on m.id = c.model_id and n.code = c.code
  left join meta.class as o on c.id is null and m.id = o.model_id and n.definition ->> 'renamed_from' = o.code;
end;

comment on function meta.class_matches(jsonb) is 'Classes of a model file with their definitions and the classes of the instance that they mean.';

revoke all on function meta.class_matches(jsonb) from public;
