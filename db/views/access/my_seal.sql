-- Whoever reads, and a seal on it that nobody else can make; it ends with the transaction.
--
-- A function that lends its owner's rights cannot see for whom a statement runs: there,
-- current_user is the owner, and settings tell the login even where a superuser only refreshes
-- somebody's materialized view. So public functions without lent rights read account and seal
-- here, where current_user is true, and pass both on; access.sealed_account() believes the seal.

create or replace view access.my_seal
with (security_barrier = true) as
select
  current_user::text as account,
  encode(
    sha256(s.secret || convert_to(pg_backend_pid() || ' ' || extract(epoch from now()) || ' account ' || current_user, 'UTF8')),
    'hex'
  ) as seal
from core.seal as s;

comment on view access.my_seal is 'The current account, and the seal by which functions with lent rights believe it.';

grant select on access.my_seal to public;
