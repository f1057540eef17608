-- Refuse a condition or formula that does not compile over the class table.
-- requires: flow.rule_expression

create or replace function flow.try_condition(p_class bigint, p_condition text, p_rule text)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_condition is not null then
    -- A class made in the same bundle of changes may still lack them.
    perform meta.build_system_columns(p_class);
    execute format(
      'select from data.datarow_%1$s as r, data.datarow_%1$s as o where (%2$s) limit 0',
      p_class, flow.rule_expression(p_class, p_condition, 'r.', 'o.')
    );
  end if;
exception
  when syntax_error_or_access_rule_violation or datatype_mismatch then
    raise exception 'the condition of rule "%" does not compile: %', p_rule, sqlerrm
      using errcode = 'PG119', hint = 'Write an SQL condition over {{column.code}} and, of the former row, {{old.code}}.';
end;
$$;

comment on function flow.try_condition(bigint, text, text) is 'Raise PG106 or PG119 for a condition that the triggers of a class could not use.';

revoke all on function flow.try_condition(bigint, text, text) from public;
