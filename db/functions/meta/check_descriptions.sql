-- Refuse description formats of a model file that its columns cannot fill.
--
-- What meta.format_expression() says when the tables are there, said before anything is made.
-- requires: meta.file_columns meta.section_of

create or replace function meta.check_descriptions(p_file jsonb)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_wrong record;
begin
  with file_column as materialized (
    select f.class_code, f.code
    from meta.file_columns(p_file) as f
    where f.definition ->> 'type' not in ('class', 'reference', 'reverse', 'file', 'calculated')
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

  select n.* into v_wrong
  from named as n
  where not exists (select from file_column as f where f.class_code = n.class and f.code = n.code)
  order by n.class, n.code nulls first
  limit 1;

  if not found then
    return;
  elsif v_wrong.code is null then
    raise exception 'the format has "%"', v_wrong.piece
      using
        errcode = 'PG111',
        detail = format('$.classes.%s.description', v_wrong.class),
        hint = 'Write {{column.code}} with the code of a column of the class.';
  end if;

  raise exception 'the format names the column "%", which %.% has not, or not as a text', v_wrong.code, p_file ->> 'model', v_wrong.class
    using
      errcode = 'PG106',
      detail = format('$.classes.%s.description', v_wrong.class),
      hint = 'Name a column with a single value; a description is stored and takes texts, numbers and dates of the row itself, no references.';
end;
$$;

comment on function meta.check_descriptions(jsonb) is 'Check the description formats of a model file. Raises PG106, PG111.';

revoke all on function meta.check_descriptions(jsonb) from public;
