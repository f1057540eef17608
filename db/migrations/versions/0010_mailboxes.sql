-- Mailboxes on servers: how far each is read, who listens to it, and what its messages wait for.
--
-- A message is known by its key; a server that numbers its folder anew begins another epoch,
-- in which the same content under another key is the same message.

alter table mail.mailbox
add column cursor jsonb,
add column rung boolean not null default false,
add column listener uuid,
add column listener_until timestamptz,
add column token_expires timestamptz;

comment on column mail.mailbox.cursor is 'Where the next listing begins, as the driver wrote it; null reads the folder from its beginning.';
comment on column mail.mailbox.rung is 'A new message was announced during a turn: the next one is due at once.';
comment on column mail.mailbox.listener is 'Of the one runner that waits for announcements of the server; another one may after listener_until.';
comment on column mail.mailbox.token_expires is 'When the refresh token ends, as the server of tokens said last.';

alter table mail.received
add column epoch text,
add column fetched boolean not null default true,
add column told boolean not null default false;

comment on column mail.received.epoch is 'Folder and numbering of the server that the key belongs to; null for drivers whose keys last.';
comment on column mail.received.fetched is 'False while the server has the message and could not give it.';
comment on column mail.received.told is 'Whether the operation after reading was done on the server.';
comment on column mail.received.reason is 'Of a skipped message: auto-reply, list mail, delivery report, loop, refused by the script, or given up.';

-- Everything read before this revision was told.
update mail.received as r set told = true;

create index received_epoch_idx on mail.received (mailbox_id, sha256) where epoch is not null;
create index received_from_address_idx on mail.received (mailbox_id, from_address, received) where state = 'done';

drop function if exists mail.new_keys(bigint, text[]);
drop function if exists mail.store_received(bigint, uuid, text, bytea);
drop function if exists mail.end_reading(bigint, uuid, boolean, text);
