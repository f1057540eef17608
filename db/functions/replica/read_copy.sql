-- For another instance: rows of a class in the order of their ids, to copy them from the start.

create or replace function replica.read_copy(p_reader text, p_class text, p_after bigint, p_limit integer default 2000)
returns table (head jsonb, rows text)
language plpgsql
volatile
security definer  -- lends: class rows that the account may read
set search_path = pg_catalog, pg_temp
set jit = off
as $$
declare
  v_reader replica.reader := replica.check_reader(p_reader);
  v_class constant bigint := meta.class_id(p_class);
  v_ids bigint[];
begin
  if not v_reader.classes ? p_class then
    raise exception 'class % is not of this subscription', p_class
      using errcode = 'PG803', hint = 'Name it when the reading is opened.';
  end if;

  execute format('select array(select r.id from data.datarow_%s as r where r.id > $1 order by r.id limit $2)', v_class)
  into v_ids
  using p_after, p_limit;

  -- A copy holds what the reader wrote, too: it may have lost it.
  v_reader.instance := '';

  return query
  select r.head, r.rows
  from replica.rows_of(
    v_reader, jsonb_build_array(jsonb_build_object('class_id', v_class, 'path', p_class, 'ids', v_ids)), replica.instance()
  ) as r;

  head := jsonb_build_object('copied', p_class, 'copied_to', case when cardinality(v_ids) = p_limit then v_ids[p_limit] end);
  rows := null;
  return next;
end;
$$;

comment on function replica.read_copy(text, text, bigint, integer) is 'Rows of a class behind an id; copied_to is null with the last ones. Raises PG802, PG803.';

revoke all on function replica.read_copy(text, text, bigint, integer) from public;
grant execute on function replica.read_copy(text, text, bigint, integer) to pgears_peer, pgears_admin, pgears_runner;
