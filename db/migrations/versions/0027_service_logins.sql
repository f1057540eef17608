-- The web service has a role of its own: what it asks as itself, before it takes on the account
-- of a request, is much less than what a runner does.
--
-- The role belongs to the server, as the other service roles do.

do $$
begin
  create role pgears_web nologin;
exception
  when duplicate_object or unique_violation then
    raise debug 'role pgears_web exists';
end;
$$;

grant usage on schema core, web to pgears_web;

-- The files of db/functions/web grant anew what the runner needs of this schema.
revoke execute on all functions in schema web from pgears_runner;
