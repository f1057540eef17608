-- Run a statement about a range of rows with the caller's own rights; what a row is refused
-- for is found by halving.
--
-- The statement has $1 and $2, first and last row. All rows at once when nothing is wrong; else
-- the half that is good goes in whole, so a single bad row among a million costs twenty
-- statements more. Errors that are not about rows (rights, lost connections, mass rights) end
-- the run. It can do nothing that the caller could not do himself.

create or replace function batch.apply_rows(p_statement text, p_from bigint, p_to bigint, p_most integer default 0)
returns jsonb
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_rows bigint;
  v_left jsonb;
  v_right jsonb;
  v_state text;
  v_message text;
  v_table text;
  v_constraint text;
  v_middle bigint := p_from + (p_to - p_from) / 2;
begin
  begin
    execute p_statement using p_from, p_to;
    get diagnostics v_rows = row_count;
    return jsonb_build_object('rows', v_rows, 'errors', '[]'::jsonb);
  exception
    when others then
      get stacked diagnostics
        v_state = returned_sqlstate, v_message = message_text, v_table = table_name, v_constraint = constraint_name;

      if p_most <= 0 or not (v_state ~ '^(22|23|44|P0001|PG2|PG4|PG50[2-6])' or (v_state = '42501' and v_message like '%row-level security policy%')) then
        raise;
      end if;
  end;

  if p_from >= p_to then
    return jsonb_build_object('rows', 0, 'errors', jsonb_build_array(
      jsonb_build_object('record', p_from, 'reason', v_message, 'table', v_table, 'constraint', v_constraint)
    ));
  end if;

  v_left := batch.apply_rows(p_statement, p_from, v_middle, p_most);
  v_right := batch.apply_rows(p_statement, v_middle + 1, p_to, p_most - jsonb_array_length(v_left -> 'errors'));

  return jsonb_build_object(
    'rows', (v_left ->> 'rows')::bigint + (v_right ->> 'rows')::bigint,
    'errors', (v_left -> 'errors') || (v_right -> 'errors')
  );
end;
$$;

comment on function batch.apply_rows(text, bigint, bigint, integer) is
'Number of rows and errors (record, reason, table and constraint) of a statement over a range of rows; at most p_most errors are sought, more are raised.';

-- It has the caller's rights: anybody may run his own statements.
revoke all on function batch.apply_rows(text, bigint, bigint, integer) from public;
grant execute on function batch.apply_rows(text, bigint, bigint, integer) to public;
