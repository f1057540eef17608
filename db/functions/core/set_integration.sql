-- Turn the integration switch: a copy of production is put aside from its partners by it.

create or replace function core.set_integration(p_on boolean)
returns void
language sql
volatile
security definer  -- lends: writing one row of core.setting to administrators
begin atomic
  insert into core.setting as s (code, value)
  values ('integration', to_jsonb(coalesce(p_on, true)))
  on conflict (code) do update
  set value = excluded.value;
end;

comment on function core.set_integration(boolean) is 'Turn the integration switch on or off.';

revoke all on function core.set_integration(boolean) from public;
grant execute on function core.set_integration(boolean) to pgears_admin;
