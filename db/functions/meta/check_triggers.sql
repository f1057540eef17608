-- Refuse to lend the owner's rights to a trigger function of somebody else.
--
-- Where the system writes a class table on behalf of an account (logical deletion puts rows
-- back; a record comes by meta.insert_record), triggers of others fire too, and would run
-- with the rights of the owner. A function of the owner, of a superuser, or one that brings
-- its own rights (security definer) is harmless. True when a row trigger fires before insert.

create or replace function meta.check_triggers(p_table oid)
returns boolean
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_foreign text;
  v_before boolean;
begin
  -- Bits of tgtype: 1 row, 2 before, 4 insert.
  select
    min(format('trigger %I, function %s of %I', t.tgname, t.tgfoid::regprocedure, o.rolname))
      filter (where p.proowner <> c.relowner and not p.prosecdef and not o.rolsuper),
    coalesce(bool_or(t.tgtype & 3 = 3), false)
  into v_foreign, v_before
  from pg_trigger as t
  inner join pg_class as c on t.tgrelid = c.oid
  inner join pg_proc as p on t.tgfoid = p.oid
  inner join pg_roles as o on p.proowner = o.oid
  where t.tgrelid = p_table and not t.tgisinternal and t.tgenabled <> 'D' and t.tgtype & 4 = 4;

  if v_foreign is not null then
    raise exception 'a trigger of another owner would run with the rights of the system'
      using
        errcode = 'PG140',
        detail = v_foreign,
        hint = 'Make its function "security definer", or give the function to the owner of the class table, who then vouches for it.';
  end if;

  return v_before;
end;
$$;

comment on function meta.check_triggers(oid) is
'Whether the table has row triggers of others before insert. Raises PG140 when one would borrow the rights of the owner.';

revoke all on function meta.check_triggers(oid) from public;
