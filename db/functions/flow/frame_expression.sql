-- SQL expression for a content inside of its frame; the content alone without one.
-- requires: flow.text_expression

create or replace function flow.frame_expression(
  p_model bigint, p_class bigint, p_frame text, p_content text, p_kind text, p_language text, p_variables text[]
)
returns text
language sql
stable
begin atomic
  select
    case
      when p_frame is null then p_content
      else (
        select string_agg(
          case
            when f.piece ~ '^\{\{\s*content\s*\}\}$' then '(' || p_content || ')'
            else flow.text_expression(p_model, p_class, f.piece, p_kind, p_language, p_variables)
          end,
          ' || ' order by f.position
        )
        from (
          select m.found[1] as piece, m.position
          from regexp_matches(p_frame, '\{\{\s*content\s*\}\}|(?:(?!\{\{\s*content\s*\}\}).)+', 'gs') with ordinality as m (found, position)
        ) as f
      )
    end;
end;

comment on function flow.frame_expression(bigint, bigint, text, text, text, text, text[]) is
'SQL expression of type text for a frame around the expression of its content. Raises PG425.';

revoke all on function flow.frame_expression(bigint, bigint, text, text, text, text, text[]) from public;
