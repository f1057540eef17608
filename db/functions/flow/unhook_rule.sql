-- Take a rule out of the triggers of its class.

create or replace function flow.unhook_rule(p_rule bigint)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_class bigint;
begin
  delete from meta.class_hook as h
  where h.code = 'rule ' || p_rule
  returning h.class_id into v_class;

  if found then
    perform meta.touch_class(v_class);
  end if;
end;
$$;

comment on function flow.unhook_rule(bigint) is 'Remove what flow.set_rule() has built into the triggers of a class.';

revoke all on function flow.unhook_rule(bigint) from public;
