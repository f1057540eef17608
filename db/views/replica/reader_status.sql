-- Instances that read this one, and how much of the feed each has not confirmed.

create or replace view replica.reader_status as
select
  r.code as reader,
  r.login,
  r.instance,
  array(select c.path from jsonb_object_keys(r.classes) as c (path) order by c.path) as classes,
  f.transaction_id::text || '/' || f.position as position,
  f.advanced
from replica.reader as r
inner join feed.consumer as f on f.code = 'replica:' || r.code;

comment on view replica.reader_status is 'Readings of other instances; drop one that will not come back with replica.drop_reader(), or the feed is kept for it.';

grant select on replica.reader_status to pgears_admin;
