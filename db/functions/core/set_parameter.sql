-- Set an instance parameter; null removes it. A note, once given, stays until replaced.

create or replace function core.set_parameter(p_code text, p_value text, p_note text default null)
returns void
language plpgsql
volatile
security definer  -- lends: writing core.parameter to administrators
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_value is null then
    delete from core.parameter where code = p_code;
    return;
  end if;

  insert into core.parameter as p (code, value, note)
  values (p_code, p_value, p_note)
  on conflict (code) do update
  set value = excluded.value,
      note = coalesce(excluded.note, p.note);
end;
$$;

comment on function core.set_parameter(text, text, text) is 'Set, or with a null value remove, an instance parameter.';

revoke all on function core.set_parameter(text, text, text) from public;
grant execute on function core.set_parameter(text, text, text) to pgears_admin;
