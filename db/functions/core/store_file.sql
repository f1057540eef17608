-- Store a file and give its number; equal contents are kept once.

create or replace function core.store_file(p_name text, p_media_type text, p_content bytea)
returns bigint
language plpgsql
volatile
security definer  -- lends: writing the file tables, which nobody writes directly
set search_path = pg_catalog, pg_temp
as $$
declare
  v_sha256 constant bytea := sha256(p_content);
  v_id bigint;
begin
  insert into core.file_content (sha256, size, content)
  values (v_sha256, octet_length(p_content), p_content)
  on conflict (sha256) do nothing;

  insert into core.file (name, media_type, size, sha256, creator)
  values (
    coalesce(nullif(p_name, ''), 'unnamed'),
    coalesce(nullif(p_media_type, ''), 'application/octet-stream'),
    octet_length(p_content),
    v_sha256,
    access.current_account()
  )
  returning id into v_id;

  return v_id;
end;
$$;

comment on function core.store_file(text, text, bytea) is
'Number of a new row of core.file with this name, media type and content.';

revoke all on function core.store_file(text, text, bytea) from public;
grant execute on function core.store_file(text, text, bytea) to pgears_runner, pgears_admin;
