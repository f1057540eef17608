-- Make the unique index of a natural key on the table of one class.
--
-- Partial: a deleted row frees its key. Writers name it as
-- "on conflict (...) where deleted is null". On a partitioned class the index only finds rows:
-- a table beside it says what is taken (meta.unique_stores).
-- requires: meta.build_uniques

create or replace function meta.create_key(p_class bigint, p_key bigint)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_detail text;
begin
  execute (
    select format(
      'create %4$s datarow_%1$s_key_%2$s on data.datarow_%1$s (%3$s) where deleted is null',
      p_class, k.id, (select string_agg('c' || c.id, ', ' order by c.position) from unnest(k.column_ids) with ordinality as c (id, position)),
      case when (select c.parts is null from meta.class as c where c.id = p_class) then 'unique index' else 'index' end
    )
    from meta.class_key as k
    where k.id = p_key
  );
  perform meta.build_uniques(p_class);
exception
  when unique_violation then
    get stacked diagnostics v_detail = pg_exception_detail;
    raise exception 'class % has rows with equal values of the new key', meta.class_path(p_class)
      using errcode = 'PG113', detail = v_detail, hint = 'Make them different or delete some, then add the key.';
end;
$$;

comment on function meta.create_key(bigint, bigint) is 'Make the index of a natural key. Raises PG113 when rows have equal values.';

revoke all on function meta.create_key(bigint, bigint) from public;
