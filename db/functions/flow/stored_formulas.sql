-- Formulas of a rule by column, checked, under keys that follow a renamed column.

create or replace function flow.stored_formulas(p_class bigint, p_formulas jsonb, p_rule text)
returns jsonb
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_formula record;
  v_type text;
begin
  -- A class made in the same bundle of changes may still lack them.
  perform meta.build_system_columns(p_class);

  for v_formula in select f.key, f.value from jsonb_each_text(p_formulas) as f loop
    select e.sql_type into v_type
    from meta.effective_column as e
    where e.class_id = p_class and e.code = v_formula.key and e.stored and e.type <> 'calculated';

    if v_type is null then
      raise exception 'rule "%" sets the column "%", which % does not have or store', p_rule, v_formula.key, meta.class_path(p_class)
        using errcode = 'PG106', detail = '$.set.' || v_formula.key, hint = 'Set columns of the class by their codes; calculated ones calculate themselves.';
    end if;

    begin
      execute format(
        'select (%2$s) from data.datarow_%1$s as r, data.datarow_%1$s as o limit 0',
        p_class, flow.rule_expression(p_class, v_formula.value, 'r.', 'o.')
      );
    exception
      when syntax_error_or_access_rule_violation then
        raise exception 'the formula of "%" in rule "%" does not compile: %', v_formula.key, p_rule, sqlerrm
          using errcode = 'PG119', detail = '$.set.' || v_formula.key, hint = 'Write an SQL expression over {{column.code}} and {{old.code}}.';
    end;
  end loop;

  return (select jsonb_object_agg(format('{{column.%s}}', f.key), f.value) from jsonb_each(p_formulas) as f);
end;
$$;

comment on function flow.stored_formulas(bigint, jsonb, text) is 'Formulas with {{column.code}} as keys. Raises PG106, PG119.';

revoke all on function flow.stored_formulas(bigint, jsonb, text) from public;
