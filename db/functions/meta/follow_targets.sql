-- Let classes know which references to several classes may point to their rows.
--
-- Such references have no foreign key: whoever deletes a row physically looks for them, in a
-- trigger function of the class referred to. So that is written anew where a column or class
-- that refers comes or goes; no table is locked for it.

create or replace function meta.follow_targets(p_targets bigint[])
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set jit = off  -- compiling plans over definitions costs seconds and saves nothing
as $$
declare
  v_class bigint;
begin
  -- As an array: an open query over meta.class would forbid dropping a foreign key to it.
  foreach v_class in array array(
    select distinct c.id
    from meta.ancestry as a
    inner join meta.class as c on a.class_id = c.id
    where a.ancestor_id = any (p_targets) and c.deletion = 'physical'
      and to_regprocedure(format('data.deleted_%s()', c.id)) is not null
    order by c.id
  ) loop
    perform meta.build_functions(v_class);
  end loop;
end;
$$;

comment on function meta.follow_targets(bigint[]) is
'Renew the trigger functions of classes, and of those that inherit from them, to which references to several classes may point.';

revoke all on function meta.follow_targets(bigint[]) from public;
