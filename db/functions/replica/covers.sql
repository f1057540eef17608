-- Whether a row with the first vector holds all writes of one with the second.

create or replace function replica.covers(p_one jsonb, p_other jsonb)
returns boolean
language sql
immutable
begin atomic
  select p_one = p_other or not exists (
    select
    from jsonb_each(p_other) as o (key, value)
    where o.value::bigint > coalesce((p_one ->> o.key)::bigint, 0)
  );
end;

comment on function replica.covers(jsonb, jsonb) is 'True when the first vector has at least as many writes of each instance.';

revoke all on function replica.covers(jsonb, jsonb) from public;
