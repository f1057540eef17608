-- The two SELECTs that read a structure from its classes: edges and members.
--
-- Rows that are deleted do not count, nor does a superior that is. In a manager structure
-- the units are accounts: who stands in the class as user or as manager.

create or replace function access.structure_sql(p_kind text, p_class bigint, p_superior bigint, p_membership bigint, p_user bigint, p_unit bigint)
returns table (edge_sql text, member_sql text)
language sql
immutable
begin atomic
  select
    case p_kind
      when 'manager' then format(
        'select r.c%2$s as unit, r.c%3$s as superior from data.datarow_%1$s as r where r.deleted is null and r.c%2$s is not null'
        ' union all select r.c%3$s, null from data.datarow_%1$s as r where r.deleted is null and r.c%3$s is not null',
        p_class, p_user, p_superior
      )
      else format(
        'select r.id as unit, s.id as superior from data.datarow_%1$s as r'
        ' left join data.datarow_%1$s as s on r.c%2$s = s.id and s.deleted is null where r.deleted is null',
        p_class, p_superior
      )
    end,
    case p_kind
      when 'manager' then format(
        'select r.c%2$s as unit, r.c%2$s as account_id from data.datarow_%1$s as r where r.deleted is null and r.c%2$s is not null'
        ' union all select r.c%3$s, r.c%3$s from data.datarow_%1$s as r where r.deleted is null and r.c%3$s is not null',
        p_class, p_user, p_superior
      )
      when 'team' then format(
        'select r.id as unit, a.id as account_id from data.datarow_%1$s as r'
        ' cross join lateral unnest(r.c%2$s) as a (id) where r.deleted is null',
        p_class, p_user
      )
      else format(
        'select m.c%4$s as unit, m.c%3$s as account_id from data.datarow_%2$s as m'
        ' inner join data.datarow_%1$s as r on m.c%4$s = r.id and r.deleted is null'
        ' where m.deleted is null and m.c%3$s is not null',
        p_class, p_membership, p_user, p_unit
      )
    end;
end;

comment on function access.structure_sql(text, bigint, bigint, bigint, bigint, bigint) is
'SELECTs of (unit, superior) and (unit, account_id) of a structure over its class tables.';

revoke all on function access.structure_sql(text, bigint, bigint, bigint, bigint, bigint) from public;
