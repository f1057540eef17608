-- How each API view stands to its definition: current, stale, missing, altered or orphaned.
--
-- Nothing changes here; a view is renewed on purpose only. "difference" names columns to come
-- (+), to go (-) and to be renamed (->), and says when their order changes; "what it shows" is
-- a change inside columns, such as the classes referred to. Without
-- p_difference, as a renewal asks, a view may be called stale that was altered by hand as well.
-- requires: meta.column_difference meta.view_definitions meta.view_hash

create or replace function meta.api_view_states(p_filter text default null, p_difference boolean default true)
returns table (
  name text, kind text, object text, object_id bigint, state text, difference text, stamp text, context jsonb
)
language sql
stable
security definer  -- lends: reading definitions to administrators and the runner
set search_path = pg_catalog, pg_temp
set jit = off  -- compiling plans over definitions costs seconds and saves nothing
as $$
  -- Materialized: the hash of a view is computed once.
  with compared as materialized (
    select
      coalesce(d.name, v.name) as name,
      coalesce(d.kind, v.kind) as kind,
      d.path as object,
      coalesce(d.object_id, v.object_id) as object_id,
      c.oid as live,
      v.columns as recorded,
      v.name as former,
      d.stamp,
      d.context,
      case
        when d.name is null then 'orphaned'
        when c.oid is null then 'missing'
        -- A renewal takes both alike, and comparing stamps is cheap.
        when not p_difference and (d.stamp <> v.stamp or d.name <> v.name) then 'stale'
        when meta.view_hash(c.oid) is distinct from v.definition then 'altered'
        when d.stamp <> v.stamp or d.name <> v.name then 'stale'
        else 'current'
      end as state
    from meta.view_definitions(p_filter) as d
    full join meta.api_view as v on d.kind = v.kind and d.object_id = v.object_id
    left join pg_class as c on v.name = c.relname and c.relnamespace = 'api'::regnamespace
    where
      d.name is not null
      or p_filter is null
      or v.name in (replace(p_filter, '.', '_'), replace(p_filter, '.', '_') || '_all')
  )

  select
    c.name,
    c.kind,
    c.object,
    c.object_id,
    c.state,
    case
      when p_difference and c.state in ('stale', 'altered') then concat_ws(
        ', ',
        case when c.former <> c.name then format('view %s -> %s', c.former, c.name) end,
        coalesce(
          nullif(case when c.kind <> 'query' then meta.column_difference(c.live, c.recorded, c.context -> 'columns') end, ''),
          'what it shows'
        )
      )
      else ''
    end,
    c.stamp,
    c.context
  from compared as c
  order by c.name;
$$;

comment on function meta.api_view_states(text, boolean) is
'State of every API view, of those of a model, or of one class or query (model.code); stamp and context are those of its definition.';

revoke all on function meta.api_view_states(text, boolean) from public;
grant execute on function meta.api_view_states(text, boolean) to pgears_admin, pgears_runner;
