-- Refuse a data source mark that core.set_source did not set in this transaction.
--
-- Class tables call it once per statement. Unmarked transactions, which are most, return
-- before anything is computed.
-- requires: core.source
-- requires: core.source_seal

create or replace function core.check_source()
returns void
language plpgsql
stable
security definer  -- lends: the secret of the seal, to every writer, who learns yes or no
set search_path = pg_catalog, pg_temp
as $$
begin
  if core.source() = 'sql' then
    return;
  end if;

  if current_setting('pgears.source_seal', true) is distinct from core.source_seal(core.source()) then
    raise exception 'the data source mark "%" is not genuine', core.source()
      using errcode = 'PG201',
            hint = 'Do not set pgears.source; the service marks its transactions with core.set_source.';
  end if;
end;
$$;

comment on function core.check_source() is
'Do nothing, or raise PG201 when the transaction''s data source mark was forged.';

-- Triggers of class tables call it with the writer's rights.
grant execute on function core.check_source() to public;
