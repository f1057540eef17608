-- Refuse ids that the sequence has not given out: they would collide later.

create or replace function meta.refuse_id(p_class bigint, p_id bigint)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
  raise exception '%: id % was not given out by the system', meta.class_path(p_class), p_id
    using errcode = 'PG204', hint = 'Leave the column id out of the INSERT or COPY; keep a key of your own in a column of the class.';
end;
$$;

comment on function meta.refuse_id(bigint, bigint) is 'Raise PG204 for a row whose id the writer has chosen.';

revoke all on function meta.refuse_id(bigint, bigint) from public;
