-- Values of the records that messages become, by column code, in the order of the messages.
--
-- Empty parts are left out, so that defaults of the class apply. A lookup that finds no
-- row, or more than one, leaves its reference empty.
-- requires: mail.find_rows mail.mapped_files meta.find_class

create or replace function mail.record_values_many(
  p_received bigint[],
  p_model bigint,
  p_class bigint,
  p_mapping jsonb,
  p_parts jsonb[],
  p_files jsonb[]
)
returns jsonb[]
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  with entry as materialized (
    select
      m.key,
      l.path[1] as part,
      case when l.path[2] is not null then meta.find_class(p_model, l.path[2]) end as class_id,
      l.path[3] as code,
      coalesce(e.is_array, false) as is_array
    from jsonb_each_text(p_mapping) as m
    cross join lateral regexp_match(m.value, '^\s*([a-z_]+)\s*(?:->\s*([a-z0-9_.-]+)[.]([a-z][a-z0-9_-]*)\s*)?$') as l (path)
    left join meta.effective_column as e on e.class_id = p_class and m.key = e.code
  )

  select array_agg(v.record order by v.place)
  from (
    select m.place, coalesce(jsonb_object_agg(e.key, f.value) filter (where f.value is not null), '{}') as record
    from unnest(p_received, p_parts, p_files) with ordinality as m (id, parts, files, place)
    left join entry as e on true
    left join lateral (
      select
        case
          when e.part in ('attachments', 'inline_images') then mail.mapped_files(e.part, p_mapping, m.parts, m.files)
          when e.part = 'raw' then (
            select case when e.is_array then jsonb_build_array(s.file) else to_jsonb(s.file) end
            from (
              select core.store_file('message.eml', 'message/rfc822', r.raw) as file from mail.received as r where r.id = m.id
            ) as s
          )
          else to_jsonb(nullif(m.parts ->> e.part, ''))
        end as value
      offset 0
    ) as p on true
    left join lateral (
      select
        case
          when e.class_id is null or p.value is null then p.value
          else (
            select case when cardinality(r.ids) = 1 then to_jsonb(r.ids[1]) end
            from mail.find_rows(e.class_id, e.code, p.value #>> '{}') as r (ids)
          )
        end as value
      offset 0
    ) as f on true
    group by m.place
  ) as v;
$$;

comment on function mail.record_values_many(bigint[], bigint, bigint, jsonb, jsonb[], jsonb[]) is
'Values by column code of the records that received messages become. Raises PG106 for an unknown column, PG114 for an unknown class.';

revoke all on function mail.record_values_many(bigint[], bigint, bigint, jsonb, jsonb[], jsonb[]) from public;
