-- The SELECT of a query with its placeholders turned into API views.
--
-- {{class.code}} is a class of the query's model, {{class.model.code}} one of another.

create or replace function meta.query_text(p_model_code text, p_sql text)
returns text
language sql
immutable
begin atomic
  select
    coalesce(
      string_agg(
        case
          when p.found[2] is null then p.found[1]
          when p.found[3] is null then format('api.%I', p_model_code || '_' || p.found[2])
          else format('api.%I', p.found[2] || '_' || p.found[3])
        end,
        '' order by p.position
      ),
      ''
    )
  from regexp_matches(
    p_sql,
    '(\{\{\s*class\.([a-z][a-z0-9_-]*)(?:\.([a-z][a-z0-9_-]*))?\s*\}\}|(?:(?!\{\{\s*class\.[a-z][a-z0-9_.-]*\s*\}\}).)+)',
    'gs'
  ) with ordinality as p (found, position);
end;

comment on function meta.query_text(text, text) is 'SQL of a query with quoted names of API views in place of {{class.code}} and {{class.model.code}}.';

revoke all on function meta.query_text(text, text) from public;
