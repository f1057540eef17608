-- Let one transaction at a time look after an event: who raises it, who begins to wait for it.
--
-- So either the waiter finds the event stored, or the raiser finds the waiter registered.

create or replace function flow.lock_event(p_scope text, p_scope_id bigint, p_code text)
returns void
language sql
volatile
begin atomic
  select pg_advisory_xact_lock(hashtextextended(format('%s %s %s', p_scope, p_scope_id, p_code), 7306));
end;

comment on function flow.lock_event(text, bigint, text) is 'Lock an event by scope, id and code until the end of the transaction.';

revoke all on function flow.lock_event(text, bigint, text) from public;
