-- Take the lease of a mailbox for one turn; null while another reader has it or it is off.
--
-- Each message stored moves the lease on, so it ends soon after the reader's process. With
-- the definition come its name, the cursor of the driver, the keys of messages to be asked for again, and
-- those that the server may not have been told of, or by half, as their reader ended.

create or replace function mail.begin_reading(p_mailbox bigint, p_token uuid, p_lease interval default '15 minutes')
returns jsonb
language plpgsql
volatile
security definer  -- lends: writing mailboxes to the runner
set search_path = pg_catalog, pg_temp
as $$
declare
  v_definition jsonb;
begin
  perform core.check_place();

  update mail.mailbox as b
  set lease_token = p_token, lease_until = core.now() + p_lease, rung = false
  where b.id = p_mailbox
    and b.enabled
    and (b.lease_until is null or b.lease_until < core.now() or b.lease_token = p_token)
  returning
    b.definition || jsonb_build_object('cursor', b.cursor, 'name', (select m.code || '.' || b.code from meta.model as m where m.id = b.model_id))
  into v_definition;

  if v_definition is null then
    return null;
  end if;

  return mail.filled_definition(v_definition) || jsonb_build_object(
    'unfetched',
    array(
      select r.key
      from mail.received as r
      where r.mailbox_id = p_mailbox and r.state = 'stored' and not r.fetched
      order by r.id
    ),
    'untold',
    array(
      select r.key
      from mail.received as r
      where r.mailbox_id = p_mailbox and r.state = 'stored' and r.fetched and not r.told
      order by r.id
    )
  );
end;
$$;

comment on function mail.begin_reading(bigint, uuid, interval) is
'Definition of a mailbox with parameters filled in, its lease taken; null when it is off or being read. Raises PG106 for a parameter not set, PG960 in a copy.';

revoke all on function mail.begin_reading(bigint, uuid, interval) from public;
grant execute on function mail.begin_reading(bigint, uuid, interval) to pgears_runner;
