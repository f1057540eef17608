-- Take the lease of a mailbox for one turn; null while another reader has it or it is off.
--
-- Each message stored moves the lease on, so it ends soon after the reader's process.

create or replace function mail.begin_reading(p_mailbox bigint, p_token uuid, p_lease interval default '15 minutes')
returns jsonb
language plpgsql
volatile
security definer  -- lends: writing mailboxes to the runner
set search_path = pg_catalog, pg_temp
as $$
declare
  v_definition jsonb;
  v_parameter text;
  v_path text;
begin
  update mail.mailbox as b
  set lease_token = p_token, lease_until = core.now() + p_lease
  where b.id = p_mailbox
    and b.enabled
    and (b.lease_until is null or b.lease_until < core.now() or b.lease_token = p_token)
  returning b.definition into v_definition;

  if v_definition is null then
    return null;
  end if;

  v_path := v_definition ->> 'path';
  for v_parameter in
    select p.found[1] from regexp_matches(v_path, '\{\{\s*app[.]par[.]([a-z0-9_.-]+)\s*\}\}', 'g') as p (found)
  loop
    if core.parameter(v_parameter) is null then
      raise exception 'the path of the mailbox names the parameter "%", which is not set', v_parameter
        using errcode = 'PG106', hint = 'Set it with core.set_parameter().';
    end if;
    v_path := regexp_replace(
      v_path,
      '\{\{\s*app[.]par[.]' || replace(v_parameter, '.', '[.]') || '\s*\}\}',
      replace(core.parameter(v_parameter), '\', '\\')
    );
  end loop;

  return
    '{"after_read": "mark", "folder": "Processed", "batch_size": 100, "on_auto_reply": "skip"}'
    || v_definition
    || jsonb_build_object('path', v_path);
end;
$$;

comment on function mail.begin_reading(bigint, uuid, interval) is
'Definition of a mailbox with parameters filled in, its lease taken; null when it is off or being read. Raises PG106 for a parameter not set.';

revoke all on function mail.begin_reading(bigint, uuid, interval) from public;
grant execute on function mail.begin_reading(bigint, uuid, interval) to pgears_runner;
