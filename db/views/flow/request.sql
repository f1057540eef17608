-- The door for accounts: a row inserted here is carried out at once, and its "result" is the answer.
--
-- No row is ever here. "account" is filled by its default, which PostgreSQL evaluates as
-- the user of the statement, and nobody may write that column: so the functions behind, which
-- run with the owner's rights, know for whom they work (docs/security.md).

create or replace view flow.request as
select
  null::text as account,
  null::text as operation,
  null::text as object,
  null::jsonb as arguments,
  null::jsonb as result
where false;

alter view flow.request alter column account set default current_user;

comment on view flow.request is 'Write-only: a row asks for an operation, the trigger carries it out for the account that inserts.';

grant insert (operation, object, arguments), select (result) on flow.request to public;
