-- Make a file of the pieces of an upload and give its number.
--
-- The pieces may come in transactions of their own; the server puts them together here.
-- requires: core.store_file

create or replace function core.finish_file(p_upload uuid, p_name text, p_media_type text)
returns bigint
language plpgsql
volatile
security definer  -- lends: reading and deleting pieces of uploads
set search_path = pg_catalog, pg_temp
as $$
declare
  v_id bigint;
begin
  v_id := core.store_file(
    p_name, p_media_type,
    coalesce((select string_agg(u.content, '' order by u.position) from core.upload_piece as u where u.upload = p_upload), '')
  );
  delete from core.upload_piece as u where u.upload = p_upload;
  return v_id;
end;
$$;

comment on function core.finish_file(uuid, text, text) is 'Number of a new file made of the pieces of an upload.';

revoke all on function core.finish_file(uuid, text, text) from public;
grant execute on function core.finish_file(uuid, text, text) to pgears_runner, pgears_admin;
