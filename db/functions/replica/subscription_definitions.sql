-- Subscriptions of a model as their definitions in a model file.

create or replace function replica.subscription_definitions(p_model bigint)
returns table (id bigint, code text, definition jsonb)
language sql
stable
begin atomic
  select
    s.id,
    s.code,
    s.definition || jsonb_build_object('classes', (
      select jsonb_agg(
        case when c.model_id = p_model then c.code else meta.class_path(c.id) end
        order by k.position
      )
      from replica.subscribed_class as k
      inner join meta.class as c on k.class_id = c.id
      where k.subscription_id = s.id
    ))
  from replica.subscription as s
  where s.model_id = p_model;
end;

comment on function replica.subscription_definitions(bigint) is 'Id, code and definition of each subscription of a model.';

revoke all on function replica.subscription_definitions(bigint) from public;
