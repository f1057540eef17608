-- SQL for what a row r with its state s (perhaps none) holds: vector, stamp and origin.
--
-- A row written here since its state was noted has a later version; each such write counts
-- for this instance. Its stamp is later than what it covers, whatever the clocks say: so the
-- later of two rows never is one that the other covers.
-- A row that is not there any more has the writes of its state, and one that no row can top.

create or replace function replica.state_expressions(p_me text, out vector text, out stamp text, out origin text, out lost_vector text)
language sql
immutable
begin atomic
  select
    format(
      'case when s.uid is null then jsonb_build_object(%1$L, r.version) when s.version = r.version and not s.gone then s.vector'
      ' else s.vector || jsonb_build_object(%1$L, coalesce((s.vector ->> %1$L)::bigint, 0) + r.version - s.version) end',
      p_me
    ),
    'case when s.version = r.version then s.stamp'
    ' else greatest(r.created, r.modified, r.deleted, s.stamp + interval ''1 microsecond'') end',
    format('case when s.version = r.version then s.origin else %L end', p_me),
    format(
      'case when s.gone then s.vector'
      ' else coalesce(s.vector, ''{}'') || jsonb_build_object(%1$L, coalesce((s.vector ->> %1$L)::bigint, 0) + 1000000000000) end',
      p_me
    );
end;

comment on function replica.state_expressions(text) is 'SQL expressions over a row r and its row_state s, for the instance given.';

revoke all on function replica.state_expressions(text) from public;
