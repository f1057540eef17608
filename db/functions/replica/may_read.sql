-- Whether an account may read every row of a class: an instance reads no more than its account.
--
-- Only a right of scope all counts, and none that hides columns.
-- requires: access.effective_right meta.class_name

create or replace function replica.may_read(p_account text, p_class text)
returns boolean
language sql
stable
security definer  -- lends: reading rights, for a yes or no
begin atomic
  select count(*) > 0
  from meta.class_name as n
  inner join pg_class as t on t.oid = to_regclass('data.datarow_' || n.id)
  where n.path = p_class
    and (
      pg_has_role(p_account, t.relowner, 'usage')
      or exists (
        select
        from access.effective_right as r
        inner join pg_roles as g on r.group_name = g.rolname
        where r.class_id = n.id and r.operation = 'read' and r.structure_id is null and r.hidden = '{}'
          and pg_has_role(p_account, g.oid, 'usage')
      )
    );
end;

comment on function replica.may_read(text, text) is 'True when there is such a class and a role of the account reads all of it.';

revoke all on function replica.may_read(text, text) from public;
grant execute on function replica.may_read(text, text) to pgears_admin;
