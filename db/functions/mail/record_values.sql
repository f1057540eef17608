-- Values of the record that one message becomes, by column code.
-- requires: mail.record_values_many

create or replace function mail.record_values(
  p_received bigint,
  p_model bigint,
  p_class bigint,
  p_mapping jsonb,
  p_parts jsonb,
  p_files bigint[]
)
returns jsonb
language sql
volatile
begin atomic
  select (mail.record_values_many(array[p_received], p_model, p_class, p_mapping, array[p_parts], array[to_jsonb(p_files)]))[1];
end;

comment on function mail.record_values(bigint, bigint, bigint, jsonb, jsonb, bigint[]) is
'Values by column code of the record that a received message becomes.';

revoke all on function mail.record_values(bigint, bigint, bigint, jsonb, jsonb, bigint[]) from public;
