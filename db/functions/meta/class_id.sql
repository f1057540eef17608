-- Find a class by "model.class".

create or replace function meta.class_id(p_path text)
returns bigint
language plpgsql
stable
security definer  -- lends: reading definitions to administrators and the runner
set search_path = pg_catalog, pg_temp
as $$
declare
  v_id bigint;
begin
  select c.id into v_id
  from meta.class as c
  inner join meta.model as m on c.model_id = m.id
  where m.code = split_part(p_path, '.', 1) and c.code = split_part(p_path, '.', 2);

  if v_id is null then
    raise exception 'there is no class "%"', p_path
      using errcode = 'PG106', hint = 'Write model.class with the codes of both, such as helpdesk.ticket.';
  end if;

  return v_id;
end;
$$;

comment on function meta.class_id(text) is 'Id of a class by model.class. Raises PG106 when there is none.';

revoke all on function meta.class_id(text) from public, pgears_runner;
grant execute on function meta.class_id(text) to pgears_admin;
