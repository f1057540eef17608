-- Make one message a record whose attachments were stored before, in this transaction.
-- requires: mail.accept

create or replace function mail.accept_large(p_received bigint, p_parts jsonb, p_files bigint[], p_skip text, p_told boolean)
returns text
language plpgsql
volatile
security definer  -- lends: inserting into class tables to the runner
set search_path = pg_catalog, pg_temp
as $$
declare
  v_state constant text := mail.accept(p_received, p_parts, p_files, p_skip);
begin
  update mail.received as r
  set told = true
  where r.id = p_received and p_told and not r.told;

  return v_state;
end;
$$;

comment on function mail.accept_large(bigint, jsonb, bigint[], text, boolean) is
'As mail.accept(), for a message whose server was told of it or not.';

revoke all on function mail.accept_large(bigint, jsonb, bigint[], text, boolean) from public;
grant execute on function mail.accept_large(bigint, jsonb, bigint[], text, boolean) to pgears_runner;
