-- The statement of a rule for the after trigger of its class: tasks for the rows it is for.
--
-- One task for up to 500 rows, in the transaction of the change; the rows are named, not
-- copied, and read again when the task runs.
-- requires: meta.condition_expression

create or replace function flow.rule_statement(p_rule bigint)
returns text
language sql
stable
begin atomic
  select
    format(
      'insert into queue.task (kind, payload)'
      ' select ''rule'', jsonb_build_object(''rule'', %s, ''ids'', jsonb_agg(x.id order by x.id))'
      ' from (select n.id, (row_number() over (order by n.id) - 1) / 500 as bundle from new_rows as n'
      ' where n.deleted is null and (%s)) as x group by x.bundle; v_ring := v_ring or found;',
      r.id,
      coalesce(meta.condition_expression(r.class_id, r.definition ->> 'when', 'n.'), 'true')
    )
  from flow.rule as r
  where r.id = p_rule;
end;

comment on function flow.rule_statement(bigint) is 'SQL that a generated trigger function runs for a rule.';

revoke all on function flow.rule_statement(bigint) from public;
