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
  v_error text;
begin
  while v_failed <> '[]' loop
    v_waiting := v_failed;
    v_failed := '[]';

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
          v_error := sqlerrm;
          v_failed := v_failed || jsonb_build_array(v_view);
      end;
    end loop;

    if v_failed = v_waiting then
      raise exception 'query "%" does not compile: %', v_failed -> 0 ->> 'name', v_error
        using errcode = 'PG119', hint = 'Name classes as {{class.code}} and their columns by the codes that they have now.';
    end if;
  end loop;
end;
$$;

comment on function meta.renew_queries(jsonb, oid[]) is
'Part of meta.renew_views: the queries; p_pending are the views of those that exist already. Raises PG118, PG119.';

revoke all on function meta.renew_queries(jsonb, oid[]) from public;
