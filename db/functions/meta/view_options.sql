-- The options that an API view is made with: those that it has, and the invoker's rights.

create or replace function meta.view_options(p_view oid)
returns text
language sql
stable
begin atomic
  select
    'security_invoker = true' || coalesce((
      select string_agg(format(', %s = %L', o.option_name, o.option_value), '' order by o.option_name)
      from pg_catalog.pg_class as c
      cross join lateral pg_catalog.pg_options_to_table(c.reloptions) as o
      where c.oid = p_view and o.option_name <> 'security_invoker'
    ), '');
end;

comment on function meta.view_options(oid) is 'Options of an API view for its WITH clause; null stands for a new view.';

revoke all on function meta.view_options(oid) from public;
