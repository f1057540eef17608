-- Whether an account may do something with an object, by any of its roles.
--
-- For objects whose rows PostgreSQL does not guard itself: starting an import, running a
-- script, seeing a page. Of a class it says that there are rows or new rows that the account
-- may touch, not which. Superusers may everything, as everywhere in PostgreSQL.
-- requires: access.effective_right

create or replace function access.may(p_account text, p_kind text, p_object text, p_operation text)
returns boolean
language plpgsql
stable
security definer  -- lends: reading rights, for a yes or no
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_operation <> all (access.operations(p_kind)) or access.operations(p_kind) is null then
    raise exception 'there is no right to "%" a %', p_operation, p_kind
      using errcode = 'PG914', hint = 'See the rights of roles in docs/rights.md.';
  end if;

  if not exists (select from pg_roles as r where r.rolname = p_account) then
    return false;
  end if;

  return exists (
    select
    from access.effective_right as r
    inner join pg_roles as g on r.group_name = g.rolname
    left join meta.class as c on r.class_id = c.id
    left join meta.query as q on r.query_id = q.id
    left join meta.model as m on coalesce(c.model_id, q.model_id) = m.id
    where r.kind = p_kind and r.operation = p_operation
      and case
        when r.kind = 'event' and r.object like '%*' then starts_with(p_object, rtrim(r.object, '*'))
        else coalesce(r.object, m.code || '.' || coalesce(c.code, q.code)) = p_object
      end
      and pg_has_role(p_account, g.oid, 'usage')
  );
end;
$$;

comment on function access.may(text, text, text, text) is
'True when a role gives the account this operation on an object (model.code) of a kind. Raises PG914 for an operation that there is not.';

revoke all on function access.may(text, text, text, text) from public, pgears_runner;
grant execute on function access.may(text, text, text, text) to pgears_admin;
