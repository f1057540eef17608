-- Mark the mail and the recipients that a delivery report speaks of.
--
-- p_report: {message_id, recipients: [{address, original, action, status, diagnostic}]}. A
-- report about nobody known here (the mail was forwarded) counts for the recipient if there
-- is but one, and else is kept as a remark of the mail. Gives the mail, null when it is none
-- of ours: whoever knows no Message-ID of ours can mark nothing.

create or replace function mail.accept_report(p_report jsonb)
returns bigint
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_id bigint;
begin
  select m.id into v_id
  from mail.message as m
  where m.message_id = p_report ->> 'message_id' and m.state not in ('queued', 'held', 'failed')
  for update;

  if v_id is null then
    return null;
  end if;

  with spoken as (
    select distinct on (r.position)
      r.position,
      s.action,
      concat_ws(' ', 'delivery report:', nullif(s.status, ''), nullif(s.diagnostic, '')) as answer
    from jsonb_to_recordset(p_report -> 'recipients') as s (address text, original text, action text, status text, diagnostic text)
    inner join mail.recipient as r
      on r.message_id = v_id
      and (
        lower(s.address) in (lower(r.delivered_to), lower(r.address))
        or lower(s.original) in (lower(r.delivered_to), lower(r.address))
        or (select count(*) = 1 from mail.recipient as o where o.message_id = v_id)
      )
    order by r.position, s.action = 'failed' desc
  )

  update mail.recipient as r
  set
    state = case when s.action = 'failed' then 'bounced' else r.state end,
    answer = left(s.answer, 1000),
    settled = case when s.action = 'failed' then core.now() else r.settled end
  from spoken as s
  where r.message_id = v_id and r.position = s.position and r.state in ('sent', 'unknown', 'bounced');

  update mail.message as m
  set
    state = case when m.state in ('sent', 'unknown', 'bounced', 'refused') then mail.overall_state(v_id) else m.state end,
    error = coalesce(mail.trouble(v_id), m.error)
  where m.id = v_id;

  return v_id;
end;
$$;

comment on function mail.accept_report(jsonb) is
'Id of the mail that a delivery report speaks of, its recipients marked as bounced where delivery failed; null when it is none of ours.';

revoke all on function mail.accept_report(jsonb) from public, pgears_runner;
