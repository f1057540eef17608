-- Store the answer to a request whose key web.begin_answer() has taken in this transaction.

create or replace function web.keep_answer(p_account text, p_key text, p_status integer, p_headers jsonb, p_body bytea)
returns void
language sql
volatile
security definer  -- lends: writing web.answer to the web service
begin atomic
  update web.answer as a
  set status = p_status, headers = p_headers, body = p_body
  where a.account = p_account and a.key = p_key;
end;

comment on function web.keep_answer(text, text, integer, jsonb, bytea) is 'Store the answer to a request, to be given again.';

revoke all on function web.keep_answer(text, text, integer, jsonb, bytea) from public;
grant execute on function web.keep_answer(text, text, integer, jsonb, bytea) to pgears_admin, pgears_web;
