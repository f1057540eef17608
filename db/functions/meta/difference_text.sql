-- What sets two normal definitions apart, in words for a plan.
-- requires: meta.vocabulary

create or replace function meta.difference_text(p_place text, p_former jsonb, p_definition jsonb)
returns text
language sql
stable
begin atomic
  select
    coalesce(
      string_agg(
        case
          when v.kind = 'texts' or length(w.former) > 40 or length(w.present) > 40 or w.former || w.present like e'%\n%' then v.key
          when p_former = '{}'::jsonb then v.key || ' ' || w.present
          else format('%s %s -> %s', v.key, w.former, w.present)
        end,
        ', ' order by v.position
      ),
      ''
    )
  from meta.vocabulary as v
  cross join lateral (
    select
      coalesce(p_former -> v.key #>> '{}', v.preset #>> '{}', 'none') as former,
      coalesce(p_definition -> v.key #>> '{}', v.preset #>> '{}', 'none') as present
  ) as w
  where v.place = p_place and p_former -> v.key is distinct from p_definition -> v.key;
end;

comment on function meta.difference_text(text, jsonb, jsonb) is 'Keys of a place in which two definitions differ, with short values; of {} and a definition, what it has.';

revoke all on function meta.difference_text(text, jsonb, jsonb) from public;
