-- Take a structure out of the triggers of its classes.

create or replace function access.unhook_structure(p_structure bigint)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_classes bigint[];
begin
  with gone as (
    delete from meta.class_hook as h
    where h.code like format('structure %s %%', p_structure)
    returning h.class_id
  )

  select array_agg(distinct g.class_id) into v_classes from gone as g;
  perform meta.touch_class(c.id) from unnest(v_classes) as c (id);
end;
$$;

comment on function access.unhook_structure(bigint) is 'Remove what access.hook_structure() has built into triggers.';

revoke all on function access.unhook_structure(bigint) from public;
