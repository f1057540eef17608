-- Event of meta.class_hook that a rule is built into.
--
-- Only what changes the row must come before it is written. A refusal can come after, once
-- for all rows of the statement, which is undone; it is the same to the writer, and cheaper.

create or replace function flow.rule_hook(p_event text, p_action text)
returns text
language sql
immutable
begin atomic
  select
    case
      when p_event in ('before_insert', 'before_update') and p_action in ('set', 'script') then p_event
      when p_event like '%insert' then 'inserted'
      when p_event like '%update' then 'updated'
      else 'deleted'
    end;
end;

comment on function flow.rule_hook(text, text) is 'Hook of the class triggers for an event and an action of a rule.';

revoke all on function flow.rule_hook(text, text) from public;
