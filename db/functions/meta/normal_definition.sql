-- A definition in the one form in which two can be compared.
--
-- Presets are left out, plain texts become texts by language, classes of the own model
-- lose its name and take the codes in p_renames. What only files know (renamed_from) and what
-- their order says (position of a column) goes.
-- requires: meta.localized meta.vocabulary

create or replace function meta.normal_definition(p_place text, p_definition jsonb, p_model text, p_renames jsonb default '{}')
returns jsonb
language sql
stable
begin atomic
  select coalesce(jsonb_object_agg(n.key, n.value), '{}')
  from (
    select
      d.key,
      v.preset,
      case
        when v.kind = 'texts' then meta.localized(d.value)
        when v.kind = 'class' then to_jsonb(coalesce(p_renames ->> c.code, c.code))
        when v.place = 'column' and d.key = 'classes' then (
          select jsonb_agg(coalesce(p_renames ->> s.code, s.code) order by s.position)
          from (
            select
              case when starts_with(t.name, p_model || '.') then substr(t.name, length(p_model) + 2) else t.name end as code,
              t.position
            from jsonb_array_elements_text(d.value) with ordinality as t (name, position)
          ) as s
        )
        else d.value
      end as value
    from jsonb_each(p_definition) as d (key, value)
    inner join meta.vocabulary as v on v.place = p_place and d.key = v.key
    cross join lateral (
      select case when starts_with(d.value #>> '{}', p_model || '.') then substr(d.value #>> '{}', length(p_model) + 2) else d.value #>> '{}' end as code
    ) as c
    where d.key <> 'renamed_from' and (p_place <> 'column' or d.key <> 'position')
  ) as n
  where n.value is distinct from n.preset and n.value <> 'null'::jsonb;
end;

comment on function meta.normal_definition(text, jsonb, text, jsonb) is
'Definition at a place of meta.vocabulary without presets; p_model is the code of the own model, p_renames the new codes of its classes by former code.';

revoke all on function meta.normal_definition(text, jsonb, text, jsonb) from public;
