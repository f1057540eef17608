-- Outgoing mail, the accounts that send it, mailboxes and the messages read from them.
--
-- Whatever goes out or comes in is a row first: a message is stored with its Message-ID and
-- its recipients before any server is asked, and a received one before it is parsed.

create table mail.account (
  id bigint generated always as identity,
  code text not null,
  host text,
  port integer not null default 587,
  tls text not null default 'starttls',
  login text,
  secret text,
  from_address text not null,
  from_name text,
  on_unknown text not null default 'ask',
  timeout_seconds integer not null default 60,
  is_default boolean not null default false,
  is_sink boolean not null default false,
  enabled boolean not null default true,
  constraint account_pkey primary key (id),
  constraint account_code_key unique (code),
  constraint account_code_check check (code ~ '^[a-z][a-z0-9_-]*$'),
  constraint account_host_check check ((host is null) = is_sink),
  constraint account_port_check check (port between 1 and 65535),
  constraint account_tls_check check (tls in ('none', 'starttls', 'tls')),
  constraint account_secret_check check (secret ~ '^(env|file):.'),
  constraint account_login_check check ((login is null) = (secret is null)),
  constraint account_on_unknown_check check (on_unknown in ('ask', 'resend')),
  constraint account_timeout_seconds_check check (timeout_seconds between 1 and 120)
);

create unique index account_is_default_idx on mail.account (is_default) where is_default;

comment on table mail.account is 'How mail leaves: a server, a sender, and what to do when nobody knows whether it left.';
comment on column mail.account.secret is 'Where the runner finds the password: env:NAME or file:PATH. Never the password.';
comment on column mail.account.on_unknown is 'After a lost attempt: ask a person, or resend.';
comment on column mail.account.is_sink is 'Delivers to the local sink of the runner only, so the guard lets it pass; never used in production.';

insert into mail.account (code, port, tls, from_address, from_name, is_default, is_sink)
values ('sink', 8025, 'none', 'pgears@localhost', 'pgears', true, true);

create table mail.message (
  id bigint generated always as identity,
  message_id text not null,
  account_id bigint not null,
  from_address text not null,
  from_name text,
  reply_to jsonb not null default '[]',
  in_reply_to text,
  priority text not null default 'normal',
  automatic boolean not null default true,
  subject text not null,
  body text not null,
  html text,
  class_id bigint,
  row_id bigint,
  correlation uuid,
  creator text not null,
  created timestamptz not null,
  state text not null default 'queued',
  task_id bigint,
  token uuid,
  attempts integer not null default 0,
  attempted timestamptz,
  settled timestamptz,
  error text,
  constraint message_pkey primary key (id),
  constraint message_message_id_key unique (message_id),
  constraint message_account_id_fkey foreign key (account_id) references mail.account (id),
  constraint message_class_id_fkey foreign key (class_id) references meta.class (id) on delete set null,
  constraint message_priority_check check (priority in ('high', 'normal', 'low')),
  constraint message_state_check check (
    state in ('queued', 'sending', 'sent', 'refused', 'retrying', 'unknown', 'cancelled', 'held')
  )
);

create index message_account_id_idx on mail.message (account_id);
create index message_row_id_idx on mail.message (class_id, row_id);
create index message_state_idx on mail.message (state, id) where state <> 'sent';

comment on table mail.message is 'Outgoing mail as it was stored: texts, Message-ID and state. Recipients are rows of mail.recipient.';
comment on column mail.message.token is 'Lease token of the last attempt.';
comment on column mail.message.automatic is 'Says so in its headers, so that robots do not answer.';
comment on column mail.message.error is 'Why it was not sent, or is not yet.';

create table mail.recipient (
  message_id bigint not null,
  position integer not null,
  kind text not null,
  address text not null,
  name text,
  state text not null default 'queued',
  delivered_to text,
  code integer,
  answer text,
  settled timestamptz,
  constraint recipient_pkey primary key (message_id, position),
  constraint recipient_message_id_fkey foreign key (message_id) references mail.message (id) on delete cascade,
  constraint recipient_kind_check check (kind in ('to', 'cc', 'bcc', 'audit')),
  constraint recipient_state_check check (
    state in ('queued', 'sending', 'sent', 'refused', 'retrying', 'unknown', 'cancelled')
  )
);

comment on table mail.recipient is 'Who a message goes to, and what the server answered for each.';
comment on column mail.recipient.kind is 'to and cc are in the headers; bcc and audit are recipients of the envelope only.';
comment on column mail.recipient.delivered_to is 'The address handed to the server, which the guard may have changed.';

create table mail.attachment (
  message_id bigint not null,
  position integer not null,
  file_id bigint not null,
  constraint attachment_pkey primary key (message_id, position),
  constraint attachment_message_id_fkey foreign key (message_id) references mail.message (id) on delete cascade,
  constraint attachment_file_id_fkey foreign key (file_id) references core.file (id)
);

create index attachment_file_id_idx on mail.attachment (file_id);

comment on table mail.attachment is 'Files that a message carries.';

create table mail.mailbox (
  id bigint generated always as identity,
  model_id bigint not null,
  code text not null,
  class_id bigint not null,
  enabled boolean not null default true,
  definition jsonb not null,
  poll_every interval not null default '1 minute',
  due timestamptz not null default '-infinity',
  lease_token uuid,
  lease_until timestamptz,
  polled timestamptz,
  error text,
  constraint mailbox_pkey primary key (id),
  constraint mailbox_model_id_code_key unique (model_id, code),
  constraint mailbox_model_id_fkey foreign key (model_id) references meta.model (id) on delete cascade,
  constraint mailbox_class_id_fkey foreign key (class_id) references meta.class (id) on delete cascade,
  constraint mailbox_poll_every_check check (poll_every >= interval '1 second')
);

create index mailbox_class_id_idx on mail.mailbox (class_id);

comment on table mail.mailbox is 'A mailbox that is read, and the class that its messages become rows of.';
comment on column mail.mailbox.definition is 'Keys of the model file.';
comment on column mail.mailbox.lease_token is 'Of the one reader at work; another one waits until lease_until.';
comment on column mail.mailbox.error is 'What the last turn failed with.';

create table mail.received (
  id bigint generated always as identity,
  mailbox_id bigint not null,
  key text not null,
  sha256 bytea not null,
  raw bytea not null,
  received timestamptz not null,
  state text not null default 'stored',
  attempts integer not null default 0,
  reason text,
  error text,
  message_id text,
  from_address text,
  subject text,
  class_id bigint,
  row_id bigint,
  settled timestamptz,
  constraint received_pkey primary key (id),
  constraint received_mailbox_id_key_sha256_key unique (mailbox_id, key, sha256),
  constraint received_mailbox_id_fkey foreign key (mailbox_id) references mail.mailbox (id) on delete cascade,
  constraint received_class_id_fkey foreign key (class_id) references meta.class (id) on delete set null,
  constraint received_state_check check (
    case state
      when 'stored' then true
      when 'done' then row_id is not null
      when 'skipped' then reason is not null
      when 'quarantined' then error is not null
      else false
    end
  )
);

create index received_stored_idx on mail.received (mailbox_id, id) where state = 'stored';
create index received_quarantined_idx on mail.received (mailbox_id, id) where state = 'quarantined';
create index received_row_id_idx on mail.received (class_id, row_id);
alter table mail.received alter column raw set storage external;

comment on table mail.received is 'Messages as they came, each once, and what became of them.';
comment on column mail.received.key is 'What the driver knows the message by; with the hash of the content it is unique in the mailbox.';
comment on column mail.received.attempts is 'Times that its reading was begun: one that ends a process again and again is quarantined.';
comment on column mail.received.reason is 'Of a skipped message: auto-reply, list mail, delivery report or loop.';

insert into queue.kind (kind, description, max_attempts, backoff_base, backoff_cap, timeout, keep)
values
('mail.send', 'Hand a stored mail to its server.', 40, '10 seconds', '1 hour', '10 minutes', '0'),
('mailbox.poll', 'Read new messages of a mailbox.', 3, '0', '0', '10 minutes', '0');
