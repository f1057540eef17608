-- The statement of a rule for the triggers of its class.
--
-- Notifications name their rows and read them again when the task runs; the other actions
-- after saving take the rows along as they were written. One task for many rows, in the
-- transaction of the change. A loop over bundles, because a query that makes them would be
-- planned anew for each statement, which costs more than the insert. The comment in each
-- statement names the rule in the CONTEXT of an error.
-- requires: flow.rule_expression flow.rule_hook

create or replace function flow.rule_statement(p_rule bigint)
returns text
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_rule record;
  v_none text;
  v_new text;
  v_old text;
  v_from text;
  v_when text;
  v_row text;
begin
  select r.*, m.code || '.' || r.code as name, flow.rule_hook(r.event, r.action) as hook into strict v_rule
  from flow.rule as r
  inner join meta.model as m on r.model_id = m.id
  where r.id = p_rule;

  v_none := format('(null::data.datarow_%s).', v_rule.class_id);

  if v_rule.hook in ('before_insert', 'before_update') then
    v_when := coalesce(flow.rule_expression(v_rule.class_id, v_rule.definition ->> 'when', 'new.', 'old.'), 'true');

    if v_rule.action = 'set' then
      -- Formulas see the row as it was before the first of them.
      select string_agg(
        format('new.%I := (%s);', e.physical, flow.rule_expression(v_rule.class_id, f.value, 'v_given.', 'old.')), ' ' order by f.key
      )
      into v_row
      from jsonb_each_text(v_rule.definition -> 'set') as f
      inner join meta.effective_column as e on e.class_id = v_rule.class_id and f.key = format('{{column.%s}}', e.code);
      v_row := format('declare v_given data.datarow_%s := new; begin %s end;', v_rule.class_id, v_row);
    else
      v_row := format(
        'declare v_set jsonb := flow.run_row_script(%s, %L, %s, to_jsonb(new), %s); begin'
        ' if v_set is not null then new := jsonb_populate_record(new, v_set); end if; end;',
        p_rule, v_rule.event, v_rule.class_id, case v_rule.hook when 'before_update' then 'to_jsonb(old)' else 'null' end
      );
    end if;

    return format(
      'begin if (%s) then %s end if; exception when others then perform flow.rule_failed(%L, sqlstate, sqlerrm); end;',
      v_when, v_row, v_rule.name
    );
  end if;

  case v_rule.hook
    when 'inserted' then
      v_new := 'r.';
      v_old := v_none;
      v_from := 'new_rows as r where r.deleted is null';
    when 'updated' then
      v_new := 'r.';
      v_old := 'o.';
      v_from := 'new_rows as r inner join old_rows as o on r.id = o.id where r.deleted is null';
    else
      v_new := 'r.';
      v_old := 'r.';
      v_from := 'old_rows as r where r.deleted is null';
  end case;

  if v_rule.hook = 'updated' and coalesce(v_rule.definition ->> 'when', '') !~ '\{\{\s*old\.' and v_rule.action in ('notify', 'refuse') then
    v_from := 'new_rows as r where r.deleted is null';
  end if;

  v_when := coalesce(flow.rule_expression(v_rule.class_id, v_rule.definition ->> 'when', v_new, v_old), 'true');

  if v_rule.action = 'refuse' then
    return format(
      'declare v_refused text; begin select /* rule %1$s */ %2$s into v_refused from %3$s and (%4$s) limit 1;'
      ' if v_refused is not null then perform flow.refuse(v_refused); end if;'
      ' exception when others then perform flow.rule_failed(%1$L, sqlstate, sqlerrm); end;',
      v_rule.name,
      meta.format_expression(v_rule.class_id, flow.default_text(v_rule.definition -> 'refuse'), false),
      v_from, v_when
    );
  elsif v_rule.event = 'before_delete' then
    return format(
      'declare v_row jsonb; begin for v_row in select /* rule %1$s */ to_jsonb(r) from %2$s and (%3$s) loop'
      ' perform flow.run_row_script(%4$s, %5$L, %6$s, v_row, v_row); end loop;'
      ' exception when others then perform flow.rule_failed(%1$L, sqlstate, sqlerrm); end;',
      v_rule.name, v_from, v_when, p_rule, v_rule.event, v_rule.class_id
    );
  elsif v_rule.action = 'notify' then
    return case
      when v_rule.hook = 'inserted' and v_rule.definition ->> 'when' is null then 'v_chosen := v_ids;'
      else format('select /* rule %s */ array_agg(r.id) into v_chosen from %s and (%s);', v_rule.name, v_from, v_when)
    end
    || format(
      ' for v_first in 1..coalesce(cardinality(v_chosen), 0) by 500 loop'
      ' insert into queue.task (kind, payload)'
      ' values (''rule'', jsonb_build_object(''rule'', %s, ''ids'', v_chosen[v_first:v_first + 499]));'
      ' v_ring := true; end loop;',
      p_rule
    );
  end if;

  return format(
    'declare v_records jsonb[]; begin'
    ' select /* rule %1$s */ array_agg(jsonb_build_object(''record'', to_jsonb(r)%2$s)) into v_records from %3$s and (%4$s);'
    ' for v_at in 1..coalesce(cardinality(v_records), 0) by 100 loop'
    ' insert into queue.task (kind, payload)'
    ' values (''rule'', jsonb_build_object(''rule'', %5$s, ''depth'', flow.next_depth(%1$L), ''records'', v_records[v_at:v_at + 99]));'
    ' v_ring := true; end loop; end;',
    v_rule.name,
    case v_rule.hook when 'updated' then ', ''old'', to_jsonb(o)' else '' end,
    v_from, v_when, p_rule
  );
end;
$$;

comment on function flow.rule_statement(bigint) is 'SQL that a generated trigger function runs for a rule. Raises PG106, PG111.';

revoke all on function flow.rule_statement(bigint) from public;
