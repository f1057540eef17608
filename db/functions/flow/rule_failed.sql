-- Raise the error of a rule under its own code and text, with the rule named in the detail.

create or replace function flow.rule_failed(p_rule text, p_state text, p_message text)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_state like 'PG5%' or p_state like '40%' or p_state like '57%' then
    raise exception '%', p_message
      using errcode = p_state, detail = 'rule ' || p_rule, hint = 'Change the values, or the rule in its model file.';
  end if;

  raise exception 'rule % failed: %', p_rule, p_message
    using errcode = 'PG505', detail = 'SQLSTATE ' || p_state, hint = 'Correct the formula, condition or script of the rule, or switch it off.';
end;
$$;

comment on function flow.rule_failed(text, text, text) is 'Raise PG505 for an error in a rule; refusals keep their SQLSTATE.';

revoke all on function flow.rule_failed(text, text, text) from public;
