-- Keys of a mailbox that belong to drivers: which driver has which, and when it needs it.

create or replace view mail.driver_key as
select row_number() over () as position, k.driver, k.key, k.needed
from (
  values
  ('maildir', 'path', 'always'),
  ('imap', 'host', 'always'),
  ('imap', 'port', 'never'),
  ('imap', 'tls', 'never'),
  ('imap', 'ca_file', 'never'),
  ('imap', 'login', 'always'),
  ('imap', 'secret', 'with passwords'),
  ('imap', 'push', 'never'),
  ('ews', 'url', 'always'),
  ('ews', 'address', 'always'),
  ('ews', 'login', 'with passwords'),
  ('ews', 'secret', 'with passwords'),
  ('graph', 'url', 'never'),
  ('graph', 'address', 'always')
) as k (driver, key, needed)
union all
select 100 + row_number() over (), d.driver, k.key, k.needed
from (values ('imap'), ('ews'), ('graph')) as d (driver)
cross join (
  values
  ('auth', 'never'),
  ('token_url', 'with tokens'),
  ('client_id', 'with tokens'),
  ('client_secret', 'never'),
  ('refresh_token', 'never'),
  ('scope', 'never'),
  ('secret_expires', 'never'),
  ('source_folder', 'never'),
  ('timeout_seconds', 'never')
) as k (key, needed)
where not (d.driver = 'graph' and k.key = 'auth');

comment on view mail.driver_key is 'Keys of mailboxes by driver: needed always, with passwords, with tokens, or never.';

grant select on mail.driver_key to pgears_admin, pgears_runner;
