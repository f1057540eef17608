-- The mail of ours, or the message received before, that a message answers.
--
-- In-Reply-To counts first, then References from the last to the first. The record that it
-- was about comes with it.

create or replace function mail.find_thread(p_parts jsonb, out mail_id bigint, out class_id bigint, out row_id bigint)
language sql
stable
begin atomic
  select f.mail_id, f.class_id, f.row_id
  from (
    select l.rank, m.place, m.found[1] as id
    from (values (1, p_parts ->> 'in_reply_to', 1), (2, p_parts ->> 'references', -1)) as l (rank, list, direction)
    cross join lateral (
      select x.found, x.number * l.direction as place
      from regexp_matches(l.list, '<[^<>[:space:]]+>', 'g') with ordinality as x (found, number)
    ) as m
  ) as i
  cross join lateral (
    select o.id as mail_id, o.class_id, o.row_id, 1 as rank
    from mail.message as o
    where o.message_id = i.id
    union all
    select null, coalesce(r.about_class_id, r.class_id), coalesce(r.about_row_id, r.row_id), 2
    from mail.received as r
    where r.message_id = i.id and r.state = 'done'
  ) as f
  order by f.row_id is null, i.rank, i.place, f.rank
  limit 1;
end;

comment on function mail.find_thread(jsonb) is 'Mail of ours that a message answers, and the class and row that it belongs to; nulls for none.';

revoke all on function mail.find_thread(jsonb) from public;
