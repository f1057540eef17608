-- Copy classes of a subscription again while everything runs; all of them when none is named.
--
-- Copying compares each row by what it holds, so rows that are right are not written. When
-- all are copied the position is taken anew as well.

create or replace function replica.resync(p_subscription bigint, p_class text default null)
returns integer
language plpgsql
volatile
security definer  -- lends: subscriptions to administrators
set search_path = pg_catalog, pg_temp
as $$
declare
  v_count integer;
begin
  update replica.subscribed_class as k
  set copied_to = 0
  from replica.subscription as s
  where s.id = p_subscription and k.subscription_id = s.id
    and (p_class is null or k.class_id = meta.find_class(s.model_id, p_class));
  get diagnostics v_count = row_count;

  if v_count = 0 then
    raise exception 'class "%" is not of the subscription', p_class
      using errcode = 'PG106', hint = '"pgears replicate status" shows the classes.';
  elsif p_class is null then
    update replica.subscription as s
    set instance = null, epoch = null, transaction_id = null, position = 0, piece = 0
    where s.id = p_subscription;
  end if;

  return v_count;
end;
$$;

comment on function replica.resync(bigint, text) is 'Number of classes that will be copied again. Raises PG106.';

revoke all on function replica.resync(bigint, text) from public;
grant execute on function replica.resync(bigint, text) to pgears_admin, pgears_runner;
