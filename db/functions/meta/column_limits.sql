-- Conditions that a row must meet, each with the words of its refusal.
--
-- A condition may be null for a null value and then counts as met, so each of them is
-- written to be true or null when all is well; "mandatory" alone looks at null.
-- requires: meta.class_path meta.effective_column

create or replace function meta.column_limits(p_class bigint)
returns table (condition text, refusal text)
language sql
stable
begin atomic
  select
    format(l.condition, e.physical, l.bound),
    format(l.refusal, e.code, l.bound)
  from meta.effective_column as e
  cross join lateral (
    values
    (
      1,
      case
        when not coalesce((e.definition ->> 'mandatory')::boolean, false)
          and not (e.type = 'boolean' and coalesce(e.definition ->> 'states', '3') = '2')
          then null
        when e.is_array then 'coalesce(cardinality(%1$I), 0) > 0'
        when e.sql_type = 'text' then '(%1$I is not null and %1$I <> '''')'
        when e.sql_type = 'jsonb' then '(%1$I is not null and %1$I <> ''{}'')'
        else '%1$I is not null'
      end,
      '%1$s is missing',
      null::text
    ),
    (
      2,
      case when e.sql_type = 'text' and e.type <> 'calculated' then 'char_length(%1$I) <= %2$s' end,
      '%1$s is longer than %2$s characters',
      case
        when e.definition ? 'max_length' then e.definition ->> 'max_length'
        when e.type = 'text' then '255'
      end
    ),
    (3, 'char_length(%1$I) >= %2$s', '%1$s is shorter than %2$s characters', e.definition ->> 'min_length'),
    (4, '%1$I >= %2$L', '%1$s is below %2$s', e.definition ->> 'min'),
    (5, '%1$I <= %2$L', '%1$s is above %2$s', e.definition ->> 'max'),
    (
      6,
      '%1$I ~ %2$L',
      '%1$s ' || replace(coalesce(e.definition ->> 'pattern_message', 'does not match the pattern ' || (e.definition ->> 'pattern')), '%', '%%'),
      e.definition ->> 'pattern'
    ),
    (7, case when e.type = 'colour' then '%1$I ~ ''^#[0-9a-fA-F]{6}$''' end, '%1$s is not a colour like #1a2b3c', null),
    (8, case when e.sql_type = 'jsonb' then 'jsonb_typeof(%1$I) = ''object''' end, '%1$s is not an object of texts by language', null),
    (
      9,
      case when cardinality(e.targets) > 1 then '((%1$I is null) = (' || quote_ident(e.physical || '_class') || ' is null))' end,
      '%1$s and %1$s__class must be given together',
      null
    ),
    (
      10,
      case when cardinality(e.targets) > 1 then quote_ident(e.physical || '_class') || ' = any (%2$L)' end,
      '%1$s__class is none of %2$s',
      case when cardinality(e.targets) > 1 then array(select meta.class_path(t.id) from unnest(e.targets) as t (id))::text end
    )
  ) as l (ordinal, condition, refusal, bound)
  where
    e.class_id = p_class
    and e.stored
    and l.condition is not null
    and (l.ordinal in (1, 7, 8, 9) or l.bound is not null)
  order by e.position, l.ordinal;
end;

comment on function meta.column_limits(bigint) is
'Limits of a class as SQL conditions over the columns of its table, with the text that names a broken one.';

revoke all on function meta.column_limits(bigint) from public;
