-- SQL that turns a text of a file into the type of a column, or raises.
--
-- Only plain casts and cheap tests of shape, because it runs for each cell: whatever
-- PostgreSQL would take but people do not mean (today, infinity, NaN, 01/02/03) must fail, and what
-- is not of the form agreed upon too. The fast form takes cells without spaces around them;
-- where it succeeds the careful one gives the same.

create or replace function batch.cell_expression(p_sql_type text, p_definition jsonb, p_operand text, p_careful boolean default true)
returns text
language plpgsql
immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_decimal constant text := coalesce(p_definition ->> 'decimal', '.');
  v_grouping constant text := p_definition ->> 'grouping';
  v_form constant text := p_definition ->> (case p_sql_type when 'date' then 'date' when 'timestamptz' then 'timestamp' end);
  v_parse constant text := case p_sql_type when 'date' then 'to_date' else 'to_timestamp' end;
  v_value text := case when p_careful then format('nullif(btrim(%s, e'' \t\u00a0\u202f''), '''')', p_operand) else format('nullif(%s, '''')', p_operand) end;
begin
  case
    when p_sql_type = 'text' then
      return p_operand;

    when p_sql_type in ('bigint', 'numeric') then
      if v_grouping = ' ' then
        v_value := format('translate(%s, e'' \u00a0\u202f'', '''')', v_value);
      elsif v_grouping is not null then
        v_value := format('replace(%s, %L, '''')', v_value, v_grouping);
      end if;

      if p_sql_type = 'bigint' then
        return format('(%s)::bigint', v_value);
      elsif v_decimal = ',' then
        v_value := case
          when v_grouping = '.' then format('replace(%s, '','', ''.'')', v_value)
          else format('case when strpos(%1$s, ''.'') > 0 then %1$s || ''!'' else replace(%1$s, '','', ''.'') end', v_value)
        end;
      end if;
      -- Not NaN, Infinity, or a number of another base: it ends with a digit, or the point.
      return format('case when ascii(right(%1$s, 1)) between 46 and 57 then (%1$s)::numeric else (%1$s || ''!'')::numeric end', v_value);

    when p_sql_type in ('date', 'timestamptz') then
      -- The fifth character tells years that come first.
      return format(
        'case when %1$s is null then null when strpos(%1$s, ''-'') = 5 and octet_length(%1$s) %2$s 10 then (%1$s)::%3$s else %4$s end',
        v_value,
        case p_sql_type when 'date' then '=' else '>=' end,
        p_sql_type,
        case
          when v_form is null then format('(''is none '' || %s)::%s', v_value, p_sql_type)
          else format(
            'case when to_char(%2$s(%1$s, %3$L), %3$L) = %1$s or to_char(%2$s(%1$s, %3$L), %4$L) = %1$s then %2$s(%1$s, %3$L) else (''is none '' || %1$s)::%5$s end',
            v_value, v_parse, v_form, regexp_replace(v_form, '(DD|MM|HH24|HH12)', 'FM\1', 'g'), p_sql_type
          )
        end
      );

    when p_sql_type = 'jsonb' then
      return format(
        'case when %1$s is null then null when left(%1$s, 1) = ''{'' then (%1$s)::jsonb else jsonb_build_object(%2$L, %3$s) end',
        v_value, p_definition ->> 'language', p_operand
      );

    else
      return format('(%s)::%s', v_value, p_sql_type);
  end case;
end;
$$;

comment on function batch.cell_expression(text, jsonb, text, boolean) is
'SQL of a text operand as a column''s type; the definition has decimal, grouping, date, timestamp, language.';

revoke all on function batch.cell_expression(text, jsonb, text, boolean) from public;
