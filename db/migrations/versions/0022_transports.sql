-- Mail by Microsoft Graph beside SMTP, tokens of OAuth2 for accounts, hints of mailboxes.
--
-- A mail that leaves by Graph is a draft there first. The id of the draft is known before it
-- is asked to be sent, so that what became of it can be looked up afterwards.

alter table mail.account
  add column transport text not null default 'smtp',
  add column url text,
  add column mailbox text,
  add column token_url text,
  add column client_id text,
  add column client_secret text,
  add column refresh_token text,
  add column scope text,
  add column secret_expires date,
  drop constraint account_host_check,
  drop constraint account_login_check,
  add constraint account_transport_check check (transport in ('smtp', 'graph')),
  add constraint account_host_check check ((host is null) = (is_sink or transport = 'graph')),
  add constraint account_login_check check (
    case
      when transport = 'graph' then login is null and secret is null
      when auth = 'xoauth2' and token_url is not null then login is not null and secret is null
      else (login is null) = (secret is null)
    end
  ),
  add constraint account_token_url_check check (
    (token_url is null) = (client_id is null)
    and (token_url is not null) = (client_secret is not null or refresh_token is not null)
    and (transport = 'smtp' or token_url is not null)
  ),
  add constraint account_client_secret_check check (client_secret ~ '^(env|file):.'),
  add constraint account_refresh_token_check check (refresh_token ~ '^file:.');

comment on column mail.account.transport is 'How it leaves: smtp or graph (Microsoft Graph).';
comment on column mail.account.url is 'Address of Graph when it is not the public one.';
comment on column mail.account.mailbox is 'Whose mailbox of Graph sends; from_address when null.';
comment on column mail.account.token_url is 'Where access tokens come from: always with graph, and with auth xoauth2 when secret is null.';
comment on column mail.account.client_secret is 'Where the runner finds the secret of the application: env:NAME or file:PATH.';
comment on column mail.account.secret_expires is 'Day on which the secret ends; the status counts the days.';
comment on column mail.account.refresh_token is 'File of the refresh token, file:PATH; the runner writes a renewed one there.';

alter table mail.message
  add column draft text,
  add column draft_asked timestamptz;

comment on column mail.message.draft is 'Immutable id that Graph knows the mail by: of the draft, and of what was sent.';
comment on column mail.message.draft_asked is 'When Graph was to be asked to send the draft: from then on the mail may have left.';

alter table mail.mailbox
  add column hint text;

comment on column mail.mailbox.hint is 'What to do about the error.';

drop function if exists mail.end_reading(bigint, uuid, boolean, text, interval);
drop function if exists mail.save_reply(bigint, jsonb, bigint[], boolean);
drop function if exists mail.make_record(bigint, bigint, bigint, jsonb, jsonb, bigint[]);
