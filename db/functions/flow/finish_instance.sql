-- An instance is over; whoever waits for it goes on with its variables, or with its error.
-- requires: flow.wake_branch

create or replace function flow.finish_instance(p_instance bigint, p_state smallint, p_error text default null)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_instance flow.instance;
begin
  update flow.instance as i
  set state = p_state, ended = core.now(), error = p_error
  where i.id = p_instance
  returning i.* into v_instance;

  if v_instance.parent_branch_id is not null then
    perform flow.wake_branch(
      v_instance.parent_branch_id,
      jsonb_build_object('instance', p_instance, 'state', p_state, 'variables', v_instance.variables, 'error', p_error)
    );
  end if;
end;
$$;

comment on function flow.finish_instance(bigint, smallint, text) is 'Set the last state of an instance and wake what waits for it.';

revoke all on function flow.finish_instance(bigint, smallint, text) from public;
