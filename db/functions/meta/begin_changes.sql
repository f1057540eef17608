-- Begin a bundle of changes to definitions: classes are rebuilt once, by finish_changes().
--
-- Until then tables have their columns but not their limits: both belong in one transaction.

create or replace function meta.begin_changes()
returns void
language sql
volatile
begin atomic
  select set_config('pgears.changed_classes', '{}', true);
end;

comment on function meta.begin_changes() is 'Put off the rebuilding of changed classes until meta.finish_changes() in the same transaction.';

revoke all on function meta.begin_changes() from public;
grant execute on function meta.begin_changes() to pgears_admin;
