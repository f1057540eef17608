-- Make or change a target. Calls that wait go by the new definition; their content stays as it was written.
-- requires: http.check_target

create or replace function http.set_target(p_model bigint, p_code text, p_definition jsonb)
returns bigint
language plpgsql
volatile
security definer  -- lends: writing targets to administrators
set search_path = pg_catalog, pg_temp
as $$
declare
  v_id bigint;
begin
  perform meta.check_code(p_code, 'target');
  perform meta.check_definition('target', p_definition, '$');
  perform http.check_target(p_definition);

  insert into http.target as t (
    model_id, code, enabled, integration, definition, attempts, backoff, backoff_most, retry_unknown,
    max_parallel, per_minute, breaker_failures, breaker_pause
  )
  values (
    p_model,
    p_code,
    coalesce((p_definition ->> 'enabled')::boolean, true),
    coalesce((p_definition ->> 'integration')::boolean, true),
    p_definition,
    coalesce((p_definition ->> 'attempts')::integer, 8),
    coalesce((p_definition ->> 'backoff')::interval, '2 seconds'),
    coalesce((p_definition ->> 'backoff_most')::interval, '1 hour'),
    coalesce((p_definition ->> 'retry_unknown')::boolean, false),
    coalesce((p_definition ->> 'max_parallel')::integer, 10),
    (p_definition ->> 'per_minute')::integer,
    coalesce((p_definition ->> 'breaker_failures')::integer, 5),
    coalesce((p_definition ->> 'breaker_pause')::interval, '1 minute')
  )
  on conflict (model_id, code) do update
  set
    enabled = excluded.enabled,
    integration = excluded.integration,
    definition = excluded.definition,
    attempts = excluded.attempts,
    backoff = excluded.backoff,
    backoff_most = excluded.backoff_most,
    retry_unknown = excluded.retry_unknown,
    max_parallel = excluded.max_parallel,
    per_minute = excluded.per_minute,
    breaker_failures = excluded.breaker_failures,
    breaker_pause = excluded.breaker_pause,
    -- Another address is another system: what is known of the old one says nothing.
    failures = case when t.definition -> 'url' = excluded.definition -> 'url' then t.failures else 0 end,
    open_until = case when t.definition -> 'url' = excluded.definition -> 'url' then t.open_until end
  returning t.id into v_id;

  return v_id;
end;
$$;

comment on function http.set_target(bigint, text, jsonb) is 'Id of a target, made or changed. Keys: see meta.vocabulary. Raises PG110 to PG112, PG540.';

revoke all on function http.set_target(bigint, text, jsonb) from public;
grant execute on function http.set_target(bigint, text, jsonb) to pgears_admin;
