-- Replication: refused rows take turns, and a reference that waits knows what stands in its place.

alter table replica.conflict add column tried timestamptz;
alter table replica.pending add column put bigint[];

comment on column replica.conflict.tried is 'When a refused row was last tried again.';
comment on column replica.pending.put is 'Of a column with several: what was put into it when the value came. Another array was written here since.';

do $$
declare
  v_column record;
begin
  for v_column in
    select distinct p.class_id, p.column_id
    from replica.pending as p
    inner join pg_attribute as a
      on a.attrelid = to_regclass('data.datarow_' || p.class_id) and a.attname = 'c' || p.column_id and a.atttypid = 'bigint[]'::regtype
  loop
    execute format(
      'update replica.pending as p set put = r.%1$I from data.datarow_%2$s as r where p.class_id = %2$s and p.column_id = %3$s and p.uid = r.uid',
      'c' || v_column.column_id, v_column.class_id, v_column.column_id
    );
  end loop;
end;
$$;
