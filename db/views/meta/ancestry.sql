-- Each class with itself (depth 0) and its ancestors, nearest first.
--
-- Not recursive: a query about one class must not cost more the more classes there are.

create or replace view meta.ancestry as
select
  c.id as class_id,
  a.id as ancestor_id,
  (a.depth - 1)::integer as depth
from meta.class as c
cross join lateral unnest(array_prepend(c.id, c.ancestors)) with ordinality as a (id, depth);

comment on view meta.ancestry is 'Class, ancestor and distance; every class is its own ancestor at distance 0.';
