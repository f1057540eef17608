-- The feed a row at a time, for people and reports.

create or replace view feed.changed_row as
select
  c.position,
  c.transaction_id,
  c.class_id,
  c.operation,
  c.source,
  c.changed,
  r.row_id,
  c.uids[r.ordinal] as uid
from feed.change as c
cross join lateral unnest(c.row_ids) with ordinality as r (row_id, ordinal);

comment on view feed.changed_row is 'Changed rows with their class and statement; uid only for deleted ones.';
