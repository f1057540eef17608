-- For another instance: rows changed after a position, as they are now, and the next position.
--
-- The position handed in is what the reader has committed, so it is also the confirmation up
-- to which the feed may be pruned; one who reads ahead of his commits does not confirm. A row that changed often travels once.

create or replace function replica.read_changes(p_reader text, p_transaction xid8, p_position bigint, p_piece bigint, p_limit integer default 2000, p_confirm boolean default true)
returns table (head jsonb, rows text)
language plpgsql
volatile
security definer  -- lends: class rows that the account may read, and the position of its own reading
set search_path = pg_catalog, pg_temp
set jit = off
as $$
declare
  v_reader constant replica.reader := replica.check_reader(p_reader);
  v_horizon constant xid8 := pg_snapshot_xmin(pg_current_snapshot());
  v_me constant text := replica.instance();
  v_last jsonb;
  v_statements bigint;
  v_classes jsonb;
  v_behind bigint;
begin
  if p_confirm then
    update feed.consumer as c
    set transaction_id = p_transaction, position = p_position - case when p_piece > 0 then 1 else 0 end, advanced = core.now()
    where c.code = 'replica:' || p_reader
      and (c.transaction_id, c.position) <= (p_transaction, p_position)
      and p_transaction <= pg_snapshot_xmax(pg_current_snapshot());
  end if;

  if p_confirm and not found then
    raise exception 'reading "%" is at a position that this instance does not have any more', p_reader
      using errcode = 'PG807', hint = 'One of the two databases was restored from a backup: "pgears replicate resync" copies the classes again.';
  end if;

  with statement as (
    select
      c.transaction_id,
      c.position,
      n.path,
      c.class_id,
      c.row_ids,
      c.uids,
      c.changed,
      case when (c.transaction_id, c.position) = (p_transaction, p_position) then p_piece else 0 end::integer as piece
    from feed.change as c
    left join meta.class_name as n on c.class_id = n.id and v_reader.classes ? n.path
    where (c.transaction_id, c.position) >= (p_transaction, p_position) and c.transaction_id < v_horizon
      -- A piece of 0 at the position itself: all of that change was read.
      and ((c.transaction_id, c.position) > (p_transaction, p_position) or p_piece > 0)
    order by c.transaction_id, c.position
    limit p_limit
  ),

  counted as (
    select
      s.*,
      case when s.path is null then 0 else cardinality(s.row_ids) - s.piece end as rows,
      coalesce(
        sum(case when s.path is null then 0 else cardinality(s.row_ids) - s.piece end) over (
          order by s.transaction_id, s.position rows between unbounded preceding and 1 preceding
        ), 0
      ) as before
    from statement as s
  ),

  taken as (
    select c.*, least(c.rows, p_limit - c.before)::integer as take
    from counted as c
    where c.before < p_limit
  ),

  changed_row as (
    select t.path, t.class_id, t.changed, u.row_id, u.uid
    from taken as t
    cross join lateral unnest(
      t.row_ids[t.piece + 1:t.piece + t.take], t.uids[t.piece + 1:t.piece + t.take]
    ) as u (row_id, uid)
    where t.path is not null
  )

  select
    (
      select jsonb_agg(g)
      from (
        select
          r.path,
          r.class_id,
          array_agg(distinct r.row_id) as ids,
          jsonb_object_agg(r.uid, r.changed) filter (where r.uid is not null) as gone
        from changed_row as r
        group by r.path, r.class_id
      ) as g
    ),
    (
      select jsonb_build_object(
        'transaction', x.transaction_id, 'position', x.position, 'piece', case when x.take < x.rows then x.piece + x.take else 0 end
      )
      from taken as x
      order by x.transaction_id desc, x.position desc
      limit 1
    ),
    (select count(*) from statement as s),
    (select coalesce(sum(c.rows), 0) - (select coalesce(sum(t.take), 0) from taken as t) from counted as c)
  into v_classes, v_last, v_statements, v_behind;

  return query select r.head, r.rows from replica.rows_of(v_reader, v_classes, v_me) as r;

  head := jsonb_build_object(
    'transaction', coalesce(v_last ->> 'transaction', p_transaction::text),
    'position', coalesce((v_last ->> 'position')::bigint, p_position),
    'piece', coalesce((v_last ->> 'piece')::bigint, p_piece),
    'more', v_behind > 0 or v_statements = p_limit,
    'behind', v_behind
  );
  rows := null;
  return next;
end;
$$;

comment on function replica.read_changes(text, xid8, bigint, bigint, integer, boolean) is
'Confirm a position (p_confirm) and give what changed after it, at most so many rows or statements. Raises PG802, PG803, PG807.';

revoke all on function replica.read_changes(text, xid8, bigint, bigint, integer, boolean) from public;
grant execute on function replica.read_changes(text, xid8, bigint, bigint, integer, boolean) to pgears_peer, pgears_admin, pgears_runner;
