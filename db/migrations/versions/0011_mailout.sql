-- What sending grows by: frames and languages, groups, pace of accounts, replies and reports.

alter table mail.account
  add column auth text not null default 'password',
  add column max_parallel integer,
  add column per_minute integer,
  add column free_at timestamptz,
  add constraint account_auth_check check (auth in ('password', 'xoauth2')),
  add constraint account_max_parallel_check check (max_parallel between 1 and 1000),
  add constraint account_per_minute_check check (per_minute between 1 and 100000);

comment on column mail.account.auth is 'What the secret is: a password (AUTH PLAIN or LOGIN) or the source of an access token (XOAUTH2).';
comment on column mail.account.max_parallel is 'Mails under way at once, over all runners; null for no limit.';
comment on column mail.account.per_minute is 'Mails a minute, over all runners; null for no limit.';
comment on column mail.account.free_at is 'When the next mail may begin under per_minute.';

alter table mail.message
  add column slot timestamptz,
  drop constraint message_state_check,
  add constraint message_state_check check (
    state in ('queued', 'sending', 'sent', 'refused', 'retrying', 'unknown', 'cancelled', 'held', 'failed', 'bounced')
  );

comment on column mail.message.slot is 'When it may begin under the pace of its account.';

alter table mail.recipient
  drop constraint recipient_state_check,
  add constraint recipient_state_check check (
    state in ('queued', 'sending', 'sent', 'refused', 'retrying', 'unknown', 'cancelled', 'bounced')
  );

create index message_settled_idx on mail.message (settled) where settled is not null;
create index message_sending_idx on mail.message (account_id) where state = 'sending';

alter table mail.received
  add column about_class_id bigint,
  add column about_row_id bigint,
  add column mail_id bigint,
  add constraint received_about_class_id_fkey foreign key (about_class_id) references meta.class (id) on delete set null,
  add constraint received_mail_id_fkey foreign key (mail_id) references mail.message (id) on delete set null;

alter table mail.mailbox
  add column reply_class_id bigint,
  add constraint mailbox_reply_class_id_fkey foreign key (reply_class_id) references meta.class (id);

create index mailbox_reply_class_id_idx on mail.mailbox (reply_class_id);

comment on column mail.mailbox.reply_class_id is 'Class whose rows answers become, each referring to the row that it belongs to.';

create index received_message_id_idx on mail.received (message_id);
create index received_about_row_id_idx on mail.received (about_class_id, about_row_id);
create index received_mail_id_idx on mail.received (mail_id);

comment on column mail.received.about_row_id is 'The row that a reply belongs to; row_id is the row that it became.';
comment on column mail.received.mail_id is 'The mail of ours that it answers or reports about.';

create table mail.recipient_group (
  id bigint generated always as identity,
  model_id bigint not null,
  code text not null,
  definition jsonb not null,
  constraint recipient_group_pkey primary key (id),
  constraint recipient_group_model_id_code_key unique (model_id, code),
  constraint recipient_group_model_id_fkey foreign key (model_id) references meta.model (id) on delete cascade
);

comment on table mail.recipient_group is 'Users and outside addresses that get mail together.';
comment on column mail.recipient_group.definition is 'Keys of the model file: name, users (logins), addresses.';

create table flow.frame (
  id bigint generated always as identity,
  model_id bigint not null,
  code text not null,
  definition jsonb not null,
  constraint frame_pkey primary key (id),
  constraint frame_model_id_code_key unique (model_id, code),
  constraint frame_model_id_fkey foreign key (model_id) references meta.model (id) on delete cascade
);

comment on table flow.frame is 'What surrounds the texts of notifications: HTML and plain text with {{content}}.';

alter table flow.notification
  alter column class_id drop not null,
  drop column arguments_sql,
  add column frame_id bigint,
  add column group_ids bigint[] not null default '{}',
  add column send_sql text,
  add constraint notification_frame_id_fkey foreign key (frame_id) references flow.frame (id);

create index notification_frame_id_idx on flow.notification (frame_id);

comment on table flow.notification is 'A mail about a row of a class, or about none, with variables in its texts.';
comment on column flow.notification.send_sql is 'Statement that sends it: $1 rows, $2 run variables, $3 files; null until it is compiled.';

create index account_email_idx on access.account (lower(email));

insert into meta.model_section (code, place, position, set_function, drop_function, list_function, destructive)
values
('groups', 'recipient_group', 12, 'mail.set_group', 'mail.drop_group', 'mail.group_definitions', false),
('frames', 'frame', 14, 'flow.set_frame', 'flow.drop_frame', 'flow.frame_definitions', false);

insert into core.setting (code, value, note)
values
('mail.keep_sent', '"365 days"', 'How long sent and cancelled mails are kept.'),
('mail.keep_failed', '"730 days"', 'How long refused, bounced and failed mails are kept.');

-- Files: a content may be gone while the file is still named, and uploads come in pieces.

alter table core.file
  alter column sha256 drop not null,
  add column removed timestamptz,
  add column removal text,
  add constraint file_removal_check check (removal in ('content', 'physical'));

create index file_removed_idx on core.file (removed) where removed is not null;

comment on column core.file.removed is 'When the last file column let go of it; core.prune_files() does the rest.';
comment on column core.file.removal is 'What goes then: the content, or the file as well.';

create table core.upload_piece (
  upload uuid not null,
  position bigint generated always as identity,
  content bytea not null,
  created timestamptz not null default now(),
  constraint upload_piece_pkey primary key (upload, position)
);

alter table core.upload_piece alter column content set storage external;

create index upload_piece_created_idx on core.upload_piece (created);

comment on table core.upload_piece is 'Pieces of files that are being uploaded; what is not finished within a day goes.';
