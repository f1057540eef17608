-- Say how long settled mails are kept.

create or replace function mail.set_retention(p_sent interval default null, p_failed interval default null)
returns void
language plpgsql
volatile
security definer  -- lends: writing core.setting to administrators
set search_path = pg_catalog, pg_temp
as $$
begin
  if least(p_sent, p_failed) < interval '0' then
    raise exception 'mail cannot be kept for %', least(p_sent, p_failed)
      using errcode = 'PG409', hint = 'Give a time such as 90 days.';
  end if;

  update core.setting as s
  set value = to_jsonb(case s.code when 'mail.keep_sent' then p_sent else p_failed end::text)
  where (s.code = 'mail.keep_sent' and p_sent is not null) or (s.code = 'mail.keep_failed' and p_failed is not null);
end;
$$;

comment on function mail.set_retention(interval, interval) is
'Keep sent and cancelled mails, and refused, bounced and failed ones, so long; null leaves it as it is. Raises PG409.';

revoke all on function mail.set_retention(interval, interval) from public;
grant execute on function mail.set_retention(interval, interval) to pgears_admin;
