-- Decide a conflict: the peer's row (source) or the one here (target) counts from now on.
--
-- The decision is a write of this instance that covers both rows, so it travels to the peer
-- and ends the conflict there. Of a refused row, source tries once more and target lets the
-- row here count; where there is none, the refusal is only noted as seen.

create or replace function replica.resolve(p_conflict bigint, p_winner text)
returns void
language plpgsql
volatile
security definer  -- lends: class tables to administrators, for a row that both instances have
set search_path = pg_catalog, pg_temp
as $$
declare
  v_conflict replica.conflict;
  v_subscription replica.subscription;
  v_me constant text := replica.instance();
  v_id bigint;
  v_own jsonb;
  v_winner jsonb;
  v_vector jsonb;
begin
  if p_winner not in ('source', 'target') then
    raise exception 'a conflict is not won by "%"', p_winner
      using errcode = 'PG810', hint = 'Write source for the row of the peer, target for the one here.';
  end if;

  perform replica.begin_writing(false);
  select c.* into v_conflict from replica.conflict as c where c.id = p_conflict and c.state = 'open' for update;

  if v_conflict.id is null then
    raise exception 'there is no open conflict %', p_conflict
      using errcode = 'PG811', hint = '"pgears replicate conflicts" shows the open ones.';
  end if;

  select s.* into strict v_subscription from replica.subscription as s where s.id = v_conflict.subscription_id;

  execute format('select r.id from data.datarow_%s as r where r.uid = $1 for update', v_conflict.class_id) into v_id using v_conflict.uid;
  execute replica.reading_statement(v_conflict.class_id, v_me) into v_own using array[v_id], '', null::jsonb;
  v_own := coalesce(v_own, (
    select jsonb_build_object(
      '@uid', s.uid, '@gone', true, '@stamp', s.stamp,
      '@vector', case when s.gone then s.vector else s.vector || jsonb_build_object(v_me, coalesce((s.vector ->> v_me)::bigint, 0) + 1000000000000) end
    )
    from replica.row_state as s
    where s.class_id = v_conflict.class_id and s.uid = v_conflict.uid
  ));
  v_winner := case when p_winner = 'source' then v_conflict.incoming else v_own end;

  if v_winner is not null and (v_conflict.kind = 'conflict' or p_winner = 'target') then
    v_vector := replica.merged(v_conflict.incoming -> '@vector', coalesce(v_own -> '@vector', '{}'));
    v_winner := v_winner || jsonb_build_object(
      '@vector', v_vector || jsonb_build_object(v_me, coalesce((v_vector ->> v_me)::bigint, 0) + 1),
      '@version', greatest((v_conflict.incoming ->> '@version')::bigint, (v_own ->> '@version')::bigint, 0) + 1,
      '@origin', v_me,
      '@stamp', greatest(
        now(), (v_conflict.incoming ->> '@stamp')::timestamptz + interval '1 microsecond', (v_own ->> '@stamp')::timestamptz + interval '1 microsecond'
      )
    );
  end if;

  if v_winner is not null then
    perform replica.apply_rows(
      v_subscription, v_conflict.class_id,
      case when p_winner = 'source' then v_conflict.columns else array(select k.code from replica.exchanged_column as k where k.class_id = v_conflict.class_id) end,
      json_build_array(v_winner), 'source'
    );
    perform replica.resolve_pending();
  end if;

  update replica.conflict as c
  set state = 'resolved', resolution = p_winner, resolved = core.now(), resolver = access.current_account()
  where c.id = p_conflict;

  perform replica.end_writing();
end;
$$;

comment on function replica.resolve(bigint, text) is 'End a conflict in favour of source or target. Raises PG810, PG811, or whatever the class refuses.';

revoke all on function replica.resolve(bigint, text) from public;
grant execute on function replica.resolve(bigint, text) to pgears_admin;
