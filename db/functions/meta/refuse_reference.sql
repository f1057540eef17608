-- Refuse a reference to a row that is not there, or the deletion of a row referred to.

create or replace function meta.refuse_reference(p_class bigint, p_column bigint)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
  raise exception '%: column "%" refers to a row that does not exist',
    meta.class_path(p_class), (select k.code from meta.class_column as k where k.id = p_column)
    using errcode = 'PG211', hint = 'Give the id and the class (column __class) of a row that is there, and delete rows only when nothing refers to them.';
end;
$$;

comment on function meta.refuse_reference(bigint, bigint) is 'Raise PG211 for a reference to several classes that points nowhere.';

revoke all on function meta.refuse_reference(bigint, bigint) from public;
