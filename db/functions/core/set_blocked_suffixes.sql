-- Set the suffixes that files must not have: nowhere, or in a model, a class, a column.
--
-- exe: nowhere. exe:* only where a column names it among its suffixes. exe:model,
-- exe:model.class, exe:model.class.column: not there.

create or replace function core.set_blocked_suffixes(p_entries text[])
returns void
language plpgsql
volatile
security definer  -- lends: writing core.setting to administrators
set search_path = pg_catalog, pg_temp
as $$
declare
  v_wrong constant text := (
    select e.entry
    from unnest(p_entries) as e (entry)
    where e.entry is null or e.entry !~ '^[^.:[:space:]]+(:([*]|[a-z][a-z0-9_-]*([.][a-z][a-z0-9_-]*){0,2}))?$'
    limit 1
  );
begin
  if v_wrong is not null then
    raise exception '"%" says no suffix that could be blocked', v_wrong
      using errcode = 'PG430', hint = 'Write exe, exe:*, exe:model, exe:model.class or exe:model.class.column.';
  end if;

  delete from core.setting as s where s.code = 'files.blocked';
  insert into core.setting (code, value, note)
  select 'files.blocked', to_jsonb(array(select lower(e.entry) from unnest(p_entries) as e (entry))), 'Suffixes that files must not have.'
  where cardinality(p_entries) > 0;
end;
$$;

comment on function core.set_blocked_suffixes(text[]) is 'Block suffixes of files; an empty list blocks none. Raises PG430.';

revoke all on function core.set_blocked_suffixes(text[]) from public;
grant execute on function core.set_blocked_suffixes(text[]) to pgears_admin;
