-- Each class with itself (depth 0) and its ancestors, nearest first.

create or replace view meta.ancestry as
with recursive up (class_id, ancestor_id, depth) as (
  select
    c.id,
    c.id,
    0
  from meta.class as c
  union all
  select
    u.class_id,
    c.parent_id,
    u.depth + 1
  from up as u
  inner join meta.class as c on u.ancestor_id = c.id
  where c.parent_id is not null
)

select
  class_id,
  ancestor_id,
  depth
from up;

comment on view meta.ancestry is 'Class, ancestor and distance; every class is its own ancestor at distance 0.';
