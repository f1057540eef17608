-- Ask for the lease of a reader and move it on: one that lost it stores nothing more.

create or replace function mail.hold_mailbox(p_mailbox bigint, p_token uuid)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  update mail.mailbox as b
  set lease_until = greatest(b.lease_until, core.now() + interval '1 minute')
  where b.id = p_mailbox and b.lease_token = p_token;

  if not found then
    raise exception 'mailbox % is read by somebody else now', p_mailbox
      using errcode = 'PG407', hint = 'The lease ran out; begin another turn with mail.begin_reading().';
  end if;
end;
$$;

comment on function mail.hold_mailbox(bigint, uuid) is 'Move the lease of a mailbox on. Raises PG407 when it is lost.';

revoke all on function mail.hold_mailbox(bigint, uuid) from public;
