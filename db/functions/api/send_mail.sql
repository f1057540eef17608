-- Public: store a mail to be sent after the commit.

create or replace function api.send_mail(
  p_to text,
  p_subject text,
  p_body text,
  p_cc text default null,
  p_bcc text default null,
  p_reply_to text default null,
  p_html text default null,
  p_account text default null,
  p_as_one boolean default true
)
returns bigint[]
language plpgsql
volatile
security definer  -- lends: writing the outbox to accounts that may send
set search_path = pg_catalog, pg_temp
as $$
begin
  return mail.send(
    p_to => p_to, p_cc => p_cc, p_bcc => p_bcc, p_reply_to => p_reply_to, p_account => p_account,
    p_subject => p_subject, p_body => p_body, p_html => p_html, p_as_one => p_as_one
  );
end;
$$;

comment on function api.send_mail(text, text, text, text, text, text, text, text, boolean) is
'Store a mail to be sent after the commit; lists of recipients are separated by semicolons. Raises PG401 to PG404.';

revoke all on function api.send_mail(text, text, text, text, text, text, text, text, boolean) from public;
grant execute on function api.send_mail(text, text, text, text, text, text, text, text, boolean) to pgears_admin, pgears_runner;
