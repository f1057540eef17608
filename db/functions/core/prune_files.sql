-- Delete what nobody refers to any more: contents, files, pieces of uploads; gives a number.
--
-- Files that a column let go of, with what its definition says goes. One that something else
-- still refers to stays.

create or replace function core.prune_files(p_limit integer default 1000)
returns integer
language plpgsql
volatile
security definer  -- lends: deleting files to the runner
set search_path = pg_catalog, pg_temp
as $$
declare
  v_file core.file;
  v_count integer := 0;
begin
  for v_file in
    select f.*
    from core.file as f
    where f.removed is not null
    order by f.removed
    limit p_limit
    for update skip locked
  loop
    begin
      delete from core.file as f where f.id = v_file.id;

      -- Deleted and put back without its content: so whatever else refers to it has a say.
      if v_file.removal = 'content' then
        insert into core.file (id, uid, name, media_type, size, sha256, created, creator)
        overriding system value
        values (v_file.id, v_file.uid, v_file.name, v_file.media_type, v_file.size, null, v_file.created, v_file.creator);
      end if;

      delete from core.file_content as c
      where c.sha256 = v_file.sha256 and not exists (select from core.file as f where f.sha256 = c.sha256);
      v_count := v_count + 1;
    exception
      when foreign_key_violation then
        update core.file as f set removed = null where f.id = v_file.id;
    end;
  end loop;

  delete from core.upload_piece as u where u.created < now() - interval '1 day';
  return v_count;
end;
$$;

comment on function core.prune_files(integer) is 'Delete files and contents that columns let go of; gives their number.';

revoke all on function core.prune_files(integer) from public;
grant execute on function core.prune_files(integer) to pgears_runner, pgears_admin;
