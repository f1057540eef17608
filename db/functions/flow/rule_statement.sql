-- The statement of a rule for the after trigger of its class: tasks for the rows it is for.
--
-- One task for up to 500 rows, in the transaction of the change; the rows are named, not
-- copied, and read again when the task runs. A loop over bundles, because a query that makes
-- them would be planned anew for each statement, which costs more than the insert.
-- requires: meta.condition_expression

create or replace function flow.rule_statement(p_rule bigint)
returns text
language sql
stable
begin atomic
  select
    case
      when r.event = 'after_insert' and r.definition ->> 'when' is null then 'v_chosen := v_ids;'
      else format(
        'select array_agg(n.id) into v_chosen from new_rows as n where n.deleted is null and (%s);',
        coalesce(meta.condition_expression(r.class_id, r.definition ->> 'when', 'n.'), 'true')
      )
    end
    || format(
      ' for v_from in 1..coalesce(cardinality(v_chosen), 0) by 500 loop'
      ' insert into queue.task (kind, payload)'
      ' values (''rule'', jsonb_build_object(''rule'', %s, ''ids'', v_chosen[v_from:v_from + 499]));'
      ' v_ring := true; end loop;',
      r.id
    )
  from flow.rule as r
  where r.id = p_rule;
end;

comment on function flow.rule_statement(bigint) is 'SQL that a generated trigger function runs for a rule.';

revoke all on function flow.rule_statement(bigint) from public;
