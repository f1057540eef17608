-- Value of a compiled expression for an instance, as jsonb.

create or replace function flow.evaluate(p_class bigint, p_record bigint, p_instance bigint, p_variables jsonb, p_expression text)
returns jsonb
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_value jsonb;
begin
  if p_expression is null then
    return null;
  end if;

  -- The subselect makes a text of a literal.
  execute format(
    'select to_jsonb(e.value) from (select %s as value from (select $1 as record_id, $2 as instance_id, $3 as variables) as x %s) as e',
    p_expression,
    case when p_class is not null then format('left join data.datarow_%s as r on x.record_id = r.id', p_class) else '' end
  )
  using p_record, p_instance, p_variables
  into v_value;

  return v_value;
end;
$$;

comment on function flow.evaluate(bigint, bigint, bigint, jsonb, text) is 'Value of an expression of flow.workflow_expression() or flow.workflow_format().';

revoke all on function flow.evaluate(bigint, bigint, bigint, jsonb, text) from public;
