-- Renew the API views of queries, whatever order they depend on one another in.
--
-- A query that names another one may not compile before that one is there: it is tried again
-- after the rest, as long as a round brings any forward.

create or replace function meta.renew_queries(p_views jsonb, p_pending oid[])
returns table (name text, action text)
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_waiting jsonb;
  v_failed jsonb := jsonb_path_query_array(p_views, '$[*] ? (@.kind == "query")');
  v_pending oid[] := p_pending;
  v_view jsonb;
  v_former oid;
  v_wrong jsonb;
  v_wrong_always jsonb := '[]'::jsonb;
  v_detail text;
  v_hint text;
begin
  while v_failed <> '[]' loop
    v_waiting := v_failed;
    v_failed := '[]';
    v_wrong := '[]';

    for v_view in
      select w.value from jsonb_array_elements(v_waiting) as w (value) order by w.value ->> 'name'
    loop
      begin
        v_former := to_regclass(format('api.%I', v_view ->> 'name'));
        action := meta.renew_view(v_view, null, v_pending);
        name := v_view ->> 'name';
        v_pending := array_remove(v_pending, v_former);
        return next;
      exception
        when undefined_table or undefined_column then
          v_failed := v_failed || jsonb_build_array(v_view);
          v_wrong := v_wrong || jsonb_build_object(
            'code', 'PG119',
            'name', v_view ->> 'name',
            'message', format('query "%s" does not compile: %s', v_view ->> 'name', sqlerrm),
            'hint', 'Name classes as {{class.code}} and their columns by the codes that they have now.'
          );
        when sqlstate 'PG119' then
          get stacked diagnostics v_detail = pg_exception_detail, v_hint = pg_exception_hint;
          v_wrong_always := v_wrong_always || jsonb_strip_nulls(jsonb_build_object(
            'code', 'PG119', 'name', v_view ->> 'name', 'message', sqlerrm, 'detail', nullif(v_detail, ''), 'hint', v_hint
          ));
      end;
    end loop;

    exit when v_failed = v_waiting;
  end loop;

  -- Of a query that names one with a mistake nothing can be said, unless they go in a circle.
  v_wrong := v_wrong || v_wrong_always;
  perform meta.raise_mistakes(coalesce(
    (
      select jsonb_agg(m.value order by m.value ->> 'name')
      from jsonb_array_elements(v_wrong) as m (value)
      where not exists (
        select
        from jsonb_array_elements(v_wrong) as o (value)
        where o.value ->> 'name' <> m.value ->> 'name' and strpos(m.value ->> 'message', format('"api.%s"', o.value ->> 'name')) > 0
      )
    ),
    v_wrong
  ));
end;
$$;

comment on function meta.renew_queries(jsonb, oid[]) is
'Part of meta.renew_views: the queries; p_pending are the views of those that exist already. Raises PG118, PG119, PG124.';

revoke all on function meta.renew_queries(jsonb, oid[]) from public;
