-- A row of a class as jsonb by the codes of its columns, from jsonb by physical names.
-- requires: meta.effective_column

create or replace function flow.record_by_codes(p_class bigint, p_row jsonb)
returns jsonb
language sql
stable
begin atomic
  select
    case when p_row is not null and p_row <> 'null'::jsonb then
      jsonb_build_object(
        'id', p_row -> 'id', 'uid', p_row -> 'uid', 'version', p_row -> 'version', 'shortdescription', p_row -> 'shortdescription',
        'creator', p_row -> 'creator', 'created', p_row -> 'created', 'modifier', p_row -> 'modifier', 'modified', p_row -> 'modified'
      ) || (
        select coalesce(jsonb_object_agg(e.code, p_row -> e.physical), '{}')
        from meta.effective_column as e
        where e.class_id = p_class and e.stored
      )
    end;
end;

comment on function flow.record_by_codes(bigint, jsonb) is 'Row by column codes from a row by physical columns; null for null.';

revoke all on function flow.record_by_codes(bigint, jsonb) from public;
