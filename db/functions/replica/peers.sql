-- Peers and where the URLs of their databases are kept.

create or replace function replica.peers()
returns table (code text, url text)
language sql
stable
security definer  -- lends: reading peers to administrators
begin atomic
  select p.code, p.url
  from replica.peer as p
  order by p.code;
end;

comment on function replica.peers() is 'Code and reference of each peer.';

revoke all on function replica.peers() from public;
grant execute on function replica.peers() to pgears_admin;
