-- SQL expression that fills a format such as "{{column.number}} {{column.subject}}".
--
-- Stored formats (descriptions) stand in a generated column: immutable conversions of the
-- row's own values, no alias. Others read the row as "r" and may follow single references.

create or replace function meta.format_expression(p_class bigint, p_format text, p_stored boolean)
returns text
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_piece text;
  v_code text;
  v_part text;
  v_parts text[] := array[]::text[];
begin
  for v_piece in
    select p.piece[1]
    from regexp_matches(p_format, '\{\{[^}]*\}\}|(?:(?!\{\{).)+', 'gs') as p (piece)
  loop
    v_code := substring(v_piece from '^\{\{\s*column\.([a-z][a-z0-9_-]*)\s*\}\}$');

    if v_code is null then
      if v_piece like '{{%' then
        raise exception 'the text has "%", which names no column', v_piece
          using errcode = 'PG111', hint = 'Write {{column.code}} with the code of a column of the class.';
      end if;

      v_parts := v_parts || quote_literal(v_piece);
      continue;
    end if;

    v_part := meta.column_expression(p_class, v_code, p_stored);

    if v_part is null then
      raise exception 'the text names "%", and % has no such column, or none that it can show', v_code, meta.class_path(p_class)
        using
          errcode = 'PG106',
          hint = 'Name a column with a single value; the description of a class is stored and takes texts, numbers and dates of the row itself.';
    end if;

    v_parts := v_parts || v_part;
  end loop;

  return coalesce(array_to_string(nullif(v_parts, '{}'), ' || '), quote_literal('')) || '::text';
end;
$$;

comment on function meta.format_expression(bigint, text, boolean) is
'SQL expression of type text for a format. p_stored: for a generated column of the class. Raises PG106, PG111.';

revoke all on function meta.format_expression(bigint, text, boolean) from public;
