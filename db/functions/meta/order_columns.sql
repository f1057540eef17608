-- Put the columns of a class in the order given; others keep theirs behind them.

create or replace function meta.order_columns(p_class bigint, p_codes text[])
returns void
language plpgsql
volatile
security definer  -- lends: writing definitions to administrators
set search_path = pg_catalog, pg_temp
as $$
begin
  update meta.class_column as k
  set position = n.position
  from (
    select c.id, row_number() over (order by array_position(p_codes, c.code), c.position, c.id) as position
    from meta.class_column as c
    where c.class_id = p_class
  ) as n
  where k.id = n.id and k.position <> n.position;
end;
$$;

comment on function meta.order_columns(bigint, text[]) is 'Set the order in which the columns of a class are shown.';

revoke all on function meta.order_columns(bigint, text[]) from public;
grant execute on function meta.order_columns(bigint, text[]) to pgears_admin;
