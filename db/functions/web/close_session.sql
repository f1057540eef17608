-- End a session; its cookie is worth nothing afterwards.

create or replace function web.close_session(p_token_hash bytea)
returns void
language sql
volatile
security definer  -- lends: writing sessions to the web service
begin atomic
  delete from web.session as s where s.token_hash = p_token_hash;
end;

comment on function web.close_session(bytea) is 'Forget the session with this hash.';

revoke all on function web.close_session(bytea) from public;
grant execute on function web.close_session(bytea) to pgears_web;
