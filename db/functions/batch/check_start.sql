-- Refuse the start of an import or export to an account without the right, or by a door that is
-- not open: a door from outside is named, or is the web service where the transaction has its mark.
-- requires: batch.may_start batch.import_id batch.export_id core.web_service

create or replace function batch.check_start(p_kind text, p_code text, p_door text default null)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_account constant text := access.current_account();
  v_door constant text := coalesce(p_door, case when core.source() = 'web' then 'web_service' end);
  v_path text;
  v_open boolean;
begin
  if p_kind = 'import' then
    select m.code || '.' || i.code, i.definition ->> v_door = 'true' into strict v_path, v_open
    from batch.import as i
    inner join meta.model as m on i.model_id = m.id
    where i.id = batch.import_id(p_code);
  else
    select m.code || '.' || e.code, e.definition ->> v_door = 'true' into strict v_path, v_open
    from batch.export as e
    inner join meta.model as m on e.model_id = m.id
    where e.id = batch.export_id(p_code);
  end if;

  if v_door is not null and not core.web_service() then
    raise exception 'calls from outside are switched off'
      using errcode = 'PG562', hint = 'An administrator switches them on with "pgears web on".';
  elsif v_door is not null and v_open is not true then
    raise exception '% % cannot be started by %', p_kind, v_path, replace(v_door, '_', ' ')
      using errcode = 'PG561', hint = format('Its model file opens it with "%s: true".', v_door);
  end if;

  if not batch.may_start(v_account, p_kind, v_path) then
    raise exception 'account % may not start the % %', v_account, p_kind, v_path
      using errcode = 'PG707', hint = format('A role gives the right: {%s: %s, allow: [start]}.', p_kind, p_code);
  end if;
end;
$$;

comment on function batch.check_start(text, text, text) is 'Raise PG707 when the calling account may not start an import or export, PG561 and PG562 when the door is shut.';

revoke all on function batch.check_start(text, text, text) from public;
