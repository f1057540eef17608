-- Make a kind of task known, or change its limits; null leaves a limit as it is.
--
-- Database tasks, kinds with a function, come with migrations only: the function runs with
-- the owner's rights, so naming one is not lent to anybody.

create or replace function queue.register_kind(
  p_kind text,
  p_description text default null,
  p_max_attempts integer default null,
  p_backoff_base interval default null,
  p_backoff_cap interval default null,
  p_timeout interval default null,
  p_keep interval default null
)
returns void
language plpgsql
volatile
security definer  -- lends: writing queue.kind to administrators and runners
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into queue.kind (kind, description)
  values (p_kind, coalesce(p_description, p_kind))
  on conflict (kind) do nothing;

  update queue.kind as k
  set
    description = coalesce(p_description, k.description),
    max_attempts = coalesce(p_max_attempts, k.max_attempts),
    backoff_base = coalesce(p_backoff_base, k.backoff_base),
    backoff_cap = greatest(coalesce(p_backoff_cap, k.backoff_cap), p_backoff_base),
    timeout = coalesce(p_timeout, k.timeout),
    keep = coalesce(p_keep, k.keep)
  where k.kind = p_kind;
end;
$$;

comment on function queue.register_kind(text, text, integer, interval, interval, interval, interval) is
'Make a kind of task known, or change its limits.';

revoke all on function queue.register_kind(text, text, integer, interval, interval, interval, interval) from public, pgears_runner;
grant execute on function queue.register_kind(text, text, integer, interval, interval, interval, interval)
to pgears_admin;
