-- Store the content of a file whose pieces came by core.append_file, before the row that names it.

create or replace function replica.store_content(p_upload uuid)
returns text
language sql
volatile
security definer  -- lends: contents of files to the runner
begin atomic
  with content as (
    select coalesce(string_agg(u.content, ''::bytea order by u.position), ''::bytea) as bytes
    from core.upload_piece as u
    where u.upload = p_upload
  ),

  stored as (
    insert into core.file_content (sha256, size, content)
    select sha256(c.bytes), octet_length(c.bytes), c.bytes
    from content as c
    on conflict (sha256) do nothing
  ),

  removed as (
    delete from core.upload_piece as u where u.upload = p_upload
  )

  select encode(sha256(c.bytes), 'hex') from content as c;
end;

comment on function replica.store_content(uuid) is 'SHA-256 of the content that the pieces make.';

revoke all on function replica.store_content(uuid) from public;
grant execute on function replica.store_content(uuid) to pgears_runner, pgears_admin;
