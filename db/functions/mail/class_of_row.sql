-- The class, or child of it, that has a row which is not deleted.

create or replace function mail.class_of_row(p_class bigint, p_row bigint)
returns bigint
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_class bigint;
  v_found boolean;
begin
  for v_class in
    select a.class_id from meta.ancestry as a where a.ancestor_id = p_class order by a.depth
  loop
    execute format('select exists (select from data.datarow_%s as r where r.id = $1 and r.deleted is null)', v_class)
    using p_row
    into v_found;

    if v_found then
      return v_class;
    end if;
  end loop;

  return null;
end;
$$;

comment on function mail.class_of_row(bigint, bigint) is 'Class of a row among a class and its children; null when there is no such row, or it is deleted.';

revoke all on function mail.class_of_row(bigint, bigint) from public;
