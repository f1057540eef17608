-- The account that acts: the role taken on by "set role", else the login.
--
-- Works inside functions that run with their owner's rights, where current_user is the
-- owner. A single expression, so that column defaults inline it.

create or replace function access.current_account()
returns text
language sql
stable
parallel safe
begin atomic
  select coalesce(nullif(current_setting('role'), 'none'), session_user::text);
end;

comment on function access.current_account() is
'Name of the PostgreSQL role on whose behalf the session works now.';

-- Column defaults call it with the writer's rights.
grant execute on function access.current_account() to public;
