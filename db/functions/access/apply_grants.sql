-- Grant and revoke until group roles have exactly what their rights ask for.
--
-- Revoking first: to revoke a privilege on a relation revokes it on its columns too.
-- requires: access.granted access.wanted_grants

create or replace function access.apply_grants(p_classes bigint[], p_relations oid[])
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_statement text;
begin
  for v_statement in
    select format(
      'revoke %s%s on %s from %I',
      g.privilege, coalesce(' (' || string_agg(quote_ident(g.column_name), ', ') || ')', ''), g.relation::regclass, g.group_name
    )
    from (
      select * from access.granted(p_relations)
      except
      select * from access.wanted_grants(p_classes)
    ) as g
    group by g.relation, g.privilege, g.group_name, g.column_name is null
    order by g.relation
  loop
    execute v_statement;
  end loop;

  for v_statement in
    select format(
      'grant %s%s on %s to %I',
      g.privilege, coalesce(' (' || string_agg(quote_ident(g.column_name), ', ') || ')', ''), g.relation::regclass, g.group_name
    )
    from (
      select * from access.wanted_grants(p_classes)
      except
      select * from access.granted(p_relations)
    ) as g
    group by g.relation, g.privilege, g.group_name, g.column_name is null
    order by g.relation
  loop
    execute v_statement;
  end loop;
end;
$$;

comment on function access.apply_grants(bigint[], oid[]) is 'Bring the privileges of group roles on relations of classes, queries and files to what rights ask for.';

revoke all on function access.apply_grants(bigint[], oid[]) from public;
