-- Refuse a synchronisation to an account that may not do by itself what it does.
--
-- Inwards it writes any row of the class, outwards it shows any: that takes rights to all rows
-- and columns. Relations of this database must be open to the account as well. Owner and superusers
-- are not asked.
-- requires: access.effective_right

create or replace function sync.check_rights(p_account text, p_class bigint, p_definition jsonb)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_lacks text;
begin
  if not exists (select from pg_roles as r where r.rolname = p_account) then
    raise exception 'account % does not exist any more', p_account
      using errcode = 'PG741', hint = 'Store the definition again: jobs and workflows synchronise with the rights of who stored it.';
  end if;

  if not pg_has_role(p_account, (select c.relowner from pg_class as c where c.oid = to_regclass('data.datarow_' || p_class)), 'usage') then
    select string_agg(o.operation, ', ') into v_lacks
    from unnest(
      case p_definition ->> 'direction'
        when 'out' then array['read']
        else array['read', 'insert', 'change', 'mass_change']
          || case when p_definition ->> 'missing' = 'delete' then array['delete', 'mass_delete'] else '{}' end
      end
    ) as o (operation)
    where not exists (
      select
      from access.effective_right as r
      inner join pg_roles as g on r.group_name = g.rolname
      where r.class_id = p_class and r.operation = o.operation and r.structure_id is null
        and coalesce(cardinality(r.hidden), 0) = 0 and pg_has_role(p_account, g.oid, 'usage')
    );

    if v_lacks is not null then
      raise exception 'account % lacks rights to all rows of %: %', p_account, meta.class_path(p_class), v_lacks
        using errcode = 'PG741', hint = 'Give it a role with these rights, scope all and no hidden column; or let an account start it that has them.';
    end if;
  end if;

  if p_definition ? 'url' then
    return;
  end if;

  select string_agg(o.privilege, ', ') into v_lacks
  from unnest(
    array['select']
    || case
      when p_definition ->> 'direction' = 'in' then '{}'
      when p_definition ->> 'missing' = 'delete' then array['insert', 'update', 'delete']
      else array['insert', 'update']
    end
  ) as o (privilege)
  where not has_table_privilege(p_account, to_regclass(p_definition ->> 'table'), o.privilege);

  if v_lacks is not null then
    raise exception 'account % lacks privileges on %: %', p_account, p_definition ->> 'table', v_lacks
      using errcode = 'PG741', hint = 'Grant them to the account; a view shows what it may see of a table.';
  end if;
end;
$$;

comment on function sync.check_rights(text, bigint, jsonb) is 'Raise PG741 when an account may not do by itself what a synchronisation does.';

revoke all on function sync.check_rights(text, bigint, jsonb) from public;
