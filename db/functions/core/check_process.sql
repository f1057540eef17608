-- Refuse a process that does not belong to this instance: wrong environment, or a version
-- that this schema does not go with.
--
-- A schema newer than the process is fine (revisions expand first) until a revision that
-- takes something away raises the setting oldest_runner.
-- requires: core.environment

create or replace function core.check_process(p_revision text, p_environment text)
returns void
language plpgsql
stable
security definer  -- lends: reading core.setting and the revision
set search_path = pg_catalog, pg_temp
as $$
declare
  v_oldest constant text := (select s.value #>> '{}' from core.setting as s where s.code = 'oldest_runner');
  v_revision constant text := (select v.version_num from core.alembic_version as v);
begin
  if p_environment <> core.environment() then
    raise exception 'this is a % instance, and the process was started for %', core.environment(), p_environment
      using errcode = 'PG961', hint = 'Correct PGEARS_ENVIRONMENT or PGEARS_DATABASE_URL, or tell the instance: pgears environment NAME.';
  end if;

  if v_oldest > p_revision then
    raise exception 'this schema (revision %) needs a pgears of revision % or newer; this one is of %', v_revision, v_oldest, p_revision
      using errcode = 'PG962', hint = 'Install the newer pgears and start it again.';
  end if;

  if v_revision < p_revision then
    raise exception 'this schema is of revision %, older than this pgears (%)', v_revision, p_revision
      using errcode = 'PG963', hint = 'Bring it up to date with: pgears upgrade.';
  end if;
end;
$$;

comment on function core.check_process(text, text) is
'Do nothing, or raise PG961 (other environment), PG962 (process too old), PG963 (schema too old).';

revoke all on function core.check_process(text, text) from public;
grant execute on function core.check_process(text, text) to pgears_admin, pgears_runner, pgears_web;
