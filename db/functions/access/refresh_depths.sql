-- Bring the stored scopes of structures to the depths that rights use now.
-- requires: access.refresh_scope

create or replace function access.refresh_depths(p_structures bigint[])
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_structure bigint;
begin
  for v_structure in
    update access.structure as s
    set changes = s.changes + 1
    where s.id = any (p_structures)
    returning s.id
  loop
    perform access.refresh_scope(
      v_structure,
      array(
        select distinct m.account_id from access.member as m where m.structure_id = v_structure
        union
        select a.id
        from access.scope as s
        inner join access.account as a on s.login = a.login::name
        where s.structure_id = v_structure
      )
    );
  end loop;
end;
$$;

comment on function access.refresh_depths(bigint[]) is 'Compute access.scope of all members of structures anew.';

revoke all on function access.refresh_depths(bigint[]) from public;
