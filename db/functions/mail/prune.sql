-- Delete mails that are settled and older than they are kept; gives their number.
--
-- Mails that wait for something or somebody (queued, retrying, held, unknown) stay.

create or replace function mail.prune(p_limit integer default 1000)
returns integer
language plpgsql
volatile
security definer  -- lends: deleting from the outbox to the runner
set search_path = pg_catalog, pg_temp
as $$
declare
  v_count integer;
begin
  delete from mail.message as m
  where m.id in (
    select o.id
    from mail.message as o
    where o.settled is not null
      and (
        (o.state in ('sent', 'cancelled') and o.settled < core.now() - (select (s.value #>> '{}')::interval from core.setting as s where s.code = 'mail.keep_sent'))
        or (
          o.state in ('refused', 'bounced', 'failed')
          and o.settled < core.now() - (select (s.value #>> '{}')::interval from core.setting as s where s.code = 'mail.keep_failed')
        )
      )
    order by o.settled
    limit p_limit
    for update skip locked
  );
  get diagnostics v_count = row_count;
  return v_count;
end;
$$;

comment on function mail.prune(integer) is 'Delete up to p_limit mails kept long enough (mail.set_retention()); gives their number.';

revoke all on function mail.prune(integer) from public;
grant execute on function mail.prune(integer) to pgears_runner, pgears_admin;
