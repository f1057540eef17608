-- Store a large message that came in pieces, as mail.store_received() does.
-- requires: mail.store_received

create or replace function mail.store_spooled(p_mailbox bigint, p_token uuid, p_key text, p_upload uuid, p_epoch text default null)
returns table (id bigint, key text, received timestamptz)
language plpgsql
volatile
security definer  -- lends: writing received messages to the runner
set search_path = pg_catalog, pg_temp
as $$
begin
  return query
  select s.*
  from mail.store_received(
    p_mailbox, p_token, array[p_key],
    array[coalesce((select string_agg(u.content, '' order by u.position) from core.upload_piece as u where u.upload = p_upload), '')],
    p_epoch
  ) as s;

  delete from core.upload_piece as u where u.upload = p_upload;
end;
$$;

comment on function mail.store_spooled(bigint, uuid, text, uuid, text) is
'Store a message made of the pieces of an upload; gives it when it is new. Raises PG407 when the lease of the mailbox is lost.';

revoke all on function mail.store_spooled(bigint, uuid, text, uuid, text) from public;
grant execute on function mail.store_spooled(bigint, uuid, text, uuid, text) to pgears_runner;
