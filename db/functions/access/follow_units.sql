-- Bring closure, members and scopes to units that were made, moved or deleted.
--
-- Called by the triggers of the class of units, a statement at a time. A moved unit takes
-- its subtree along: the rows of the subtree are computed anew by walking up, nothing else
-- is touched. p_near are accounts of a manager structure that only appear or vanish as
-- superiors. The row lock puts changes of one structure in line, also against transactions
-- that cannot see each other: under repeatable read the second gets 40001 and tries again.
-- requires: access.refresh_scope

create or replace function access.follow_units(p_structure bigint, p_units bigint[], p_near bigint[] default '{}')
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_structure access.structure;
  v_moved bigint[];
  v_above bigint[];
  v_below bigint[];
  v_accounts bigint[];
  v_circle bigint;
begin
  if cardinality(p_units) + cardinality(p_near) = 0 then
    return;
  end if;

  update access.structure as s
  set changes = s.changes + 1
  where s.id = p_structure
  returning s.* into strict v_structure;

  execute format(
    $sql$
    select array(
      select unnest($2)
      union
      select n.unit
      from unnest($3) as n (unit)
      where exists (select from access.closure as c where c.structure_id = $1 and c.ancestor = n.unit)
        <> exists (select from (%s) as e where e.unit = n.unit)
    )
    $sql$,
    v_structure.edge_sql
  )
  using p_structure, p_units, p_near
  into v_moved;

  if cardinality(v_moved) = 0 then
    return;
  end if;

  execute format(
    $sql$
    with recursive up (unit, superior) as (
      select e.unit, e.superior
      from (%1$s) as e
      where e.unit = any ($1) and e.superior is not null
      union
      select u.unit, e.superior
      from up as u
      inner join (%1$s) as e on u.superior = e.unit
      where e.superior is not null and u.unit <> u.superior
    )

    select u.unit from up as u where u.unit = u.superior limit 1
    $sql$,
    v_structure.edge_sql
  )
  using v_moved
  into v_circle;

  if v_circle is not null then
    raise exception 'unit % of structure "%" would be its own superior', v_circle, v_structure.code
      using errcode = 'PG910', hint = 'Follow the superiors upwards: they lead back to this unit.';
  end if;

  v_below := array(
    select unnest(v_moved)
    union
    select c.descendant from access.closure as c where c.structure_id = p_structure and c.ancestor = any (v_moved)
  );
  v_above := array(
    select distinct c.ancestor from access.closure as c where c.structure_id = p_structure and c.descendant = any (v_moved)
  );
  v_accounts := array(
    select distinct m.account_id from access.member as m where m.structure_id = p_structure and m.unit = any (v_above)
  );

  delete from access.closure as c where c.structure_id = p_structure and c.descendant = any (v_below);

  execute format(
    $sql$
    with recursive up (unit, ancestor, depth) as (
      select e.unit, e.unit, 0
      from (%1$s) as e
      where e.unit = any ($2)
      union
      select u.unit, e.superior, u.depth + 1
      from up as u
      inner join (%1$s) as e on u.ancestor = e.unit
      where e.superior is not null and u.depth < $3
    )

    insert into access.closure (structure_id, ancestor, descendant, depth)
    select $1, u.ancestor, u.unit, min(u.depth)
    from up as u
    group by u.ancestor, u.unit
    $sql$,
    v_structure.edge_sql
  )
  using p_structure, v_below, v_structure.max_depth;

  delete from access.member as m where m.structure_id = p_structure and m.unit = any (v_moved);

  execute format(
    $sql$
    insert into access.member (structure_id, unit, account_id)
    select distinct $1, m.unit, m.account_id
    from (%s) as m
    where m.unit = any ($2)
    $sql$,
    v_structure.member_sql
  )
  using p_structure, v_moved;

  perform access.refresh_scope(
    p_structure,
    array(
      select unnest(v_accounts)
      union
      select m.account_id
      from access.closure as c
      inner join access.member as m on c.structure_id = m.structure_id and c.ancestor = m.unit
      where c.structure_id = p_structure and c.descendant = any (v_moved)
    )
  );
end;
$$;

comment on function access.follow_units(bigint, bigint[], bigint[]) is
'Part of generated trigger functions: a structure follows its units. Raises PG910 for a circle.';

revoke all on function access.follow_units(bigint, bigint[], bigint[]) from public;
