-- Folders that are watched, with the names of the files that count.
-- requires: core.integration

create or replace function batch.watched_folders()
returns table (code text, folder text, pattern text)
language sql
stable
security definer  -- lends: reading imports to the runner
begin atomic
  select m.code || '.' || i.code, i.definition ->> 'folder', coalesce(i.definition ->> 'pattern', '*')
  from batch.import as i
  inner join meta.model as m on i.model_id = m.id
  where i.enabled and i.definition ? 'folder' and (not i.integration or core.integration())
  order by m.code, i.code;
end;

comment on function batch.watched_folders() is 'Import, folder and pattern of names of each import that watches a folder and is switched on.';

revoke all on function batch.watched_folders() from public;
grant execute on function batch.watched_folders() to pgears_runner, pgears_admin;
