-- What other rooms have built into a trigger of a class, in their order.
--
-- Hooks marked "once" acted where the row was written first, and leave out rows that come
-- from another instance, unless the subscription asks for them. The mark is genuine, or the
-- statement is refused (core.check_source).

create or replace function meta.hook_statements(p_class bigint, p_event text)
returns text
language sql
stable
begin atomic
  select coalesce(
    e'  declare v_chosen bigint[];\n  begin\n'
    || string_agg(
      case
        when h.once then format(
          e'  if core.source() <> ''replica'' or current_setting(''pgears.replica_rules'', true) = ''on'' then\n  %s\n  end if;',
          h.statement
        )
        else '  ' || h.statement
      end,
      e'\n' order by h.position, h.code
    )
    || e'\n  end;',
    ''
  )
  from meta.class_hook as h
  where h.class_id = p_class and h.event = p_event;
end;

comment on function meta.hook_statements(bigint, text) is 'Part of a generated trigger function: statements of meta.class_hook.';

revoke all on function meta.hook_statements(bigint, text) from public;
