-- SQL of a rule over rows: {{column.x}} with one prefix, {{old.x}} (the former value) with another.
-- requires: meta.condition_expression

create or replace function flow.rule_expression(p_class bigint, p_sql text, p_new text, p_old text)
returns text
language sql
stable
begin atomic
  select
    meta.condition_expression(
      p_class,
      regexp_replace(
        meta.condition_expression(p_class, p_sql, p_new),
        '\{\{\s*old\.([a-z][a-z0-9_-]*)\s*\}\}', '{{column.\1}}', 'g'
      ),
      p_old
    );
end;

comment on function flow.rule_expression(bigint, text, text, text) is
'SQL over physical columns from SQL with {{column.code}} and {{old.code}}. Raises PG106.';

revoke all on function flow.rule_expression(bigint, text, text, text) from public;
