-- Recipients of one kind as the header shows them.

create or replace function mail.visible_recipients(p_message bigint, p_kind text)
returns jsonb
language sql
stable
begin atomic
  select coalesce(jsonb_agg(jsonb_build_object('address', r.address, 'name', r.name) order by r.position), '[]')
  from mail.recipient as r
  where r.message_id = p_message and r.kind = p_kind;
end;

comment on function mail.visible_recipients(bigint, text) is 'List of {address, name} of the recipients of a kind.';

revoke all on function mail.visible_recipients(bigint, text) from public;
