-- Note that a column let go of files, where its definition says that something goes with them.

create or replace function meta.remove_files(p_files bigint[], p_removal text)
returns void
language sql
volatile
begin atomic
  update core.file as f
  set removed = core.now(), removal = p_removal
  where f.id = any(p_files) and f.sha256 is not null;
end;

comment on function meta.remove_files(bigint[], text) is 'Mark files as let go of; core.prune_files() deletes them or their contents.';

revoke all on function meta.remove_files(bigint[], text) from public;
