-- Resolve what is defined in a model and named "model.code", or by its code alone where that is clear.
--
-- Each kind has its function, which names its table, its error and the command that lists it.
-- Only tables with the columns id, model_id and code are given here.

create or replace function meta.find_definition(
  p_table regclass,
  p_code text,
  p_model bigint,
  p_kind text,
  p_errcode text,
  p_hint text
)
returns bigint
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_ids bigint[];
begin
  execute format(
    $query$
      select array(
        select d.id
        from %s as d
        left join meta.model as m on d.model_id = m.id
        where case
          when $1 like '%%.%%' then m.code || '.' || d.code = $1
          else d.code = $1 and ($2 is null or d.model_id = $2)
        end
      )
    $query$,
    p_table
  )
  into v_ids
  using p_code, p_model;

  if cardinality(v_ids) <> 1 then
    raise exception 'there is % % "%"', case cardinality(v_ids) when 0 then 'no' else 'more than one' end, p_kind, p_code
      using errcode = p_errcode, hint = 'Name it as model.code; ' || p_hint;
  end if;

  return v_ids[1];
end;
$$;

comment on function meta.find_definition(regclass, text, bigint, text, text, text) is 'Id of a row of a table of definitions by model.code or code. Raises the given error unless there is exactly one.';

revoke all on function meta.find_definition(regclass, text, bigint, text, text, text) from public;
