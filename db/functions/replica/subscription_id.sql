-- Id of the subscription named as model.subscription, or by its code where that is unique.

create or replace function replica.subscription_id(p_name text)
returns bigint
language plpgsql
stable
security definer  -- lends: reading subscriptions to administrators and the runner
set search_path = pg_catalog, pg_temp
as $$
declare
  v_ids constant bigint[] := array(
    select s.id
    from replica.subscription as s
    inner join meta.model as m on s.model_id = m.id
    where p_name in (s.code, m.code || '.' || s.code)
    order by s.id
  );
begin
  if cardinality(v_ids) <> 1 then
    raise exception '% subscriptions are named "%"', case when v_ids = '{}' then 'no' else 'several' end, p_name
      using errcode = 'PG106', hint = '"pgears replicate status" shows them; write model.subscription.';
  end if;

  return v_ids[1];
end;
$$;

comment on function replica.subscription_id(text) is 'Id of a subscription by its name. Raises PG106 unless there is exactly one.';

revoke all on function replica.subscription_id(text) from public;
grant execute on function replica.subscription_id(text) to pgears_admin, pgears_runner;
