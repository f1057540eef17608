-- Next slot of a job after a time, within its validity; null when there is none.
-- requires: flow.next_slot

create or replace function flow.job_slot(p_definition jsonb, p_after timestamptz)
returns timestamptz
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_zone constant text := coalesce(p_definition ->> 'time_zone', 'UTC');
  v_from constant timestamptz := (p_definition ->> 'valid_from')::timestamp at time zone v_zone;
  v_to constant timestamptz := (p_definition ->> 'valid_to')::timestamp at time zone v_zone;
  v_slot timestamptz;
begin
  if p_definition ? 'cron' then
    v_slot := flow.next_slot(p_definition ->> 'cron', v_zone, greatest(p_after, v_from - interval '1 second'));
  else
    v_slot := (p_definition ->> 'at')::timestamp at time zone v_zone;
    if v_slot <= p_after or v_slot < v_from then
      v_slot := null;
    end if;
  end if;

  return case when v_to is null or v_slot <= v_to then v_slot end;
exception
  when invalid_datetime_format or datetime_field_overflow or invalid_parameter_value then
    raise exception 'a time of the job cannot be read: %', sqlerrm
      using errcode = 'PG521', hint = 'Write times as 2026-12-31 23:59, on the clock of time_zone.';
end;
$$;

comment on function flow.job_slot(jsonb, timestamptz) is 'Next slot of a job by its cron or at. Raises PG521.';

revoke all on function flow.job_slot(jsonb, timestamptz) from public;
