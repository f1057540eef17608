-- Bring the stored scope of accounts in a structure to its closure and members.
--
-- A row for each depth that some right uses, also a right that is switched off, so that
-- switching it on computes nothing. Rows that would not change are not written.

create or replace function access.refresh_scope(p_structure bigint, p_accounts bigint[])
returns void
language sql
volatile
begin atomic
  with depth as (
    select distinct r.depth
    from access.role_right as r
    where r.structure_id = p_structure
  ),

  wanted as (
    select
      a.login::name as login,
      d.depth,
      array_agg(distinct c.descendant order by c.descendant) as unit_ids
    from access.account as a
    inner join access.member as m on a.id = m.account_id
    inner join access.closure as c on m.structure_id = c.structure_id and m.unit = c.ancestor
    inner join depth as d on c.depth <= d.depth
    where a.id = any(p_accounts) and m.structure_id = p_structure
    group by a.login, d.depth
  ),

  gone as (
    delete from access.scope as s
    using access.account as a
    where a.id = any(p_accounts) and s.login = a.login::name and s.structure_id = p_structure
      and not exists (select from wanted as w where w.login = s.login and w.depth = s.depth)
  )

  insert into access.scope as s (login, structure_id, depth, unit_ids)
  select
    w.login,
    p_structure,
    w.depth,
    w.unit_ids
  from wanted as w
  on conflict (login, structure_id, depth) do update
  set unit_ids = excluded.unit_ids
  where s.unit_ids <> excluded.unit_ids;
end;

comment on function access.refresh_scope(bigint, bigint[]) is 'Compute access.scope of these accounts in a structure anew.';

revoke all on function access.refresh_scope(bigint, bigint[]) from public;
