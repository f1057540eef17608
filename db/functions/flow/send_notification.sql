-- Send a notification about rows, or about none, in the caller's transaction.
--
-- All rows in one statement; only when that fails are they taken one by one, so that the
-- one whose mail cannot be made is kept as a failed mail with the reason and the others
-- leave. What passes by itself (deadlocks, a lost connection) is raised: the task is repeated.
-- requires: flow.compile_notification mail.store_failed

create or replace function flow.send_notification(
  p_notification bigint,
  p_rows bigint[] default '{}',
  p_variables jsonb default '{}',
  p_files bigint[] default '{}'
)
returns bigint[]
language plpgsql
volatile
security definer  -- lends: reading the rows and writing mails to rules, jobs and administrators
set search_path = pg_catalog, pg_temp
as $$
declare
  v_notification flow.notification;
  v_row bigint;
  v_ids bigint[];
  v_mails bigint[] := array[]::bigint[];
begin
  select n.* into v_notification from flow.notification as n where n.id = p_notification;

  if not found then
    raise exception 'there is no notification %', p_notification
      using errcode = 'PG106', hint = 'flow.notification_id() finds one by its code.';
  end if;

  v_notification.send_sql := coalesce(v_notification.send_sql, flow.compile_notification(p_notification));

  begin
    execute format('select array(select unnest(s.send) from (%s) as s)', v_notification.send_sql)
    using p_rows, p_variables, p_files
    into v_ids;
    return v_ids;
  exception
    when others then
      if sqlstate ~ '^(08|40|53|55|57|58|XX|PG404)' then
        raise;
      end if;
  end;

  foreach v_row in array case when v_notification.class_id is null then array[null::bigint] else p_rows end loop
    begin
      execute format('select array(select unnest(s.send) from (%s) as s)', v_notification.send_sql)
      using array[v_row], p_variables, p_files
      into v_ids;
    exception
      when others then
        if sqlstate ~ '^(08|40|53|55|57|58|XX|PG404)' then
          raise;
        end if;

        v_ids := array[
          mail.store_failed(
            flow.default_text(v_notification.definition -> 'subject'),
            flow.default_text(coalesce(v_notification.definition -> 'body', v_notification.definition -> 'html')),
            v_notification.class_id, v_row, format('notification %s: %s', v_notification.code, sqlerrm)
          )
        ];
    end;
    v_mails := v_mails || v_ids;
  end loop;

  return v_mails;
end;
$$;

comment on function flow.send_notification(bigint, bigint[], jsonb, bigint[]) is
'Ids of the mails stored; a mail that cannot be made is among them in state failed. Raises PG106 without the notification, PG404 without an account.';

revoke all on function flow.send_notification(bigint, bigint[], jsonb, bigint[]) from public, pgears_runner;
grant execute on function flow.send_notification(bigint, bigint[], jsonb, bigint[]) to pgears_admin;
