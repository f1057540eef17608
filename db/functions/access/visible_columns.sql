-- Columns of a class that a right of an account covers: all of them for superusers.
--
-- PostgreSQL guards hidden columns by privileges on API views: class tables are granted whole,
-- and nobody can name them. So functions that read class tables with their owner's rights
-- ask here, not for privileges on the table.
-- requires: access.effective_right meta.effective_column

create or replace function access.visible_columns(p_account text, p_class bigint, p_operation text)
returns bigint[]
language sql
stable
begin atomic
  select array(
    select e.column_id
    from meta.effective_column as e
    where e.class_id = p_class
      and (
        exists (select from pg_roles as s where s.rolname = p_account and s.rolsuper)
        or exists (
          select
          from access.effective_right as r
          inner join pg_roles as g on r.group_name = g.rolname
          where r.kind = 'class' and r.class_id = p_class and r.operation = p_operation
            and e.column_id <> all(r.hidden)
            and pg_has_role(p_account, g.oid, 'usage')
        )
      )
    order by e.position
  );
end;

comment on function access.visible_columns(text, bigint, text) is
'Ids of the columns of a class that a right of the account to read, insert or change does not hide.';

revoke all on function access.visible_columns(text, bigint, text) from public;
