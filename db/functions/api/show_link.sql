-- Public: what a link would do, or has done. Nothing changes: mail scanners may open it as they like.
--
-- Who holds the token may know; that is what the token is.
-- requires: flow.link_state

create or replace function api.show_link(token text)
returns jsonb
language plpgsql
stable
security definer  -- lends: reading one link to who holds its token
set search_path = pg_catalog, pg_temp
as $$
declare
  v_link flow.link;
begin
  select l.* into v_link from flow.link as l where l.sha256 = sha256(token::bytea);

  if not found then
    raise exception 'there is no such link'
      using errcode = 'PG564', hint = 'Copy the whole address from the mail.';
  end if;

  return flow.link_state(v_link);
end;
$$;

comment on function api.show_link(text) is
'State of a link (open, used, over, expired), what it does for whom, and what happened when it was used. Changes nothing. Raises PG564.';

grant execute on function api.show_link(text) to public;
