-- Limit how many tasks of a kind run at once, or begin within a time; null is no limit.

create or replace function queue.limit_kind(
  p_kind text,
  p_parallel integer default null,
  p_rate integer default null,
  p_interval interval default null
)
returns void
language plpgsql
volatile
security definer  -- lends: writing queue.kind to administrators
set search_path = pg_catalog, pg_temp
as $$
begin
  update queue.kind as k
  set parallel_limit = p_parallel, rate_limit = p_rate, rate_interval = case when p_rate is not null then coalesce(p_interval, interval '1 second') end
  where k.kind = p_kind;

  if not found then
    raise exception 'there is no kind of task "%"', p_kind
      using errcode = 'PG301', hint = 'Register it with queue.register_kind().';
  end if;
end;
$$;

comment on function queue.limit_kind(text, integer, integer, interval) is 'Set the limits of a kind over all runners. Raises PG301.';

revoke all on function queue.limit_kind(text, integer, integer, interval) from public;
grant execute on function queue.limit_kind(text, integer, integer, interval) to pgears_admin;
