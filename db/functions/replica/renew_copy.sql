-- A copy that is told its environment is an instance of its own from then on.

create or replace function replica.renew_copy()
returns trigger
language plpgsql
volatile
security definer  -- lends: another code to who tells the instance its environment
set search_path = pg_catalog, pg_temp
as $$
begin
  perform replica.renew_instance();
  return null;
end;
$$;

comment on function replica.renew_copy() is 'Trigger: give a copy another code of replication than its original.';

revoke all on function replica.renew_copy() from public;
