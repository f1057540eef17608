-- Make or change a notification: a mail about a row, checked before anything is sent.
--
-- A variable that cannot have a value is refused here, so that no mail ever leaves with
-- a hole in it.
-- requires: flow.compile_notification flow.check_notification

create or replace function flow.set_notification(p_model bigint, p_code text, p_definition jsonb)
returns bigint
language plpgsql
volatile
security definer  -- lends: writing notifications to administrators
set search_path = pg_catalog, pg_temp
as $$
declare
  v_class bigint;
  v_id bigint;
begin
  perform meta.check_code(p_code, 'notification');
  perform meta.check_definition('notification', p_definition, '$');

  if p_definition ? 'class' then
    v_class := meta.find_class(p_model, p_definition ->> 'class');
  end if;
  perform flow.check_notification(p_model, v_class, p_definition);

  insert into flow.notification as n (model_id, code, class_id, definition, frame_id, group_ids)
  values (
    p_model,
    p_code,
    v_class,
    p_definition,
    (select f.id from flow.frame as f where f.model_id = p_model and f.code = p_definition ->> 'frame'),
    array(
      select g.id
      from mail.recipient_group as g
      inner join jsonb_array_elements_text(p_definition -> 'groups') as c (code) on g.code = c.code
      where g.model_id = p_model
      order by g.id
    )
  )
  on conflict (model_id, code) do update
  set class_id = excluded.class_id, definition = excluded.definition, frame_id = excluded.frame_id, group_ids = excluded.group_ids
  returning n.id into v_id;

  perform flow.compile_notification(v_id);
  return v_id;
end;
$$;

comment on function flow.set_notification(bigint, text, jsonb) is
'Id of a notification, made or changed. Keys: see meta.vocabulary. Raises PG106, PG110 to PG114, PG425, PG427.';

revoke all on function flow.set_notification(bigint, text, jsonb) from public;
grant execute on function flow.set_notification(bigint, text, jsonb) to pgears_admin;
