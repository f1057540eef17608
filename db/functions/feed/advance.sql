-- Move a reader of the feed behind the last change that it has worked in.

create or replace function feed.advance(p_consumer text, p_transaction xid8, p_position bigint)
returns void
language plpgsql
volatile
security definer  -- lends: moving consumers to the runner and administrators
set search_path = pg_catalog, pg_temp
as $$
begin
  update feed.consumer as r
  set transaction_id = p_transaction, position = p_position, advanced = core.now()
  where r.code = p_consumer and (r.transaction_id, r.position) <= (p_transaction, p_position);

  if not found then
    raise exception 'reader "%" of the feed is not registered or has read further already', p_consumer
      using errcode = 'PG006', hint = 'Register it by feed.subscribe(); two processes must not read under one code.';
  end if;
end;
$$;

comment on function feed.advance(text, xid8, bigint) is 'Set the position of a reader. Raises PG006 when it would go back.';

revoke all on function feed.advance(text, xid8, bigint) from public, pgears_runner;
grant execute on function feed.advance(text, xid8, bigint) to pgears_admin;
