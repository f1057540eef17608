-- How deep rules have set each other off; refuses where one will not end.
--
-- What a rule does may change rows and so set off rules, by tasks or at once. The depth goes
-- with the task; a chain of sixteen is taken for a circle.

create or replace function flow.next_depth(p_rule text)
returns integer
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_depth constant integer := coalesce(nullif(current_setting('pgears.rule_depth', true), ''), '0')::integer;
begin
  if v_depth >= 16 then
    raise exception 'rule % sets itself off again and again', p_rule
      using errcode = 'PG506', hint = 'Give the rule a condition that does not hold for its own change, such as {{column.x}} is distinct from {{old.x}}.';
  end if;

  return v_depth + 1;
end;
$$;

comment on function flow.next_depth(text) is 'Depth of what a rule sets off. Raises PG506 from 16 on.';

revoke all on function flow.next_depth(text) from public;
