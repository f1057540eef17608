-- Code of this instance, under which its writes are counted in all instances; made when first asked.

create or replace function replica.instance()
returns text
language plpgsql
volatile
security definer  -- lends: the row of replica.instance
set search_path = pg_catalog, pg_temp
as $$
begin
  if not exists (select from replica.instance as i) then
    insert into replica.instance (code)
    values (left(replace(gen_random_uuid()::text, '-', ''), 12))
    on conflict (id) do nothing;
  end if;

  return (select i.code from replica.instance as i);
end;
$$;

comment on function replica.instance() is 'Code of this instance in replication, 12 hexadecimal digits.';

revoke all on function replica.instance() from public, pgears_runner;
grant execute on function replica.instance() to pgears_admin;
