-- Where the writes of this transaction come from: sql unless core.set_source marked it.
--
-- A single expression, so that column defaults inline it. Whether a mark is genuine is
-- what core.check_source() says.

create or replace function core.source()
returns text
language sql
stable
parallel safe
begin atomic
  select coalesce(nullif(current_setting('pgears.source', true), ''), 'sql');
end;

comment on function core.source() is 'Data source mark of the current transaction.';

-- Column defaults call it with the writer's rights.
grant execute on function core.source() to public;
