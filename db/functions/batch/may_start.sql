-- Whether an account may start an import or export: by a role, or as an administrator.
-- requires: access.may

create or replace function batch.may_start(p_account text, p_kind text, p_object text, p_operation text default 'start')
returns boolean
language sql
stable
security definer  -- lends: reading rights
begin atomic
  select
    access.may(p_account, p_kind, p_object, p_operation)
    or pg_has_role(p_account, 'pgears_admin', 'usage')
    or pg_has_role(p_account, (select c.relowner from pg_catalog.pg_class as c where c.oid = 'batch.import'::regclass), 'usage');
end;

comment on function batch.may_start(text, text, text, text) is 'True when the account may do the operation with an import or export (model.code).';

revoke all on function batch.may_start(text, text, text, text) from public, pgears_runner;
grant execute on function batch.may_start(text, text, text, text) to pgears_admin;
