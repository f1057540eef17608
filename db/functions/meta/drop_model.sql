-- Drop a model that has no classes and queries any more.

create or replace function meta.drop_model(p_model bigint)
returns void
language plpgsql
volatile
security definer  -- lends: writing definitions to administrators
set search_path = pg_catalog, pg_temp
as $$
begin
  if exists (select from meta.class as c where c.model_id = p_model)
    or exists (select from meta.query as q where q.model_id = p_model)
  then
    raise exception 'model % still has classes or queries', (select m.code from meta.model as m where m.id = p_model)
      using errcode = 'PG118', hint = 'Drop its classes and queries first.';
  end if;

  delete from meta.model as m where m.id = p_model;
end;
$$;

comment on function meta.drop_model(bigint) is 'Drop an empty model. Raises PG118 when it still has classes or queries.';

revoke all on function meta.drop_model(bigint) from public;
grant execute on function meta.drop_model(bigint) to pgears_admin;
