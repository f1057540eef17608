-- Description formats of a model file that its columns cannot fill.
--
-- What meta.format_expression() says when the tables are there, said before anything is made.
-- requires: meta.file_columns meta.section_of

create or replace function meta.description_mistakes(p_file jsonb)
returns table (code text, message text, path text, hint text)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return query
  with file_column as materialized (
    select f.class_code, f.code
    from meta.file_columns(p_file) as f
    where coalesce(f.definition ->> 'type', '') not in ('class', 'reference', 'reverse', 'file', 'calculated')
      and not coalesce((f.definition ->> 'localized')::boolean, false)
  ),

  named as (
    select
      c.key as class,
      p.piece[1] as piece,
      substring(p.piece[1] from '^\{\{\s*column\.([a-z][a-z0-9_-]*)\s*\}\}$') as code
    from jsonb_each(meta.section_of(p_file, 'classes')) as c
    cross join regexp_matches(c.value ->> 'description', '\{\{[^}]*\}\}|\{\{', 'g') as p (piece)
  )

  select
    case when n.code is null then 'PG111' else 'PG106' end,
    case
      when n.code is null then format('the description has "%s", which names no column', n.piece)
      else format('the description names "%s", and %s.%s has no such column, or none that it can show', n.code, p_file ->> 'model', n.class)
    end,
    format('$.classes.%s.description', n.class),
    case
      when n.code is null then 'Write {{column.code}} with the code of a column of the class.'
      else 'Name a column with a single value; a description is stored and takes texts, numbers and dates of the row itself, no references.'
    end
  from named as n
  where not exists (select from file_column as f where f.class_code = n.class and f.code = n.code)
  order by n.class, n.code nulls first;
end;
$$;

comment on function meta.description_mistakes(jsonb) is 'What is wrong with the description formats of a model file.';

revoke all on function meta.description_mistakes(jsonb) from public;
