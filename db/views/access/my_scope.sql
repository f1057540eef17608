-- The stored scope of whoever reads: what policies of class tables look up.
--
-- Read with the owner's rights, and only rows of the reader's own login: current_user is
-- the account that the statement runs for, also inside somebody's function.

create or replace view access.my_scope as
select
  s.structure_id,
  s.depth,
  s.unit_ids
from access.scope as s
where s.login = current_user;

comment on view access.my_scope is 'Units that the current account reaches, by structure and depth; readable by everybody, because policies read it.';

grant select on access.my_scope to public;
