-- Give the rows in error their line and keep them as they stood in the file.
--
-- A file that went to the server as it is has no line numbers: a record begins on the line
-- after the header, the records before it and the line ends within their fields.

create or replace function batch.locate_errors(p_run bigint)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_run batch.import_run;
  v_fields text;
  v_all text;
  v_header integer;
begin
  if not exists (select from batch.import_error as e where e.run_id = p_run) then
    return;
  end if;

  select r.* into strict v_run from batch.import_run as r where r.id = p_run;
  v_fields := (select string_agg('l.f' || g.place, ', ' order by g.place) from generate_series(1, cardinality(v_run.fields)) as g (place));
  v_all := format('array_to_string(array[%s], '''')', v_fields);  -- a function takes 100 arguments, an array more

  execute format(
    'insert into batch.import_reject (run_id, record, fields) select %1$s, l.record, array[%2$s] from batch.load_%1$s as l'
    ' where l.record in (select e.record from batch.import_error as e where e.run_id = %1$s)',
    p_run, v_fields
  );

  if not v_run.direct then
    execute format(
      'update batch.import_error as e set line = l.line from batch.load_%1$s as l where e.run_id = %1$s and e.line is null and l.record = e.record', p_run
    );
  else
    v_header := coalesce((select (i.definition ->> 'header')::boolean from batch.import as i where i.id = v_run.import_id), true)::integer;
    if v_header = 1 then
      v_header := 1 + (select sum(length(f.name) - length(replace(f.name, e'\n', ''))) from unnest(v_run.fields) as f (name));
    end if;
    execute format(
      'update batch.import_error as e set line = n.line from ('
      '  select l.record, l.record + %2$s + coalesce(sum(length(v.text) - length(replace(v.text, e''\n'', '''')))'
      '    over (order by l.record rows between unbounded preceding and 1 preceding), 0) as line'
      '  from batch.load_%1$s as l cross join lateral (select %3$s as text) as v'
      ') as n where e.run_id = %1$s and n.record = e.record',
      p_run, v_header, v_all
    );
  end if;
end;
$$;

comment on function batch.locate_errors(bigint) is 'Fill in the lines of rows in error and keep their fields.';

revoke all on function batch.locate_errors(bigint) from public;
