-- The models of the instance, for "pgears model list".
-- requires: meta.api_view_states

create or replace view meta.model_summary as
select
  m.code,
  m.name,
  m.languages,
  (select count(*) from meta.class as c where c.model_id = m.id) as classes,
  (select count(*) from meta.class_column as k inner join meta.class as c on k.class_id = c.id where c.model_id = m.id) as columns,
  (select count(*) from meta.query as q where q.model_id = m.id) as queries,
  (select count(*) from meta.api_view_states(m.code) as s where s.state not in ('current', 'orphaned')) as views_to_renew
from meta.model as m;

comment on view meta.model_summary is 'Models with the numbers of their classes, columns and queries, and of API views that wait for renewal.';

grant select on meta.model_summary to pgears_admin, pgears_runner;
