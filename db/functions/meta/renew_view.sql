-- Bring one API view to its definition: create, replace, or make anew.
--
-- p_view is an element of meta.renew_views(). Says which of the three it was.

create or replace function meta.renew_view(p_view jsonb, p_recorded text[], p_pending oid[])
returns text
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_select constant text := p_view ->> 'select';
  v_view constant regclass := to_regclass(format('api.%I', p_view ->> 'name'));
begin
  if v_view is not null and p_view ->> 'kind' <> 'query' then
    perform meta.rename_view_columns(v_view, p_recorded, p_view -> 'columns');
  end if;

  if p_view ->> 'kind' = 'query' then
    perform meta.check_query(p_view ->> 'name', v_select);
  end if;

  begin
    if v_view is null then
      execute format('create view api.%I with (%s) as %s', p_view ->> 'name', meta.view_options(null), v_select);
      execute format('comment on view api.%I is %L', p_view ->> 'name', p_view ->> 'comment');
      return 'created';
    end if;

    execute format('create or replace view %s with (%s) as %s', v_view, meta.view_options(v_view), v_select);
    return 'replaced';
  exception
    when invalid_table_definition then
      perform meta.rebuild_view(v_view, v_select, p_pending);
      return 'rebuilt';
    when undefined_table or undefined_column then
      if p_view ->> 'kind' = 'query' then
        raise;
      end if;

      raise exception 'the table of API view "%" was altered by hand: %', p_view ->> 'name', sqlerrm
        using errcode = 'PG122', hint = 'Put back what is missing in schema data, or drop the column or class with the functions of meta.';
  end;
end;
$$;

comment on function meta.renew_view(jsonb, text[], oid[]) is
'created, replaced or rebuilt. Raises PG118 when something stands in the way, PG119 (query), PG122 (table).';

revoke all on function meta.renew_view(jsonb, text[], oid[]) from public;
