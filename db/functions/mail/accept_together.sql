-- Make records of ordinary messages of a mailbox by one insert; all of them, or an error.
-- requires: mail.record_values_many meta.insert_records

create or replace function mail.accept_together(
  p_mailbox bigint,
  p_received bigint[],
  p_parts jsonb[],
  p_files jsonb[],
  p_told boolean
)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_mailbox mail.mailbox;
  v_rows bigint[];
  v_parts constant jsonb[] := array(
    select
      case
        when m.parts ? 'content_ids'
          then mail.link_inline(m.parts, array(select f.id::bigint from jsonb_array_elements_text(m.files) with ordinality as f (id, place) order by f.place))
        else m.parts
      end
    from unnest(p_parts, p_files) with ordinality as m (parts, files, place)
    order by m.place
  );
  v_now constant timestamptz := core.now();
begin
  select b.* into v_mailbox from mail.mailbox as b where b.id = p_mailbox;
  perform core.set_source('mailbox');

  v_rows := meta.insert_records(
    v_mailbox.class_id,
    mail.record_values_many(p_received, v_mailbox.model_id, v_mailbox.class_id, v_mailbox.definition -> 'mapping', v_parts, p_files)
  );

  update mail.received as r
  set
    state = 'done',
    reason = null,
    error = null,
    message_id = n.parts ->> 'message_id',
    from_address = n.parts ->> 'from_address',
    subject = n.parts ->> 'subject',
    class_id = v_mailbox.class_id,
    row_id = n.row_id,
    told = r.told or p_told,
    settled = v_now
  from unnest(p_received, p_parts, v_rows) as n (id, parts, row_id)
  where r.id = n.id;
end;
$$;

comment on function mail.accept_together(bigint, bigint[], jsonb[], jsonb[], boolean) is
'Turn ordinary messages into records by one statement. Raises what the insert raises.';

revoke all on function mail.accept_together(bigint, bigint[], jsonb[], jsonb[], boolean) from public;
