-- Store a mail in the caller's transaction: it leaves if, and after, that commits.
--
-- Recipients are lists separated by semicolons. With p_as_one false, each recipient gets a
-- message of his own that names nobody else. What is stored is what is sent: the plain text
-- of a mail that is given as HTML alone is made here.

create or replace function mail.send(
  p_to text default null,
  p_cc text default null,
  p_bcc text default null,
  p_reply_to text default null,
  p_account text default null,
  p_subject text default null,
  p_body text default null,
  p_html text default null,
  p_class bigint default null,
  p_row bigint default null,
  p_as_one boolean default true,
  p_files bigint[] default '{}',
  p_in_reply_to text default null,
  p_priority text default 'normal',
  p_automatic boolean default true,
  p_correlation uuid default null
)
returns bigint[]
language plpgsql
volatile
security definer  -- lends: writing the outbox to the service, rules and administrators
set search_path = pg_catalog, pg_temp
as $$
declare
  v_message mail.message;
  v_recipients jsonb;
  v_ids bigint[] := array[]::bigint[];
begin
  perform mail.check_header('subject', p_subject);
  perform mail.check_header('In-Reply-To', p_in_reply_to);

  if p_priority is null or p_priority not in ('high', 'normal', 'low') then
    raise exception 'the priority of a mail cannot be "%"', p_priority
      using errcode = 'PG409', hint = 'Use high, normal or low.';
  end if;

  -- An address named twice gets the mail once, by the most visible of its places.
  select jsonb_agg(jsonb_build_object('kind', r.kind, 'address', r.address, 'name', r.name) order by r.rank, r.position)
  into v_recipients
  from (
    select distinct on (lower(a.address)) l.kind, l.rank, a.place as position, a.address, a.name
    from (values ('to', 1, p_to), ('cc', 2, p_cc), ('bcc', 3, p_bcc)) as l (kind, rank, list)
    cross join lateral mail.parse_addresses(l.list) as a
    order by lower(a.address), l.rank, a.place
  ) as r;

  if v_recipients is null then
    raise exception 'a mail without recipients cannot be sent'
      using errcode = 'PG402', hint = 'Give p_to, p_cc or p_bcc at least one address.';
  end if;

  v_message.account_id := mail.find_account(p_account);
  v_message.subject := coalesce(p_subject, '');
  v_message.html := nullif(p_html, '');
  v_message.body := coalesce(nullif(p_body, ''), mail.plain_text(v_message.html), '');
  v_message.class_id := p_class;
  v_message.row_id := p_row;
  v_message.correlation := p_correlation;
  v_message.in_reply_to := nullif(p_in_reply_to, '');
  v_message.priority := p_priority;
  v_message.automatic := coalesce(p_automatic, true);
  v_message.reply_to := (
    select coalesce(jsonb_agg(jsonb_build_object('address', a.address, 'name', a.name) order by a.place), '[]')
    from mail.parse_addresses(p_reply_to) as a
  );

  if p_as_one then
    return array[mail.store(v_message, v_recipients, p_files)];
  end if;

  for v_recipients in
    select jsonb_build_array(e.value || '{"kind": "to"}') from jsonb_array_elements(v_recipients) with ordinality as e (value, position) order by e.position
  loop
    v_ids := v_ids || mail.store(v_message, v_recipients, p_files);
  end loop;
  return v_ids;
end;
$$;

comment on function mail.send(
  text, text, text, text, text, text, text, text, bigint, bigint, boolean, bigint[], text, text, boolean, uuid
) is
'Store a mail to be sent after the commit and give its id, or with p_as_one false one id per recipient. Raises PG401 to PG404.';

revoke all on function mail.send(
  text, text, text, text, text, text, text, text, bigint, bigint, boolean, bigint[], text, text, boolean, uuid
) from public;
grant execute on function mail.send(
  text, text, text, text, text, text, text, text, bigint, bigint, boolean, bigint[], text, text, boolean, uuid
) to pgears_admin, pgears_runner;
