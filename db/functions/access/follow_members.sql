-- Bring members and scopes to rows of the membership class that came, changed or went.

create or replace function access.follow_members(p_structure bigint, p_accounts bigint[])
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_structure access.structure;
begin
  if cardinality(p_accounts) = 0 then
    return;
  end if;

  update access.structure as s
  set changes = s.changes + 1
  where s.id = p_structure
  returning s.* into strict v_structure;

  delete from access.member as m where m.structure_id = p_structure and m.account_id = any (p_accounts);

  execute format(
    $sql$
    insert into access.member (structure_id, unit, account_id)
    select distinct $1, m.unit, m.account_id
    from (%s) as m
    where m.account_id = any ($2)
    $sql$,
    v_structure.member_sql
  )
  using p_structure, p_accounts;

  perform access.refresh_scope(p_structure, p_accounts);
end;
$$;

comment on function access.follow_members(bigint, bigint[]) is 'Part of generated trigger functions: a structure follows its membership class.';

revoke all on function access.follow_members(bigint, bigint[]) from public;
