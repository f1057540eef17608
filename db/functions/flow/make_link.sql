-- Make a link that acts once for an account, and give its token, which is kept nowhere.
--
-- Scripts of administrators make links for others by it; accounts for themselves by api.make_link.
-- 256 random bits, of which the table has the SHA-256: who reads the table cannot act. The
-- right is asked now and again when the link is used.
-- requires: flow.check_right

create or replace function flow.make_link(p_account text, p_operation text, p_object text, p_arguments jsonb, p_valid interval default '30 days')
returns text
language plpgsql
volatile
security definer  -- lends: writing links to administrators and the service
set search_path = pg_catalog, pg_temp
as $$
declare
  v_token constant text := rtrim(translate(
    encode(sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())), 'base64'), '+/', '-_'
  ), '=');
  v_valid constant interval := coalesce(p_valid, '30 days');
  v_object text := p_object;
  v_assignment flow.assignment;
  v_class bigint;
  v_record bigint;
begin
  if v_valid <= interval '0' or v_valid > interval '1 year' then
    raise exception 'a link cannot be valid for %', v_valid
      using errcode = 'PG565', hint = 'Choose a time up to a year.';
  end if;

  case p_operation
    when 'complete_task' then
      select a.* into v_assignment from flow.assignment as a where a.id = (p_arguments ->> 'id')::bigint and a.state = 'open';
      if not found then
        raise exception 'task % is not open', p_arguments ->> 'id'
          using errcode = 'PG518', hint = 'api.my_tasks() lists the open tasks.';
      elsif not flow.may_complete(p_account, v_assignment.assignee, v_assignment.deputies) and not flow.is_service(p_account) then
        raise exception 'task % is not a task of %', v_assignment.id, p_account
          using errcode = 'PG515', hint = 'The assignee, a member of the role assigned or a deputy completes it.';
      end if;
      select i.class_id, i.record_id into v_class, v_record from flow.instance as i where i.id = v_assignment.instance_id;
    when 'run_script' then
      v_object := flow.object_name('script', flow.script_id(p_object));
      perform flow.check_right(p_account, 'script', v_object, 'execute');
      v_class := (select s.class_id from flow.script as s where s.id = flow.script_id(p_object));
    when 'start_workflow' then
      v_object := flow.object_name('workflow', flow.workflow_id(p_object));
      perform flow.check_right(p_account, 'workflow', v_object, 'start');
      v_class := (select w.class_id from flow.workflow as w where w.id = flow.workflow_id(p_object));
      v_record := (p_arguments ->> 'record')::bigint;
    when 'run_job' then
      v_object := flow.object_name('job', flow.job_id(p_object));
      perform flow.check_right(p_account, 'job', v_object, 'start');
    when 'raise_event' then
      perform flow.check_right(p_account, 'event', p_object, 'raise');
    else
      raise exception 'a link cannot do "%"', p_operation
        using errcode = 'PG565', hint = 'It can complete_task, run_script, start_workflow, run_job or raise_event.';
  end case;

  insert into flow.link (sha256, account, operation, object, arguments, assignment_id, class_id, record_id, created, expires)
  values (
    sha256(v_token::bytea), p_account, p_operation, v_object, p_arguments, v_assignment.id, v_class, v_record, core.now(), core.now() + v_valid
  );

  return v_token;
end;
$$;

comment on function flow.make_link(text, text, text, jsonb, interval) is
'Token of a new link that does an operation once for an account. Raises PG515, PG518, PG560, PG565.';

revoke all on function flow.make_link(text, text, text, jsonb, interval) from public, pgears_runner;
grant execute on function flow.make_link(text, text, text, jsonb, interval) to pgears_admin;
