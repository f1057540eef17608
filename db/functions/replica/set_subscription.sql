-- Make or change a subscription. Classes that are new to it are copied; position and rows stay.

create or replace function replica.set_subscription(p_model bigint, p_code text, p_definition jsonb)
returns bigint
language plpgsql
volatile
security definer  -- lends: writing subscriptions to administrators
set search_path = pg_catalog, pg_temp
as $$
declare
  v_classes bigint[];
  v_unknown text;
  v_id bigint;
begin
  perform meta.check_code(p_code, 'subscription');
  perform meta.check_definition('subscription', p_definition, '$');

  v_classes := array(
    select meta.find_class(p_model, c.name)
    from jsonb_array_elements_text(p_definition -> 'classes') with ordinality as c (name, n)
    order by c.n
  );

  if v_classes = '{}' then
    raise exception 'subscription "%" names no class', p_code
      using errcode = 'PG805', detail = '$.classes', hint = 'Name the classes to read, or drop the subscription.';
  end if;

  select format('%s.%s', f.key, v.code) into v_unknown
  from jsonb_each(meta.section_of(p_definition, 'filter')) as f (key, value)
  cross join lateral jsonb_object_keys(f.value) as v (code)
  where not exists (
    select
    from replica.exchanged_column as k
    where k.class_id = meta.find_class(p_model, f.key) and k.class_id = any(v_classes) and k.code = v.code and k.kind = 'value'
  )
  limit 1;

  if v_unknown is not null then
    raise exception 'the filter of subscription "%" cannot be on %', p_code, v_unknown
      using errcode = 'PG808', detail = '$.filter', hint = 'Name columns with plain values, of classes of the subscription.';
  end if;

  insert into replica.subscription as s (model_id, code, enabled, peer, policy, rules, definition)
  values (
    p_model,
    p_code,
    coalesce((p_definition ->> 'enabled')::boolean, true),
    p_definition ->> 'peer',
    coalesce(p_definition ->> 'conflict', 'newer'),
    coalesce((p_definition ->> 'rules')::boolean, false),
    p_definition
  )
  on conflict (model_id, code) do update
  set
    enabled = excluded.enabled,
    peer = excluded.peer,
    policy = excluded.policy,
    rules = excluded.rules,
    definition = excluded.definition
  returning s.id into v_id;

  delete from replica.subscribed_class as k where k.subscription_id = v_id and k.class_id <> all (v_classes);

  insert into replica.subscribed_class as k (subscription_id, class_id, position)
  select v_id, c.id, min(c.n)
  from unnest(v_classes) with ordinality as c (id, n)
  group by c.id
  on conflict (subscription_id, class_id) do update set position = excluded.position;

  perform replica.instance();
  return v_id;
end;
$$;

comment on function replica.set_subscription(bigint, text, jsonb) is
'Id of a subscription, made or changed. Keys: see meta.vocabulary. Raises PG110 to PG114, PG805, PG808.';

revoke all on function replica.set_subscription(bigint, text, jsonb) from public;
grant execute on function replica.set_subscription(bigint, text, jsonb) to pgears_admin;
