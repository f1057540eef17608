-- Say how long calls that are over are kept.

create or replace function http.set_retention(p_done interval default null, p_failed interval default null)
returns void
language plpgsql
volatile
security definer  -- lends: writing core.setting to administrators
set search_path = pg_catalog, pg_temp
as $$
begin
  if least(p_done, p_failed) < interval '0' then
    raise exception 'calls cannot be kept for %', least(p_done, p_failed)
      using errcode = 'PG547', hint = 'Give a time such as 90 days.';
  end if;

  update core.setting as s
  set value = to_jsonb(case s.code when 'http.keep_done' then p_done else p_failed end::text)
  where (s.code = 'http.keep_done' and p_done is not null) or (s.code = 'http.keep_failed' and p_failed is not null);
end;
$$;

comment on function http.set_retention(interval, interval) is
'Keep calls that succeeded or were cancelled, and those refused or dead, so long; null leaves it as it is. Raises PG547.';

revoke all on function http.set_retention(interval, interval) from public;
grant execute on function http.set_retention(interval, interval) to pgears_admin;
