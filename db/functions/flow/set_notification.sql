-- Make or change a notification: a mail about a row, checked before anything is sent.
--
-- A variable that the class does not have is refused here, so that no mail ever leaves with
-- a hole in it.

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
  v_class := meta.find_class(p_model, p_definition ->> 'class');

  insert into flow.notification as n (model_id, code, class_id, definition, arguments_sql)
  values (
    p_model,
    p_code,
    v_class,
    p_definition,
    (
      select string_agg(
        format('%s => %s', a.parameter, meta.format_expression(v_class, flow.default_text(p_definition -> a.key), false)),
        ', ' order by a.parameter
      )
      from (
        values
        ('to', 'p_to'), ('cc', 'p_cc'), ('bcc', 'p_bcc'), ('reply_to', 'p_reply_to'), ('account', 'p_account'),
        ('subject', 'p_subject'), ('body', 'p_body'), ('html', 'p_html')
      ) as a (key, parameter)
      where p_definition ? a.key
    )
  )
  on conflict (model_id, code) do update
  set class_id = excluded.class_id, definition = excluded.definition, arguments_sql = excluded.arguments_sql
  returning n.id into v_id;

  return v_id;
end;
$$;

comment on function flow.set_notification(bigint, text, jsonb) is
'Id of a notification, made or changed. Keys: class, to, cc, bcc, reply_to, account, subject, body, html. Raises PG106, PG110 to PG114.';

revoke all on function flow.set_notification(bigint, text, jsonb) from public;
grant execute on function flow.set_notification(bigint, text, jsonb) to pgears_admin;
