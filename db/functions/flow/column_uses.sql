-- Placeholders of notifications that name a column, directly or over references.
-- requires: flow.path_place

create or replace function flow.column_uses(p_class bigint, p_code text)
returns table (notification_id bigint, path text, place integer)
language sql
stable
begin atomic
  select n.id, u.path, flow.path_place(n.class_id, string_to_array(u.path, '.'), p_class, p_code)
  from flow.notification as n
  cross join lateral (
    select distinct m.found[1] as path
    from regexp_matches(n.definition::text, '\{\{\s*column\.([a-z][a-z0-9_.-]*)\s*\}\}', 'g') as m (found)
    union
    select a.code from jsonb_array_elements_text(n.definition -> 'attach') as a (code)
  ) as u
  where n.class_id is not null and flow.path_place(n.class_id, string_to_array(u.path, '.'), p_class, p_code) is not null;
end;

comment on function flow.column_uses(bigint, text) is 'Notification, path and place of each use of a column in variables and attach.';

revoke all on function flow.column_uses(bigint, text) from public;
