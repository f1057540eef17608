-- Where a path such as {customer,email} names a column, that of p_code made in class p_owner.
--
-- Asked after the column was renamed or dropped, so its former code is not looked up.

create or replace function flow.path_place(p_class bigint, p_path text[], p_owner bigint, p_code text)
returns integer
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_class bigint := p_class;
begin
  for v_place in 1..cardinality(p_path) loop
    if p_path[v_place] = p_code and exists (select from meta.ancestry as a where a.class_id = v_class and a.ancestor_id = p_owner) then
      return v_place;
    end if;

    v_class := (
      select e.targets[1]
      from meta.effective_column as e
      where e.class_id = v_class and e.code = p_path[v_place] and cardinality(e.targets) = 1
    );
    exit when v_class is null;
  end loop;

  return null;
end;
$$;

comment on function flow.path_place(bigint, text[], bigint, text) is 'Place in a path at which it names a column of a class; null when it does not.';

revoke all on function flow.path_place(bigint, text[], bigint, text) from public;
