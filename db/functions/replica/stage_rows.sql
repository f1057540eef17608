-- Put rows of a batch beside those here, in a temporary table: typed, references resolved, judged.
--
-- outcome: new (never was here), take (covers ours, or wins), keep (ours wins), hold (a person
-- decides), skip (ours covers it). new_vector and new_version are what the row has afterwards;
-- place is where the row here was found.

create or replace function replica.stage_rows(p_class bigint, p_columns text[], p_rows json, p_policy text, p_me text)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_foreign text;
  v_files text[];
  v_types text;
  v_values text;
  v_state record;
begin
  select min(t.tgname) into v_foreign
  from pg_trigger as t
  inner join pg_class as c on t.tgrelid = c.oid
  inner join pg_proc as p on t.tgfoid = p.oid
  inner join pg_roles as o on p.proowner = o.oid
  where t.tgrelid = format('data.datarow_%s', p_class)::regclass and not t.tgisinternal and t.tgenabled <> 'D'
    and p.proowner <> c.relowner and not p.prosecdef and not o.rolsuper;

  if v_foreign is not null then
    raise exception 'a trigger of another owner would run with the rights of the system'
      using
        errcode = 'PG140', detail = v_foreign,
        hint = 'Make its function "security definer", or give the function to the owner of the class table, who then vouches for it.';
  end if;

  select
    string_agg(format(', %I %s', k.code, k.carried_type), '' order by k.position),
    string_agg(
      format(', %s as %I', k.writes, k.physical)
      || case when k.several then format(', %s as %I', k.writes_class, k.physical || '_class') else '' end
      || case
        when k.kind = 'value' then ''
        when k.is_array then format(
          ', to_jsonb(x.%1$I) as %2$I, %3$s <> coalesce(cardinality(%4$s), 0) as %5$I',
          k.code, 'carried_' || k.physical,
          case k.kind when 'file' then format('coalesce(jsonb_array_length(x.%I), 0)', k.code) else format('coalesce(cardinality(x.%I), 0)', k.code) end,
          k.writes, 'lacks_' || k.physical
        )
        else format(
          ', to_jsonb(x.%1$I) as %2$I, x.%1$I is not null and %3$s is null as %4$I',
          k.code, 'carried_' || k.physical, k.writes, 'lacks_' || k.physical
        )
      end, '' order by k.position
    ),
    array_agg(k.code) filter (where k.kind = 'file')
  into v_types, v_values, v_files
  from replica.exchanged_column as k
  where k.class_id = p_class and k.code = any(p_columns);

  if v_files is not null then
    insert into core.file (uid, name, media_type, size, sha256, created, creator)
    select distinct on (f.uid) f.uid, f.name, f.media_type, coalesce(c.size, 0), c.sha256, f.created, f.creator
    from json_array_elements(p_rows) as r (row)
    cross join lateral unnest(v_files) as k (code)
    cross join lateral jsonb_to_recordset(
      case jsonb_typeof((r.row -> k.code)::jsonb)
        when 'array' then (r.row -> k.code)::jsonb
        when 'object' then jsonb_build_array((r.row -> k.code)::jsonb)
        else '[]'
      end
    ) as f (uid uuid, name text, media_type text, sha256 text, created timestamptz, creator text)
    left join core.file_content as c on c.sha256 = decode(f.sha256, 'hex')
    where f.uid is not null and (f.sha256 is null or c.sha256 is not null)
    on conflict (uid) do nothing;
  end if;

  select e.* into v_state from replica.state_expressions(p_me) as e;

  execute format(
    $sql$
    create temporary table pgears_staged on commit drop as
    with compared as (
      select
        x."@uid" as uid, coalesce(x."@gone", false) as gone, x."@version" as version, x."@vector" as vector, x."@stamp" as stamp,
        x."@origin" as origin, x."@creator" as creator, x."@created" as created, x."@created_source" as created_source,
        x."@modifier" as modifier, x."@modified" as modified, x."@modified_source" as modified_source, x."@deleter" as deleter,
        x."@deleted" as deleted, x."@deleted_source" as deleted_source,
        r.id, r.ctid as place, r.version as local_version, r.id is not null and r.deleted is null as local_live, s.version as known_version,
        case
          when r.id is not null then %3$s
          when s.uid is not null or x."@vector" ? %2$L then %6$s
        end as local_vector,
        case
          when r.id is not null then %4$s
          when s.gone then s.stamp
          when s.uid is not null or x."@vector" ? %2$L then greatest(
            coalesce((select d.changed from replica.deletions(%1$s, array[x."@uid"]) as d), '-infinity'),
            s.stamp + interval '1 microsecond'
          )
        end as local_stamp,
        case when r.id is not null then %5$s when s.gone then s.origin else %2$L end as local_origin%8$s
      from json_to_recordset($1) as x (
        "@uid" uuid, "@gone" boolean, "@version" bigint, "@vector" jsonb, "@stamp" timestamptz, "@origin" text,
        "@creator" text, "@created" timestamptz, "@created_source" text, "@modifier" text, "@modified" timestamptz,
        "@modified_source" text, "@deleter" text, "@deleted" timestamptz, "@deleted_source" text%7$s
      )
      left join data.datarow_%1$s as r on x."@uid" = r.uid
      left join replica.row_state as s on s.class_id = %1$s and x."@uid" = s.uid
      -- Each step is computed once a row, without being stored.
      offset 0
    ),

    -- Mostly only the writer's own count differs; asking each count costs ten times as much.
    related as (
      select
        c.*,
        case
          when c.local_vector is null then 'new'
          when c.vector = c.local_vector then 'same'
          when c.vector - c.origin = c.local_vector - c.origin then
            case when (c.vector ->> c.origin)::bigint > coalesce((c.local_vector ->> c.origin)::bigint, 0) then 'after' else 'before' end
          when replica.covers(c.local_vector, c.vector) then 'before'
          when replica.covers(c.vector, c.local_vector) then 'after'
          else 'beside'
        end as relation
      from compared as c
      offset 0
    ),

    judged as (
      select
        r.*,
        r.relation = 'beside' as concurrent,
        case
          when r.relation = 'new' then 'new'
          when r.relation in ('same', 'before') then 'skip'
          when r.relation = 'after' then 'take'
          when (r.stamp, r.origin) = (r.local_stamp, r.local_origin) then 'keep'
          when $2 = 'manual' then 'hold'
          when $2 = 'source' or $2 = 'newer' and (r.stamp, r.origin) > (r.local_stamp, r.local_origin) then 'take'
          else 'keep'
        end as outcome
      from related as r
      offset 0
    )

    select
      j.*,
      j.outcome in ('new', 'take') as takes,
      case when j.concurrent then replica.merged(j.vector, j.local_vector) else j.vector end as new_vector,
      greatest(j.version, j.local_version, 1) as new_version
    from judged as j
    $sql$,
    p_class, p_me, v_state.vector, v_state.stamp, v_state.origin, v_state.lost_vector, coalesce(v_types, ''), coalesce(v_values, '')
  )
  using p_rows, p_policy;
end;
$$;

comment on function replica.stage_rows(bigint, text[], json, text, text) is 'Make the temporary table pgears_staged for replica.apply_rows. Raises PG140 for a trigger of another owner.';

revoke all on function replica.stage_rows(bigint, text[], json, text, text) from public;
