-- All mail of a record: what was sent about it, what it was made of, and the answers to it.

create or replace function mail.of_record(p_class text, p_row bigint)
returns table (direction text, id bigint, at timestamptz, state text, address text, subject text, message_id text)
language sql
stable
security definer  -- lends: reading mail to administrators and the runner
begin atomic
  select o.direction, o.id, o.at, o.state, o.address, o.subject, o.message_id
  from (
    select
      'out' as direction,
      m.id,
      m.created as at,
      m.state,
      (select string_agg(r.address, '; ' order by r.position) from mail.recipient as r where r.message_id = m.id and r.kind <> 'audit') as address,
      m.subject,
      m.message_id
    from mail.message as m
    where meta.class_path(m.class_id) = p_class and m.row_id = p_row
    union all
    select 'in', i.id, i.received, i.state, i.from_address, i.subject, i.message_id
    from mail.received as i
    where (meta.class_path(i.class_id) = p_class and i.row_id = p_row)
      or (meta.class_path(i.about_class_id) = p_class and i.about_row_id = p_row)
  ) as o
  order by o.at, o.id;
end;

comment on function mail.of_record(text, bigint) is 'Mails and messages of a row of model.class, oldest first.';

revoke all on function mail.of_record(text, bigint) from public;
grant execute on function mail.of_record(text, bigint) to pgears_admin, pgears_runner;
