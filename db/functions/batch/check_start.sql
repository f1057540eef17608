-- Refuse the start of an import or export to an account without the right.
-- requires: batch.may_start batch.import_id batch.export_id

create or replace function batch.check_start(p_kind text, p_code text)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_account constant text := access.current_account();
  v_path text;
begin
  if p_kind = 'import' then
    select m.code || '.' || i.code into strict v_path
    from batch.import as i
    inner join meta.model as m on i.model_id = m.id
    where i.id = batch.import_id(p_code);
  else
    select m.code || '.' || e.code into strict v_path
    from batch.export as e
    inner join meta.model as m on e.model_id = m.id
    where e.id = batch.export_id(p_code);
  end if;

  if not batch.may_start(v_account, p_kind, v_path) then
    raise exception 'account % may not start the % %', v_account, p_kind, v_path
      using errcode = 'PG707', hint = format('A role gives the right: {%s: %s, allow: [start]}.', p_kind, p_code);
  end if;
end;
$$;

comment on function batch.check_start(text, text) is 'Raise PG707 when the calling account may not start an import or export.';

revoke all on function batch.check_start(text, text) from public;
