-- Take a key for a request of an account, or give the answer that was stored under it.
--
-- Who repeats a request while the first one runs waits here for its end. The role of the
-- request is not taken on yet: nobody else may read answers.

create or replace function web.begin_answer(p_account text, p_key text, p_request bytea)
returns table (status integer, headers jsonb, body bytea)
language plpgsql
volatile
security definer  -- lends: writing web.answer to the web service
set search_path = pg_catalog, pg_temp
as $$
declare
  v_answer web.answer;
begin
  insert into web.answer as a (account, key, request)
  values (p_account, p_key, p_request)
  on conflict (account, key) do nothing;

  if found then
    return;
  end if;

  select a.* into strict v_answer from web.answer as a where a.account = p_account and a.key = p_key;

  if v_answer.request <> p_request then
    raise exception 'the key "%" was used for another request', p_key
      using errcode = 'PG605', hint = 'Take a new Idempotency-Key for each request; repeat a request with its own.';
  end if;

  return query select v_answer.status, v_answer.headers, v_answer.body;
end;
$$;

comment on function web.begin_answer(text, text, bytea) is
'No row when the key is new and now taken, else the stored answer. Raises PG605 when it was for another request.';

revoke all on function web.begin_answer(text, text, bytea) from public;
grant execute on function web.begin_answer(text, text, bytea) to pgears_admin, pgears_web;
