-- Rows of classes as they travel, with what was physically deleted.
--
-- p_classes is a list of class_id, path, ids and gone (uids of deleted rows with the time).

create or replace function replica.rows_of(p_reader replica.reader, p_classes jsonb, p_me text)
returns table (head jsonb, rows text)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_class record;
  v_rows text;
  v_gone text;
begin
  for v_class in
    select c.*
    from jsonb_to_recordset(p_classes) as c (class_id bigint, path text, ids bigint[], gone jsonb)
  loop
    execute format('select string_agg(c.text, '','') from (%s) as c (text)', replica.reading_statement(v_class.class_id, p_me))
    into v_rows
    using v_class.ids, p_reader.instance, nullif(p_reader.classes -> v_class.path, '{}');

    v_gone := null;
    if v_class.gone is not null then
      execute (
        select format(
          $sql$
          select string_agg(
            json_build_object(
              '@uid', d.uid, '@gone', true, '@vector', %2$s,
              '@stamp', case when s.gone then s.stamp else greatest(d.changed, s.stamp + interval '1 microsecond') end,
              '@origin', case when s.gone then s.origin else %3$L end
            )::text, ','
          )
          from (select g.key::uuid as uid, g.value::timestamptz as changed from jsonb_each_text($1) as g (key, value)) as d
          left join replica.row_state as s on s.class_id = %1$s and d.uid = s.uid
          where not exists (select from data.datarow_%1$s as r where r.uid = d.uid)
            and not coalesce(s.gone and s.origin = $2 and not s.merged, false)
          $sql$,
          v_class.class_id, e.lost_vector, p_me
        )
        from replica.state_expressions(p_me) as e
      )
      into v_gone
      using v_class.gone, p_reader.instance;
    end if;

    continue when v_rows is null and v_gone is null;
    head := jsonb_build_object(
      'class', v_class.path,
      'columns', (select jsonb_agg(k.code order by k.position) from replica.exchanged_column as k where k.class_id = v_class.class_id)
    );
    rows := '[' || concat_ws(',', v_rows, v_gone) || ']';
    return next;
  end loop;
end;
$$;

comment on function replica.rows_of(replica.reader, jsonb, text) is 'For each class: head with class and columns, and its rows as a JSON list.';

revoke all on function replica.rows_of(replica.reader, jsonb, text) from public;
