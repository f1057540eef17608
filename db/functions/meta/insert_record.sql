-- Insert one row into a class from values by column code, for writers that know codes only.
-- requires: meta.insert_records

create or replace function meta.insert_record(p_class bigint, p_values jsonb)
returns bigint
language sql
volatile
begin atomic
  select (meta.insert_records(p_class, array[p_values]))[1];
end;

comment on function meta.insert_record(bigint, jsonb) is
'Id of a new row of a class with the values given by column code. Raises PG106 for an unknown code, PG140 for a trigger of another owner, PG210 for broken limits.';

revoke all on function meta.insert_record(bigint, jsonb) from public, pgears_runner;
grant execute on function meta.insert_record(bigint, jsonb) to pgears_admin;
