-- Let held mails go, all or those of one account, in the order in which they were stored.

create or replace function mail.release(p_account text default null, p_limit integer default 10000)
returns integer
language plpgsql
volatile
security definer  -- lends: writing the outbox to administrators
set search_path = pg_catalog, pg_temp
as $$
declare
  v_id bigint;
  v_count integer := 0;
begin
  for v_id in
    select m.id
    from mail.message as m
    inner join mail.account as a on m.account_id = a.id
    where m.state = 'held' and a.code = coalesce(p_account, a.code)
    order by m.id
    limit p_limit
    for update of m skip locked
  loop
    perform mail.resend(v_id);
    v_count := v_count + 1;
  end loop;

  return v_count;
end;
$$;

comment on function mail.release(text, integer) is 'Queue held mails again, of one account or all; gives their number. The guard is asked anew.';

revoke all on function mail.release(text, integer) from public;
grant execute on function mail.release(text, integer) to pgears_admin;
