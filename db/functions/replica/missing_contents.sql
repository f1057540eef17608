-- Contents of files that a batch names and this instance does not have.

create or replace function replica.missing_contents(p_batch jsonb)
returns setof text
language sql
stable
security definer  -- lends: a yes or no about contents, to the runner
begin atomic
  select distinct f.sha256 #>> '{}'
  from jsonb_path_query(p_batch, 'strict $.**.sha256') as f (sha256)
  where jsonb_typeof(f.sha256) = 'string'
    and f.sha256 #>> '{}' ~ '^[0-9a-f]{64}$'
    and not exists (select from core.file_content as c where c.sha256 = decode(f.sha256 #>> '{}', 'hex'));
end;

comment on function replica.missing_contents(jsonb) is 'SHA-256 of contents to be fetched before the batch is applied.';

revoke all on function replica.missing_contents(jsonb) from public;
grant execute on function replica.missing_contents(jsonb) to pgears_runner, pgears_admin;
