-- Scripts with their flags.

create or replace view flow.script_status as
select
  s.id,
  m.code || '.' || s.code as script,
  s.enabled,
  s.integration,
  s.url,
  s.web_service,
  pg_get_userbyid(p.proowner)::text as runs_as
from flow.script as s
inner join meta.model as m on s.model_id = m.id
left join pg_proc as p on p.oid = to_regprocedure(format('data.script_%s(jsonb)', s.id));

comment on view flow.script_status is 'Scripts by code with flags and the account with whose rights each runs.';

grant select on flow.script_status to pgears_admin, pgears_runner;
