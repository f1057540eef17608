-- Mails about rows that the reader may read, each with its recipients.
--
-- The view reads with its owner's rights; access.sees_row() asks for each mail whether the
-- reader sees its row. Ask for the mails of one row: that is an index probe. Tokens of links are
-- left out: who holds one acts as the account that the mail went to.
-- requires: access.sees_row meta.class_name

create or replace view api.mail
with (security_barrier = true)
as
select
  m.id,
  n.path as class,
  m.row_id as record,
  m.class_id,
  m.subject,
  m.from_address,
  (
    select string_agg(r.address, ', ' order by r.address)
    from mail.recipient as r
    where r.message_id = m.id and r.kind in ('to', 'cc')
  ) as recipients,
  regexp_replace(m.body, '/link/[A-Za-z0-9_-]+', '/link/***', 'g') as body,
  regexp_replace(m.html, '/link/[A-Za-z0-9_-]+', '/link/***', 'g') as html,
  m.state,
  m.error,
  m.created,
  m.creator,
  m.settled
from mail.message as m
inner join meta.class_name as n on m.class_id = n.id
where access.sees_row(m.class_id, m.row_id);

comment on view api.mail is 'Outgoing mails about rows that the reader may read: visible recipients, texts, state.';
