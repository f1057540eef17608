-- Public: do what a link is for, once. A second use says what happened the first time.
--
-- Works for the account that the link is bound to, with its rights of now; who holds the
-- token need be nobody. Two at once: the second waits, and is told.
-- requires: flow.act flow.link_state

create or replace function api.use_link(token text, choice text default null)
returns jsonb
language plpgsql
volatile
security definer  -- lends: doing one thing once for the account that the link is bound to, to who holds its token
set search_path = pg_catalog, pg_temp
as $$
declare
  v_link flow.link;
  v_state jsonb;
begin
  select l.* into v_link from flow.link as l where l.sha256 = sha256(token::bytea) for update;

  if not found then
    raise exception 'there is no such link'
      using errcode = 'PG564', hint = 'Copy the whole address from the mail.';
  end if;

  v_state := flow.link_state(v_link);
  if v_state ->> 'state' <> 'open' then
    return v_state || jsonb_build_object('done', false);
  end if;

  if v_link.operation = 'complete_task' then
    v_link.choice := coalesce(v_link.arguments ->> 'outcome', choice, case when not v_state ? 'outcomes' then 'done' end);
    v_link.result := flow.act(v_link.account, v_link.operation, null, v_link.arguments || jsonb_build_object('outcome', v_link.choice));
  else
    v_link.result := flow.act(v_link.account, v_link.operation, v_link.object, v_link.arguments);
  end if;

  update flow.link as l
  set used = core.now(), choice = v_link.choice, result = v_link.result
  where l.id = v_link.id
  returning l.* into v_link;

  return flow.link_state(v_link) || jsonb_build_object('done', true);
end;
$$;

comment on function api.use_link(text, text) is
'Do what a link is for, with the outcome chosen for a task, and give its state; "done" is false when it was used before, is over or has expired. '
'Raises PG564, PG519, PG560, and what the action raises.';

grant execute on function api.use_link(text, text) to public;
