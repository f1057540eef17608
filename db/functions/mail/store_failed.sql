-- Keep a mail that could not be made: with its unfilled texts, the reason, and no recipients.
--
-- It is never sent; its state says that somebody waits for a mail in vain.

create or replace function mail.store_failed(p_subject text, p_body text, p_class bigint, p_row bigint, p_error text)
returns bigint
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_id bigint;
begin
  insert into mail.message (
    message_id, account_id, from_address, from_name, subject, body, class_id, row_id, creator, created, state, settled, error
  )
  select
    '<' || gen_random_uuid() || '@' || split_part(a.from_address, '@', 2) || '>',
    a.id, a.from_address, a.from_name, coalesce(p_subject, ''), coalesce(p_body, ''), p_class, p_row,
    access.current_account(), core.now(), 'failed', core.now(), p_error
  from mail.account as a
  order by a.is_default desc, a.id
  limit 1
  returning id into v_id;

  return v_id;
end;
$$;

comment on function mail.store_failed(text, text, bigint, bigint, text) is 'Id of a new mail in state failed with the reason.';

revoke all on function mail.store_failed(text, text, bigint, bigint, text) from public;
