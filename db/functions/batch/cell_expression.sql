-- SQL that turns a text of a file into the type of a column, or raises.
--
-- Only plain casts and cheap tests of shape, because it runs for each cell: whatever
-- PostgreSQL would take but people do not mean (today, infinity, NaN, 01/02/03) must fail, and what
-- is not of the form agreed upon too.

create or replace function batch.cell_expression(p_sql_type text, p_definition jsonb, p_operand text)
returns text
language plpgsql
immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_value text := format('nullif(btrim(%s, e'' \t\u00a0\u202f''), '''')', p_operand);
  v_decimal constant text := coalesce(p_definition ->> 'decimal', '.');
  v_grouping constant text := p_definition ->> 'grouping';
  v_form text;
begin
  case p_sql_type
    when 'text' then
      return p_operand;

    when 'bigint', 'numeric' then
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
      -- NaN is above infinity.
      return format('case when abs((%1$s)::numeric) < ''Infinity'' then (%1$s)::numeric when %1$s is not null then (%1$s || ''!'')::numeric end', v_value);

    when 'date' then
      v_form := p_definition ->> 'date';
      return format(
        'case when %1$s is null then null when length(%1$s) = 10 and substr(%1$s, 5, 1) = ''-'' then (%1$s)::date else %2$s end',
        v_value,
        case
          when v_form is null then format('(%s || ''!'')::date', v_value)
          else format(
            'case when to_char(to_date(%1$s, %2$L), %2$L) = %1$s or to_char(to_date(%1$s, %2$L), %3$L) = %1$s then to_date(%1$s, %2$L) else (%1$s || ''!'')::date end',
            v_value, v_form, regexp_replace(v_form, '(DD|MM|HH24|HH12)', 'FM\1', 'g')
          )
        end
      );

    when 'timestamptz' then
      v_form := p_definition ->> 'timestamp';
      return format(
        'case when %1$s is null then null when substr(%1$s, 5, 1) = ''-'' and length(%1$s) >= 10 then (%1$s)::timestamptz else %2$s end',
        v_value,
        case
          when v_form is null then format('(%s || ''!'')::timestamptz', v_value)
          else format(
            'case when to_char(to_timestamp(%1$s, %2$L), %2$L) = %1$s or to_char(to_timestamp(%1$s, %2$L), %3$L) = %1$s'
            ' then to_timestamp(%1$s, %2$L) else (%1$s || ''!'')::timestamptz end',
            v_value, v_form, regexp_replace(v_form, '(DD|MM|HH24|HH12)', 'FM\1', 'g')
          )
        end
      );

    when 'jsonb' then
      return format(
        'case when %1$s is null then null when left(%1$s, 1) = ''{'' then (%1$s)::jsonb else jsonb_build_object(%2$L, %3$s) end',
        v_value, p_definition ->> 'language', p_operand
      );

    else
      return format('(%s)::%s', v_value, p_sql_type);
  end case;
end;
$$;

comment on function batch.cell_expression(text, jsonb, text) is 'SQL of a text operand as a column''s type; the definition has decimal, grouping, date, timestamp.';

revoke all on function batch.cell_expression(text, jsonb, text) from public;
