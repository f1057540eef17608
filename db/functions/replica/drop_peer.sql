-- Forget a peer; subscriptions that name it rest, and keep their positions.

create or replace function replica.drop_peer(p_code text)
returns void
language sql
volatile
security definer  -- lends: writing peers to administrators
begin atomic
  delete from replica.peer as p where p.code = p_code;
end;

comment on function replica.drop_peer(text) is 'Forget a peer.';

revoke all on function replica.drop_peer(text) from public;
grant execute on function replica.drop_peer(text) to pgears_admin;
