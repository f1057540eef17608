-- The door for accounts: a row inserted here is carried out at once, and its "result" is the answer.
--
-- No row is ever here, and no column for the account: the rule writes current_user, which
-- PostgreSQL evaluates as the user of the statement, into the view behind, which nobody else
-- may write. (A column with a default and no privilege to write it would not do: a view of the
-- caller's own upon this one may have another default. See docs/security.md.)
-- requires: flow.account_request_carry_out

create or replace view flow.request as
select
  null::text as operation,
  null::text as object,
  null::jsonb as arguments,
  null::jsonb as result
where false;

create or replace rule carry_out as
on insert to flow.request do instead
insert into flow.account_request (account, operation, object, arguments)
values (current_user, new.operation, new.object, new.arguments)
returning operation, object, arguments, result;

comment on view flow.request is 'Write-only: a row asks for an operation, which is carried out for the account that inserts it.';

grant insert (operation, object, arguments), select (result) on flow.request to public;
