-- The vector of a row that stands for two.

create or replace function replica.merged(p_one jsonb, p_other jsonb)
returns jsonb
language sql
immutable
begin atomic
  select jsonb_object_agg(w.key, w.writes)
  from (
    select v.key, max(v.value::bigint) as writes
    from (
      select a.key, a.value from jsonb_each(p_one) as a (key, value)
      union all
      select b.key, b.value from jsonb_each(p_other) as b (key, value)
    ) as v
    group by v.key
  ) as w;
end;

comment on function replica.merged(jsonb, jsonb) is 'Vector with the greater number of writes of each instance.';

revoke all on function replica.merged(jsonb, jsonb) from public;
