-- Requests with the account that asks: what flow.request is rewritten to.
--
-- Granted to nobody. Its trigger carries a row out with the owner's rights, for "account".

create or replace view flow.account_request as
select
  null::text as account,
  null::text as operation,
  null::text as object,
  null::jsonb as arguments,
  null::jsonb as result
where false;

comment on view flow.account_request is 'Behind flow.request: a row is carried out at once for its account.';
