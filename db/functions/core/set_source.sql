-- Mark the current transaction with the way its data comes in.
--
-- The mark is a setting, which anybody could write; the seal beside it needs a secret
-- that nobody can read, and ends with the transaction.
-- requires: core.source_seal

create or replace function core.set_source(p_source text)
returns void
language plpgsql
volatile
security definer  -- lends: the secret of the seal, to service and administrators
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_source = 'replica' then
    raise exception 'the data source "replica" is marked by replica.apply_changes alone'
      using errcode = 'PG003', hint = 'Rows so marked keep the system columns of another instance; use another source.';
  end if;

  if p_source is null or p_source not in
    ('sql', 'web', 'page', 'import', 'mailbox', 'workflow', 'script', 'sync')
  then
    raise exception 'unknown data source "%"', p_source
      using errcode = 'PG003',
            hint = 'Use sql, web, page, import, mailbox, workflow, script or sync.';
  end if;

  perform set_config('pgears.source', p_source, true);
  perform set_config('pgears.source_seal', core.source_seal(p_source), true);
end;
$$;

comment on function core.set_source(text) is
'Mark the current transaction''s data source. Raises PG003 when it is unknown, or replica.';

revoke all on function core.set_source(text) from public;
grant execute on function core.set_source(text) to pgears_admin, pgears_runner, pgears_web;
