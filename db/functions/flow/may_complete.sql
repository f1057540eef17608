-- Whether an account may complete a task: assignee, member of the role assigned, or deputy.
--
-- A suspended account may nothing, though its name still stands there.

create or replace function flow.may_complete(p_account text, p_assignee text, p_deputies text[])
returns boolean
language sql
stable
begin atomic
  select
    not exists (select from access.account as a where a.login = p_account and not a.enabled)
    and exists (
      select
      from unnest(p_deputies || p_assignee) as n (name)
      left join pg_catalog.pg_roles as r on n.name = r.rolname
      where n.name = p_account
        or (r.oid is not null and exists (
          select from pg_catalog.pg_roles as p where p.rolname = p_account and pg_has_role(p.oid, r.oid, 'usage')
        ))
    );
end;

comment on function flow.may_complete(text, text, text[]) is 'Whether a task with this assignee and deputies is the account''s.';

revoke all on function flow.may_complete(text, text, text[]) from public;
