-- Before saving: run the script of a rule for one row; it may set columns of the new row.
--
-- Called by generated triggers. The result's key "set" holds values by column code.
-- requires: flow.record_by_codes

create or replace function flow.run_row_script(p_rule bigint, p_event text, p_class bigint, p_new jsonb, p_old jsonb)
returns jsonb
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_rule record;
  v_result jsonb;
  v_unknown text;
  v_former constant text := coalesce(current_setting('pgears.rule_depth', true), '');
begin
  select r.script_id, m.code || '.' || r.code as name into strict v_rule
  from flow.rule as r
  inner join meta.model as m on r.model_id = m.id
  where r.id = p_rule;

  perform set_config('pgears.rule_depth', flow.next_depth(v_rule.name)::text, true);
  v_result := flow.execute_script(v_rule.script_id, jsonb_build_object(
    'event', p_event, 'rule', v_rule.name, 'class', meta.class_path(p_class),
    'record', flow.record_by_codes(p_class, p_new), 'old', flow.record_by_codes(p_class, p_old)
  ));
  perform set_config('pgears.rule_depth', v_former, true);

  if jsonb_typeof(v_result -> 'set') is distinct from 'object' then
    return null;
  end if;

  select min(s.key) into v_unknown
  from jsonb_object_keys(v_result -> 'set') as s (key)
  where not exists (
    select from meta.effective_column as e
    where e.class_id = p_class and e.code = s.key and e.stored and e.type <> 'calculated'
  );

  if v_unknown is not null then
    raise exception 'the script sets the column "%", which % does not have or store', v_unknown, meta.class_path(p_class)
      using errcode = 'PG106', hint = 'Set columns of the class by their codes.';
  end if;

  return (
    select jsonb_object_agg(e.physical, s.value)
    from jsonb_each(v_result -> 'set') as s
    inner join meta.effective_column as e on e.class_id = p_class and e.code = s.key
  );
end;
$$;

comment on function flow.run_row_script(bigint, text, bigint, jsonb, jsonb) is
'Values by physical column that the script of a rule sets in a row; null for none. Raises PG106, PG501 to PG506, and what the script raises.';

revoke all on function flow.run_row_script(bigint, text, bigint, jsonb, jsonb) from public;
