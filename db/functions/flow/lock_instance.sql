-- Lock an instance for a change of its state; refuse where that state forbids it.

create or replace function flow.lock_instance(p_instance bigint, p_states smallint[], p_what text)
returns flow.instance
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_instance flow.instance;
begin
  select i.* into v_instance from flow.instance as i where i.id = p_instance for update;

  if not found then
    raise exception 'there is no instance %', p_instance
      using errcode = 'PG513', hint = '"pgears workflow list" shows the instances.';
  elsif v_instance.state <> all (p_states) then
    raise exception 'instance % is % and cannot be %', p_instance, flow.state_name(v_instance.state), p_what
      using errcode = 'PG514', hint = 'Possible when it is ' || (select string_agg(flow.state_name(s.state), ' or ') from unnest(p_states) as s (state)) || '.';
  end if;

  return v_instance;
end;
$$;

comment on function flow.lock_instance(bigint, smallint[], text) is 'Lock an instance in one of these states. Raises PG513, PG514.';

revoke all on function flow.lock_instance(bigint, smallint[], text) from public;
