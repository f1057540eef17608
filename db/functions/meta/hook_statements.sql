-- What other rooms have built into an after trigger of a class, in their order.

create or replace function meta.hook_statements(p_class bigint, p_event text)
returns text
language sql
stable
begin atomic
  select coalesce(
    e'  declare v_chosen bigint[];\n  begin\n' || string_agg('  ' || h.statement, e'\n' order by h.position, h.code) || e'\n  end;',
    ''
  )
  from meta.class_hook as h
  where h.class_id = p_class and h.event = p_event;
end;

comment on function meta.hook_statements(bigint, text) is 'Part of a generated trigger function: statements of meta.class_hook.';

revoke all on function meta.hook_statements(bigint, text) from public;
