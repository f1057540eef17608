-- Keep which columns one side has and the other has not.
-- requires: replica.exchanged_column

create or replace function replica.note_columns(p_subscription bigint, p_class bigint, p_columns jsonb)
returns void
language sql
volatile
begin atomic
  with sent as (
    select c.code from jsonb_array_elements_text(p_columns) as c (code)
  ),

  own as (
    select k.code from replica.exchanged_column as k where k.class_id = p_class
  ),

  difference as (
    select
      array(select s.code from sent as s where s.code not in (select o.code from own as o) order by s.code) as unknown,
      array(select o.code from own as o where o.code not in (select s.code from sent as s) order by o.code) as missing
  )

  update replica.subscribed_class as k
  set unknown = d.unknown, missing = d.missing
  from difference as d
  where k.subscription_id = p_subscription and k.class_id = p_class and (k.unknown, k.missing) is distinct from (d.unknown, d.missing);
end;

comment on function replica.note_columns(bigint, bigint, jsonb) is 'Columns that are ignored, and columns that keep their values, because one side is older.';

revoke all on function replica.note_columns(bigint, bigint, jsonb) from public;
