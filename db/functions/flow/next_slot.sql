-- The next time after p_after that a cron expression names, on the clock of a time zone.
--
-- Daylight saving, as cron does it: where the hour is free (*), slots follow real time, so
-- the hour that comes twice has them twice and the one that is left out has none. Where the hour is
-- named, a time that comes twice is used once, the first time, and one that is left out is
-- used when the clock has jumped.
-- requires: flow.cron_field

create or replace function flow.next_slot(p_cron text, p_zone text, p_after timestamptz)
returns timestamptz
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_fields constant text[] := regexp_split_to_array(trim(
    case lower(trim(p_cron))
      when '@hourly' then '0 * * * *'
      when '@daily' then '0 0 * * *'
      when '@weekly' then '0 0 * * 0'
      when '@monthly' then '0 0 1 * *'
      when '@yearly' then '0 0 1 1 *'
      else p_cron
    end
  ), '\s+');
  v_minutes integer[];
  v_hours integer[];
  v_days integer[];
  v_months integer[];
  v_weekdays integer[];
  v_every_hour boolean;
  v_day date;
  v_slot timestamptz;
begin
  if cardinality(v_fields) <> 5 then
    raise exception '"%" is no cron expression', p_cron
      using errcode = 'PG521', hint = 'Write minute, hour, day, month, weekday, such as 30 2 * * 1-5.';
  elsif not exists (select from pg_timezone_names as z where z.name = p_zone) then
    raise exception 'there is no time zone "%"', p_zone
      using errcode = 'PG521', hint = 'Use a name such as Europe/Prague; pg_timezone_names lists them.';
  end if;

  v_minutes := flow.cron_field(v_fields[1], 0, 59);
  v_hours := flow.cron_field(v_fields[2], 0, 23);
  v_days := flow.cron_field(v_fields[3], 1, 31);
  v_months := flow.cron_field(v_fields[4], 1, 12, '{jan,feb,mar,apr,may,jun,jul,aug,sep,oct,nov,dec}');
  v_weekdays := array(select v % 7 from unnest(flow.cron_field(v_fields[5], 0, 7, '{sun,mon,tue,wed,thu,fri,sat}')) as v);
  v_every_hour := v_fields[2] like '*%';

  -- A day before, because a slot of yesterday's clock can still be ahead after a jump.
  for v_day in
    select d::date
    from generate_series((p_after at time zone p_zone)::date - 1, (p_after at time zone p_zone)::date + 3000, interval '1 day') as d
    where extract(month from d) = any (v_months)
      and case
        when v_fields[3] not like '*%' and v_fields[5] not like '*%'
          then extract(day from d) = any (v_days) or extract(dow from d) = any (v_weekdays)
        else extract(day from d) = any (v_days) and extract(dow from d) = any (v_weekdays)
      end
  loop
    select min(c.at) into v_slot
    from (
      select v_day + make_interval(hours => h, mins => m) as wall
      from unnest(v_hours) as h
      cross join unnest(v_minutes) as m
    ) as w
    cross join lateral (
      select x.at
      from (
        values
        (w.wall at time zone p_zone),
        ((w.wall at time zone p_zone) - interval '1 hour'),
        ((w.wall at time zone p_zone) - interval '30 minutes')
      ) as x (at)
      where x.at at time zone p_zone = w.wall
      union all
      -- The clock jumps over this time.
      select w.wall at time zone p_zone
      where not v_every_hour and (w.wall at time zone p_zone) at time zone p_zone <> w.wall
    ) as c
    where c.at > p_after
      and (v_every_hour or not exists (
        select
        from (values (interval '1 hour'), (interval '30 minutes')) as e (span)
        where (c.at - e.span) at time zone p_zone = w.wall
      ));

    if v_slot is not null then
      return v_slot;
    end if;
  end loop;

  return null;
end;
$$;

comment on function flow.next_slot(text, text, timestamptz) is 'Next slot of a cron expression in a time zone; null when none comes in eight years. Raises PG521.';

revoke all on function flow.next_slot(text, text, timestamptz) from public, pgears_runner;
grant execute on function flow.next_slot(text, text, timestamptz) to pgears_admin;
