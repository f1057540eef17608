-- A piece of the content of a file; nothing behind its end.
--
-- Contents are stored uncompressed and outside of their row, so that a piece is read alone.

create or replace function core.read_file(p_file bigint, p_offset bigint default 0, p_length integer default 1048576)
returns bytea
language sql
stable
security definer  -- lends: reading files to the runner and administrators
begin atomic
  select substring(c.content from (p_offset + 1)::integer for p_length)
  from core.file as f
  inner join core.file_content as c on f.sha256 = c.sha256
  where f.id = p_file;
end;

comment on function core.read_file(bigint, bigint, integer) is 'Up to p_length bytes of a file from p_offset on; empty behind its end, null without the file.';

revoke all on function core.read_file(bigint, bigint, integer) from public;
grant execute on function core.read_file(bigint, bigint, integer) to pgears_runner, pgears_admin;
