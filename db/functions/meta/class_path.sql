-- "model.class" of a class id: the name that people, files and errors use.

create or replace function meta.class_path(p_class bigint)
returns text
language sql
stable
parallel safe
security definer  -- lends: codes of classes, which meta.class_name tells everybody
begin atomic
  select m.code || '.' || c.code
  from meta.class as c
  inner join meta.model as m on c.model_id = m.id
  where c.id = p_class;
end;

comment on function meta.class_path(bigint) is 'Code of a class with its model, such as helpdesk.ticket; null when there is none.';

revoke all on function meta.class_path(bigint) from public;
grant execute on function meta.class_path(bigint) to pgears_admin, pgears_runner;
