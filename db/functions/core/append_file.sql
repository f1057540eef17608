-- Store a piece of a file that comes in pieces; the caller chooses a new number for each file.

create or replace function core.append_file(p_upload uuid, p_content bytea)
returns void
language sql
volatile
security definer  -- lends: writing pieces of uploads
begin atomic
  insert into core.upload_piece (upload, content) values (p_upload, p_content);
end;

comment on function core.append_file(uuid, bytea) is 'Add a piece to an upload, in the order of the calls.';

revoke all on function core.append_file(uuid, bytea) from public;
grant execute on function core.append_file(uuid, bytea) to pgears_runner, pgears_admin;
