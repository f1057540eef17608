-- Which of the messages of a batch may become records together: those that need no look of their own.
--
-- That is, no answer to anything known or to one of the same batch, no mail of ours that
-- comes back, no delivery report, nothing to skip, no sender above the rate of the mailbox,
-- and no scripts. Everything else is for mail.accept().
-- The planner does not know how few these are among all messages: by index.

create or replace function mail.ordinary_messages(p_mailbox bigint, p_received bigint[], p_parts jsonb[], p_skips text[])
returns bigint[]
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set jit = off
as $$
declare
  v_definition jsonb;
  v_rate record;
  v_ids text[];
begin
  select b.definition into v_definition from mail.mailbox as b where b.id = p_mailbox;

  if v_definition ?| array['script', 'script_after'] then
    return array[]::bigint[];
  end if;

  v_rate := mail.rate_limit(v_definition ->> 'rate_per_sender');
  v_ids := array(select m.parts ->> 'message_id' from unnest(p_parts) as m (parts));

  return array(
    select m.id
    from (
      select n.*, count(*) over (partition by n.parts ->> 'from_address' order by n.place) as nth
      from unnest(p_received, p_parts, p_skips) with ordinality as n (id, parts, skip, place)
    ) as m
    inner join mail.received as r on r.id = m.id and r.mailbox_id = p_mailbox and r.state = 'stored'
    where (m.skip is null or v_definition ->> 'on_auto_reply' = 'accept' and m.skip in ('auto-reply', 'list mail'))
      and not m.parts ? 'report'
      and not exists (select from mail.message as o where o.message_id = m.parts ->> 'message_id')
      and case
        when concat(m.parts ->> 'in_reply_to', m.parts ->> 'references') = '' then true
        else not (
          exists (select from mail.find_thread(m.parts) as t where t.mail_id is not null or t.row_id is not null)
          or exists (
            select
            from regexp_matches(concat(m.parts ->> 'in_reply_to', m.parts ->> 'references'), '<[^<>[:space:]]+>', 'g') as x (found)
            where x.found[1] = any (v_ids)
          )
        )
      end
      and case
        when v_rate.number is null then true
        else m.nth + (
          select count(*)
          from mail.received as e
          where e.mailbox_id = p_mailbox
            and e.from_address = m.parts ->> 'from_address'
            and e.state = 'done'
            and e.received > core.now() - v_rate.span
        ) <= v_rate.number
      end
  );
end;
$$;

comment on function mail.ordinary_messages(bigint, bigint[], jsonb[], text[]) is
'Ids of those messages of a batch that may become records together.';

revoke all on function mail.ordinary_messages(bigint, bigint[], jsonb[], text[]) from public;
