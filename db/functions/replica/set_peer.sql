-- Name another instance and where the URL of its database is kept.

create or replace function replica.set_peer(p_code text, p_url text)
returns void
language plpgsql
volatile
security definer  -- lends: writing peers to administrators
set search_path = pg_catalog, pg_temp
as $$
begin
  perform meta.check_code(p_code, 'peer');

  if p_url !~ '^(env|file):.' then
    raise exception 'the URL of peer "%" is to be a reference', p_code
      using errcode = 'PG801', hint = 'Write env:NAME or file:PATH, where the URL with its password is kept.';
  end if;

  insert into replica.peer as p (code, url)
  values (p_code, p_url)
  on conflict (code) do update set url = excluded.url;
end;
$$;

comment on function replica.set_peer(text, text) is 'Make or change a peer. Raises PG101, PG801.';

revoke all on function replica.set_peer(text, text) from public;
grant execute on function replica.set_peer(text, text) to pgears_admin;
