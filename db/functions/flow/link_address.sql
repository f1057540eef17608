-- Address of a link that acts: below the parameter web.base_address.
-- requires: core.parameter

create or replace function flow.link_address(p_token text)
returns text
language sql
stable
begin atomic
  select rtrim(core.parameter('web.base_address'), '/') || '/link/' || p_token;
end;

comment on function flow.link_address(text) is 'URL of a link by its token; null while the parameter web.base_address is not set.';

revoke all on function flow.link_address(text) from public, pgears_runner;
grant execute on function flow.link_address(text) to pgears_admin;
