-- Forget a reader of this instance, so that the feed is not kept for it any longer.

create or replace function replica.drop_reader(p_code text)
returns boolean
language plpgsql
volatile
security definer  -- lends: writing readers to administrators
set search_path = pg_catalog, pg_temp
as $$
begin
  delete from feed.consumer as c where c.code = 'replica:' || p_code;
  delete from replica.reader as r where r.code = p_code;
  return found;
end;
$$;

comment on function replica.drop_reader(text) is 'Forget a reading of another instance; true when there was one.';

revoke all on function replica.drop_reader(text) from public;
grant execute on function replica.drop_reader(text) to pgears_admin;
