-- Every key of a model file: where it stands, what it takes, what it means when left out.
--
-- The one source of validation, of docs/model-file.schema.json and of the tables in
-- docs/model-files.md. "preset" is the value of a key that is left out.

create or replace view meta.vocabulary as
select
  row_number() over () as position,
  v.place,
  v.key,
  v.kind,
  v.choices,
  v.column_types,
  v.required,
  v.preset::jsonb as preset,
  v.note
from (
  values
  ('file', 'model', 'code', null::text[], null::text[], true, null, 'Code of the model.'),
  ('file', 'name', 'texts', null, null, false, '{}', 'Name for people.'),
  ('file', 'languages', 'list', null, null, false, '[]', 'Languages in which the model has its names.'),
  ('file', 'parameters', 'values', null, null, false, '{}', 'Instance parameters; `sender` of model helpdesk is the parameter `helpdesk.sender`.'),
  ('file', 'classes', 'section', null, null, false, '{}', 'Classes by code.'),
  ('file', 'queries', 'section', null, null, false, '{}', 'Queries by code; each is an API view.'),
  ('file', 'groups', 'section', null, null, false, '{}', 'Groups of recipients, by code.'),
  ('file', 'frames', 'section', null, null, false, '{}', 'What surrounds the texts of notifications, by code.'),
  ('file', 'notifications', 'section', null, null, false, '{}', 'Mails about rows, by code.'),
  ('file', 'targets', 'section', null, null, false, '{}', 'Systems that are called by HTTP, by code.'),
  ('file', 'rules', 'section', null, null, false, '{}', 'What happens when rows are written or deleted, by code.'),
  ('file', 'mailboxes', 'section', null, null, false, '{}', 'Mailboxes whose messages become rows, by code.'),
  ('file', 'structures', 'section', null, null, false, '{}', 'Organisation structures, by code.'),
  ('file', 'roles', 'section', null, null, false, '{}', 'Roles and their rights, by code.'),
  ('file', 'scripts', 'section', null, null, false, '{}', 'Scripts by code: SQL that rules, workflows, jobs and callers run.'),
  ('file', 'workflows', 'section', null, null, false, '{}', 'Workflows by code.'),
  ('file', 'jobs', 'section', null, null, false, '{}', 'Jobs by time, by code.'),
  ('file', 'pages', 'section', null, null, false, '{}', 'Pages of classes, by the code of the class; every class has pages, also without.'),
  ('file', 'imports', 'section', null, null, false, '{}', 'Imports of files, by code.'),
  ('file', 'exports', 'section', null, null, false, '{}', 'Exports to files, by code.'),
  ('file', 'syncs', 'section', null, null, false, '{}', 'Synchronisation with tables of other databases, by code.'),
  ('file', 'subscriptions', 'section', null, null, false, '{}', 'What is read from other instances, by code.'),

  ('model', 'name', 'texts', null, null, false, '{}', 'Name for people.'),
  ('model', 'languages', 'list', null, null, false, '[]', 'Languages in which the model has its names.'),

  ('class', 'name', 'texts', null, null, false, '{}', 'Name for people.'),
  ('class', 'renamed_from', 'code', null, null, false, null, 'Former code; ignored once the class has the new one.'),
  ('class', 'parent', 'class', null, null, false, null, 'Class whose columns this one inherits; fixed once made.'),
  ('class', 'description', 'text', null, null, false, '""', 'Format of the short description, such as `{{column.number}} {{column.subject}}`.'),
  ('class', 'archive', 'boolean', null, null, false, 'false', 'Keep former rows: what a change or deletion replaces goes to the archive table.'),
  ('class', 'deletion', 'text', array['logical', 'physical'], null, false, '"logical"', 'What DELETE does with a row: hide it and mark it (logical), or remove it (physical).'),
  ('class', 'web_service', 'boolean', null, null, false, 'false', 'Serve the class by HTTP.'),
  (
    'class', 'partition_by', 'partition', null, null, false, null,
    'Keep the rows in so many partitions by hash of their id, such as `{hash: id, parts: 16}`; fixed once made.'
  ),
  ('class', 'columns', 'section', null, null, false, '{}', 'Columns by code, in the order in which they are shown.'),
  ('class', 'keys', 'keys', null, null, false, '[]', 'Natural keys: unique among rows that are not deleted.'),

  (
    'column', 'type', 'text',
    array[
      'text', 'middle_text', 'long_text', 'html', 'integer', 'decimal', 'boolean', 'date', 'timestamp',
      'colour', 'class', 'guid', 'file', 'picture', 'reference', 'reverse', 'calculated'
    ],
    null, true, null, 'What the column holds; fixed once made.'
  ),
  ('column', 'name', 'texts', null, null, false, '{}', 'Name for people.'),
  ('column', 'renamed_from', 'code', null, null, false, null, 'Former code; ignored once the column has the new one.'),
  ('column', 'position', 'integer', null, null, false, null, 'Place among the columns, for definitions written in SQL; in a file the order of columns says it.'),
  ('column', 'class', 'class', null, array['reference', 'reverse'], false, null, 'Class referred to; of a reverse reference, the class that refers.'),
  ('column', 'classes', 'list', null, array['reference'], false, null, 'Classes, any of which a value may refer to.'),
  ('column', 'target', 'text', array['user'], array['reference'], false, null, 'Refer to accounts instead of rows.'),
  ('column', 'multiple', 'boolean', null, array['reference', 'file'], false, 'false', 'Several values.'),
  ('column', 'column', 'code', null, array['reverse'], false, null, 'Column of the other class by which it refers to this one.'),
  ('column', 'sql', 'text', null, array['calculated'], false, null, 'SQL over `{{column.code}}` of the same row.'),
  (
    'column', 'result', 'text',
    array['text', 'middle_text', 'long_text', 'integer', 'decimal', 'boolean', 'date', 'timestamp', 'guid'],
    array['calculated'], false, null, 'Type of the result.'
  ),
  (
    'column', 'mandatory', 'boolean', null,
    array[
      'text', 'middle_text', 'long_text', 'html', 'integer', 'decimal', 'boolean', 'date', 'timestamp',
      'colour', 'class', 'guid', 'file', 'picture', 'reference'
    ],
    false, 'false', 'A row without a value is refused.'
  ),
  (
    'column', 'default', 'literal', null,
    array['text', 'middle_text', 'long_text', 'html', 'integer', 'decimal', 'boolean', 'date', 'timestamp', 'colour', 'guid', 'picture'],
    false, null, 'Value of a new row that gives none; `today` for dates and `now` for timestamps.'
  ),
  ('column', 'sequence', 'text', null, array['text', 'middle_text', 'integer'], false, null, 'Number new rows, such as `T{#:000000}`; for an integer `{#}`.'),
  ('column', 'min', 'literal', null, array['integer', 'decimal', 'date', 'timestamp'], false, null, 'Least value.'),
  ('column', 'max', 'literal', null, array['integer', 'decimal', 'date', 'timestamp'], false, null, 'Greatest value.'),
  ('column', 'min_length', 'integer', null, array['text', 'middle_text', 'long_text', 'html'], false, null, 'Least number of characters.'),
  ('column', 'max_length', 'integer', null, array['text', 'middle_text', 'long_text', 'html'], false, null, 'Greatest number of characters; 255 for text, else unlimited.'),
  ('column', 'pattern', 'text', null, array['text', 'middle_text', 'long_text', 'html'], false, null, 'Regular expression of PostgreSQL that values match.'),
  ('column', 'pattern_message', 'text', null, array['text', 'middle_text', 'long_text', 'html'], false, null, 'Words of the refusal, after the code of the column.'),
  ('column', 'localized', 'boolean', null, array['text', 'middle_text', 'long_text', 'html'], false, 'false', 'A text by language instead of one text.'),
  ('column', 'states', 'integer', array['2', '3'], array['boolean'], false, '3', 'Two states, or three with the empty one.'),
  (
    'column', 'editable_on_insert', 'boolean', null,
    array[
      'text', 'middle_text', 'long_text', 'html', 'integer', 'decimal', 'boolean', 'date', 'timestamp',
      'colour', 'class', 'guid', 'file', 'picture', 'reference'
    ],
    false, 'true', 'Writers may give a value to a new row.'
  ),
  (
    'column', 'editable_on_update', 'boolean', null,
    array[
      'text', 'middle_text', 'long_text', 'html', 'integer', 'decimal', 'boolean', 'date', 'timestamp',
      'colour', 'class', 'guid', 'file', 'picture', 'reference'
    ],
    false, 'true', 'Writers may change the value later.'
  ),

  ('column', 'max_files', 'integer', null, array['file'], false, null, 'Most files, of a column with several.'),
  (
    'column', 'over_limit', 'text', array['refuse', 'drop_oldest'], array['file'], false, '"refuse"',
    'What happens to more files than that: the row is refused, or the first of them leave the column.'
  ),
  ('column', 'max_size', 'text', null, array['file'], false, null, 'Greatest size of a file, such as `10 MB`.'),
  ('column', 'suffixes', 'list', null, array['file'], false, null, 'Suffixes that files have, such as `[pdf, png]`; any when left out.'),
  (
    'column', 'file_deletion', 'text', array['forbidden', 'logical', 'content', 'physical'], array['file'], false, '"logical"',
    'When a file leaves the column: refused, the file is kept, its content goes, or all of it goes.'
  ),

  ('page', 'list', 'list', null, null, false, '[]', 'Columns of the list; the first seven when left out.'),
  ('page', 'order', 'text', null, null, false, null, 'Column by which the list is sorted, `-received` for the greatest first.'),
  ('page', 'search', 'list', null, null, false, '[]', 'Text columns that the search looks in; the short description when left out.'),
  ('page', 'form', 'list', null, null, false, '[]', 'Columns of the form; all when left out.'),
  ('page', 'prefill', 'boolean', null, null, false, 'false', 'A link may fill the form of a new record: `new?subject=...`.'),
  ('page', 'page_size', 'integer', null, null, false, '25', 'Records of a page of the list, at most 200.'),

  ('query', 'name', 'texts', null, null, false, '{}', 'Name for people.'),
  ('query', 'sql', 'text', null, null, true, null, 'One SELECT; `{{class.code}}` stands for the API view of a class.'),

  ('recipient_group', 'name', 'texts', null, null, false, '{}', 'Name for people.'),
  ('recipient_group', 'users', 'list', null, null, false, '[]', 'Logins of accounts whose addresses belong to it.'),
  ('recipient_group', 'addresses', 'text', null, null, false, null, 'Other addresses, separated by semicolons.'),

  ('frame', 'html', 'texts', null, null, false, null, 'HTML around `{{content}}`; may hold variables, whose values are escaped.'),
  ('frame', 'text', 'texts', null, null, false, null, 'Plain text around `{{content}}`; may hold variables.'),

  ('notification', 'class', 'class', null, null, false, null, 'Class of the row that the mail is about; left out for mail about none.'),
  ('notification', 'account', 'text', null, null, false, null, 'Mail account that sends; the default one when left out.'),
  (
    'notification', 'to', 'text', null, null, false, null,
    'Recipients, separated by semicolons; `{{column.agent}}` of a user gives the address of that account, `{{column.customer.email}}` that of a row.'
  ),
  ('notification', 'cc', 'text', null, null, false, null, 'Recipients of a copy.'),
  ('notification', 'bcc', 'text', null, null, false, null, 'Recipients of a copy that others do not see.'),
  ('notification', 'groups', 'list', null, null, false, '[]', 'Groups of this model that get it too.'),
  ('notification', 'recipients', 'text', null, null, false, null, 'SQL function `schema.name(bigint)` that gives more recipients of a row as a list.'),
  ('notification', 'each', 'boolean', null, null, false, 'false', 'A mail for each recipient, in the language of that account, instead of one for all.'),
  ('notification', 'reply_to', 'text', null, null, false, null, 'Address for answers.'),
  ('notification', 'in_reply_to', 'text', null, null, false, null, 'Message-ID of the mail answered, such as `{{column.message_id}}`.'),
  ('notification', 'priority', 'text', array['high', 'normal', 'low'], null, false, '"normal"', 'Priority in the headers.'),
  ('notification', 'attach', 'list', null, null, false, '[]', 'Columns of files that go along.'),
  ('notification', 'variables', 'list', null, null, false, '[]', 'Names of run variables that the sender gives: `{{var.name}}`.'),
  ('notification', 'frame', 'code', null, null, false, null, 'Frame around the texts.'),
  ('notification', 'subject', 'texts', null, null, true, null, 'Subject, with variables such as `{{column.code}}`.'),
  ('notification', 'body', 'texts', null, null, false, null, 'Plain text; made of the HTML when left out.'),
  ('notification', 'html', 'texts', null, null, false, null, 'The text as HTML; values are escaped.'),

  ('rule', 'class', 'class', null, null, true, null, 'Class whose rows are watched.'),
  (
    'rule', 'event', 'text',
    array['before_insert', 'before_update', 'before_delete', 'after_insert', 'after_update', 'after_delete', 'on_date'],
    null, true, null, 'When the rule is asked.'
  ),
  ('rule', 'when', 'text', null, null, false, null, 'SQL condition over `{{column.code}}` and, of the former row, `{{old.code}}`; every row when left out.'),
  ('rule', 'notify', 'code', null, null, false, null, 'Notification that is sent.'),
  ('rule', 'set', 'mapping', null, null, false, null, 'Before saving: SQL formula by column code, such as `{total: "{{column.price}} * {{column.amount}}"}`.'),
  ('rule', 'refuse', 'texts', null, null, false, null, 'The statement is refused with this text when the condition holds for a row.'),
  ('rule', 'script', 'path', null, null, false, null, 'Script that is run: before saving in the same transaction, after it by a task.'),
  ('rule', 'raise', 'text', null, null, false, null, 'Event that is raised; may hold `{{column.code}}`.'),
  ('rule', 'start', 'path', null, null, false, null, 'Workflow that is started about the row.'),
  ('rule', 'enqueue', 'text', null, null, false, null, 'Kind of a task that is enqueued with the row.'),
  ('rule', 'call', 'call', null, null, false, null, 'Call of a target about the row, such as `{target: erp, path: "/orders/{{column.number}}"}`; docs/http.md.'),
  ('rule', 'date', 'code', null, null, false, null, 'Of a rule on_date: column with the date or time.'),
  (
    'rule', 'offsets', 'list', null, null, false, null,
    'Of a rule on_date: up to five time spans from that date, such as `[-3 days, 1 hour]`; it acts once for each and each record.'
  ),
  ('rule', 'enabled', 'boolean', null, null, false, 'true', 'Whether the rule acts.'),
  ('rule', 'position', 'integer', null, null, false, '0', 'Rules of one event act in this order.'),

  ('script', 'name', 'texts', null, null, false, '{}', 'Name for people.'),
  ('script', 'sql', 'text', null, null, false, null, 'Statements of PL/pgSQL; `context` is what they get, `result` what they give; `{{class.code}}` is an API view.'),
  ('script', 'function', 'text', null, null, false, null, 'Instead of sql: a function (jsonb) of yours that returns jsonb, as schema.name.'),
  ('script', 'class', 'class', null, null, false, null, 'Class whose records it is about, for people and pages.'),
  ('script', 'enabled', 'boolean', null, null, false, 'true', 'Whether it can be run.'),
  ('script', 'integration', 'boolean', null, null, false, 'false', 'It does not run while the integration switch is off.'),
  ('script', 'url', 'boolean', null, null, false, 'false', 'It may be called by URL.'),
  ('script', 'web_service', 'boolean', null, null, false, 'false', 'It may be called by web service.'),

  ('workflow', 'name', 'texts', null, null, false, '{}', 'Name for people.'),
  ('workflow', 'class', 'class', null, null, false, null, 'Class of the record that an instance is about.'),
  ('workflow', 'enabled', 'boolean', null, null, false, 'true', 'Whether it can be started.'),
  ('workflow', 'web_service', 'boolean', null, null, false, 'false', 'It may be started by web service.'),
  ('workflow', 'variables', 'values', null, null, false, '{}', 'Variables that an instance begins with.'),
  ('workflow', 'steps', 'steps', null, null, true, null, 'Steps by code; docs/workflows.md lists the kinds and their keys.'),

  ('job', 'name', 'texts', null, null, false, '{}', 'Name for people.'),
  ('job', 'cron', 'text', null, null, false, null, 'Minute, hour, day, month, weekday, such as `30 2 * * 1-5`; or `@hourly`, `@daily`, `@weekly`, `@monthly`, `@yearly`.'),
  ('job', 'at', 'text', null, null, false, null, 'Instead of cron: one time, such as `2026-12-31 23:59`.'),
  ('job', 'at_start', 'boolean', null, null, false, 'false', 'It runs when the service starts.'),
  ('job', 'time_zone', 'text', null, null, false, '"UTC"', 'Whose clock the times are of, such as `Europe/Prague`.'),
  ('job', 'valid_from', 'text', null, null, false, null, 'No slot before this time.'),
  ('job', 'valid_to', 'text', null, null, false, null, 'No slot after this time.'),
  ('job', 'when', 'text', null, null, false, null, 'SQL condition; a slot at which it does not hold is skipped.'),
  ('job', 'missed', 'text', array['skip', 'latest', 'all'], null, false, '"latest"', 'Which slots are run that came while nobody was there.'),
  ('job', 'overlap', 'text', array['skip', 'wait', 'parallel'], null, false, '"skip"', 'What a slot does while another run is not over.'),
  ('job', 'integration', 'boolean', null, null, false, 'false', 'Its slots are skipped while the integration switch is off.'),
  ('job', 'enabled', 'boolean', null, null, false, 'true', 'Whether it runs.'),
  ('job', 'web_service', 'boolean', null, null, false, 'false', 'It may be started by web service.'),
  ('job', 'steps', 'entries', null, null, true, null, 'Steps in order; docs/jobs.md lists the kinds and their keys.'),

  ('target', 'name', 'texts', null, null, false, '{}', 'Name for people.'),
  ('target', 'url', 'text', null, null, true, null, 'Address in production, such as `https://erp.example/api`; paths of calls go behind it.'),
  ('target', 'urls', 'mapping', null, null, false, '{}', 'Addresses in other environments, such as `{test: "https://sandbox.example"}`; else calls are held.'),
  ('target', 'method', 'text', array['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'], null, false, '"POST"', 'Method of calls that name none.'),
  ('target', 'headers', 'mapping', null, null, false, '{}', 'Headers of every call; no secrets.'),
  ('target', 'auth', 'text', array['none', 'basic', 'bearer', 'api_key', 'oauth2'], null, false, '"none"', 'How the service shows who it is; oauth2 by client credentials.'),
  ('target', 'secret', 'text', null, null, false, null, 'Where the runner finds the password, token, key or client secret: env:NAME or file:PATH.'),
  ('target', 'login', 'text', null, null, false, null, 'Account of basic.'),
  ('target', 'api_key_header', 'text', null, null, false, '"X-API-Key"', 'Header of api_key.'),
  ('target', 'token_url', 'text', null, null, false, null, 'Where tokens of oauth2 come from.'),
  ('target', 'client_id', 'text', null, null, false, null, 'Id of the application for oauth2.'),
  ('target', 'scope', 'text', null, null, false, null, 'Scope that the token is asked for.'),
  ('target', 'signing_secrets', 'list', null, null, false, '[]', 'Where the runner finds the keys (whsec_...) of Standard Webhooks signatures; two while they change.'),
  ('target', 'idempotency_header', 'text', null, null, false, '"Idempotency-Key"', 'Header with the key of a call, the same in each attempt.'),
  ('target', 'ca_file', 'text', null, null, false, null, 'Certificates that are trusted, instead of those of the system.'),
  ('target', 'timeout', 'text', null, null, false, '"30 seconds"', 'How long an attempt may take in all, up to 10 minutes.'),
  ('target', 'attempts', 'integer', null, null, false, '8', 'Attempts before a call is dead, 1 to 100.'),
  ('target', 'backoff', 'text', null, null, false, '"2 seconds"', 'Wait after the first failed attempt; it doubles with each.'),
  ('target', 'backoff_most', 'text', null, null, false, '"1 hour"', 'The longest wait between attempts; what the system asks for by Retry-After comes first.'),
  ('target', 'retry_unknown', 'boolean', null, null, false, 'false', 'Call again after an attempt without an answer: the system knows the key and does nothing twice.'),
  ('target', 'max_parallel', 'integer', null, null, false, '10', 'Calls under way at once, over all runners.'),
  ('target', 'per_minute', 'integer', null, null, false, null, 'Calls that begin in a minute, over all runners.'),
  ('target', 'breaker_failures', 'integer', null, null, false, '5', 'Failed attempts in a row after which calls wait; 0 for never.'),
  ('target', 'breaker_pause', 'text', null, null, false, '"1 minute"', 'How long they wait before one tries.'),
  ('target', 'redirects', 'integer', null, null, false, '0', 'Redirections that are followed, up to 20.'),
  ('target', 'allow', 'list', null, null, false, '[]', 'Networks, addresses or hosts inside that may be called; others must be public.'),
  ('target', 'max_body', 'integer', null, null, false, '1048576', 'Bytes of a body, up to 64 MB.'),
  ('target', 'max_response', 'integer', null, null, false, '1048576', 'Bytes of an answer that are kept, up to 16 MB.'),
  ('target', 'integration', 'boolean', null, null, false, 'true', 'Its calls are held while the integration switch is off.'),
  ('target', 'enabled', 'boolean', null, null, false, 'true', 'Whether it is called; while not, calls are held.'),

  ('mailbox', 'driver', 'text', array['maildir', 'imap', 'ews', 'graph'], null, true, null, 'How messages are fetched.'),
  ('mailbox', 'path', 'text', null, null, false, null, 'Folder of the Maildir, absolute or below PGEARS_HOME; may hold `{{app.par.code}}`.'),
  ('mailbox', 'host', 'text', null, null, false, null, 'Server of imap.'),
  ('mailbox', 'port', 'integer', null, null, false, null, 'Port of imap: 993 with tls, else 143, when left out.'),
  ('mailbox', 'tls', 'text', array['tls', 'starttls', 'none'], null, false, null, 'Encryption of imap; tls when left out.'),
  ('mailbox', 'ca_file', 'text', null, null, false, null, 'Certificates that imap trusts, instead of those of the system.'),
  ('mailbox', 'url', 'text', null, null, false, null, 'Address of ews (.../EWS/Exchange.asmx), or of graph when it is not the public one.'),
  ('mailbox', 'address', 'text', null, null, false, null, 'Mail address of the mailbox, for ews and graph.'),
  ('mailbox', 'login', 'text', null, null, false, null, 'Account of the server.'),
  ('mailbox', 'secret', 'text', null, null, false, null, 'Where the runner finds the password: env:NAME or file:PATH.'),
  ('mailbox', 'auth', 'text', array['password', 'basic', 'ntlm', 'oauth2'], null, false, null, 'imap: password (preset) or oauth2; ews: ntlm (preset), basic or oauth2.'),
  ('mailbox', 'token_url', 'text', null, null, false, null, 'Where OAuth2 tokens come from.'),
  ('mailbox', 'client_id', 'text', null, null, false, null, 'Id of the application for OAuth2.'),
  ('mailbox', 'client_secret', 'text', null, null, false, null, 'Where the runner finds the secret of the application: env:NAME or file:PATH.'),
  ('mailbox', 'refresh_token', 'text', null, null, false, null, 'File of the refresh token, file:PATH; the runner writes a renewed one there.'),
  ('mailbox', 'scope', 'text', null, null, false, null, 'Scope that the token is asked for.'),
  ('mailbox', 'secret_expires', 'text', null, null, false, null, 'Day on which the secret ends, such as 2027-01-31; the status counts the days.'),
  ('mailbox', 'source_folder', 'text', null, null, false, null, 'Folder of the server that is read; the inbox when left out.'),
  ('mailbox', 'push', 'boolean', null, null, false, null, 'imap: wait for announcements of the server (IDLE) beside the schedule.'),
  ('mailbox', 'timeout_seconds', 'integer', null, null, false, null, 'How long an answer of the server may take; 60 when left out.'),
  ('mailbox', 'script', 'text', null, null, false, null, 'Function (record jsonb, message jsonb) returns jsonb that may change or refuse a record before it is saved.'),
  ('mailbox', 'script_after', 'text', null, null, false, null, 'Function (row_id bigint, record jsonb, message jsonb) that is called after a record was saved.'),
  ('mailbox', 'rate_per_sender', 'text', null, null, false, null, 'Records that one sender may make, such as `20 per hour`; more are quarantined.'),
  ('mailbox', 'class', 'class', null, null, true, null, 'Class whose rows the messages become.'),
  (
    'mailbox', 'mapping', 'mapping', null, null, true, null,
    'Column and what of the message goes into it, such as `{title: subject, customer: reply_address -> customer.email}`.'
  ),
  (
    'mailbox', 'after_read', 'text', array['keep', 'mark', 'move', 'delete'], null, false, '"mark"',
    'What happens to a message that was read: it stays, is marked as seen, moved to a folder, or deleted.'
  ),
  ('mailbox', 'folder', 'text', null, null, false, '"Processed"', 'Folder that messages are moved to.'),
  ('mailbox', 'batch_size', 'integer', null, null, false, '100', 'Messages in one turn, 1 to 1000.'),
  ('mailbox', 'poll_every', 'text', null, null, false, '"1 minute"', 'Time between two turns, such as `30 seconds`.'),
  ('mailbox', 'on_auto_reply', 'text', array['skip', 'accept'], null, false, '"skip"', 'What happens to automatic answers and mail of lists.'),
  ('mailbox', 'enabled', 'boolean', null, null, false, 'true', 'Whether it is read.'),
  ('mailbox', 'reply_class', 'class', null, null, false, null, 'Class whose rows answers become; without it an answer is a record like any other.'),
  ('mailbox', 'reply_column', 'code', null, null, false, null, 'Column of that class which refers to the record that was answered.'),
  ('mailbox', 'reply_mapping', 'mapping', null, null, false, '{}', 'Column of that class and what of the message goes into it, as in `mapping`.'),
  ('mailbox', 'reply_sets', 'mapping', null, null, false, '{}', 'Column of the record answered and its new value, such as `{status: open}`.'),

  ('import', 'name', 'texts', null, null, false, '{}', 'Name for people.'),
  ('import', 'class', 'class', null, null, true, null, 'Class whose rows the records become.'),
  ('import', 'format', 'text', array['csv', 'xlsx', 'jsonl', 'xml'], null, false, '"csv"', 'Format of the files; each may be packed by gzip.'),
  ('import', 'encoding', 'text', null, null, false, '"utf-8"', 'csv and jsonl: encoding of the text, such as `windows-1250`; a byte order mark goes before it.'),
  ('import', 'separator', 'text', null, null, false, '","', 'csv: what stands between two fields, one character; `tab` for a tabulator.'),
  ('import', 'quote', 'text', null, null, false, '"\""', 'csv: what stands around fields that hold a separator or line end, one character.'),
  ('import', 'header', 'boolean', null, null, false, 'true', 'csv and xlsx: the first row names the columns.'),
  ('import', 'sheet', 'text', null, null, false, null, 'xlsx: name of the sheet; the first when left out.'),
  ('import', 'item', 'text', null, null, false, null, 'xml: path of the elements that are records, such as `/orders/order`.'),
  ('import', 'column_count', 'integer', null, null, false, null, 'csv and xlsx: number of columns that the file has, else it is refused.'),
  (
    'import', 'columns', 'values', null, null, false, null,
    'Column of the class and its column in the file: its header, its number, or its path in jsonl and xml. Equal codes when left out.'
  ),
  (
    'import', 'references', 'mapping', null, null, false, '{}',
    'Column and how its references are found: `id`, `text` (short description), or a column of the class referred to; its natural key when left out.'
  ),
  (
    'import', 'defaults', 'values', null, null, false, '{}',
    'Column and its value where the file has none; `{{user}}`, `{{user_name}}`, `{{user_id}}`, `{{now}}`, `{{today}}`, `{{file}}`, `{{import}}`, `{{run}}` stand for themselves.'
  ),
  ('import', 'decimal', 'text', array['.', ','], null, false, '"."', 'What stands before the decimals of a number.'),
  ('import', 'grouping', 'text', array['.', ',', ' ', ''''], null, false, null, 'What may stand between the thousands of a number.'),
  ('import', 'date', 'text', null, null, false, null, 'Form of dates, such as `DD.MM.YYYY`; 2026-12-31 is always understood.'),
  ('import', 'timestamp', 'text', null, null, false, null, 'Form of times, such as `DD.MM.YYYY HH24:MI`; 2026-12-31T23:59:00+01 is always understood.'),
  ('import', 'time_zone', 'text', null, null, false, '"UTC"', 'Whose clock times without an offset are of.'),
  ('import', 'list_separator', 'text', null, null, false, '"|"', 'What stands between the values of a multiple reference.'),
  ('import', 'match', 'list', null, null, false, '[]', 'Columns that together find the record that a row changes; without them each row is a new record.'),
  (
    'import', 'action', 'text', array['merge', 'insert', 'update'], null, false, '"merge"',
    'merge: rows change or make records; insert: rows whose record exists are left alone; update: those without one are.'
  ),
  ('import', 'delete_before', 'boolean', null, null, false, 'false', 'Delete the records in scope first.'),
  ('import', 'delete_missing', 'boolean', null, null, false, 'false', 'Delete the records in scope that the file does not have.'),
  ('import', 'scope', 'text', null, null, false, null, 'SQL condition on `{{column.code}}` of the records that deletion is about; all when left out.'),
  ('import', 'allow_empty', 'boolean', null, null, false, 'false', 'A file without rows may delete records too.'),
  ('import', 'on_error', 'text', array['good', 'all'], null, false, '"good"', 'Of a file with rows in error, take the good rows, or refuse all.'),
  ('import', 'max_errors', 'integer', null, null, false, '10000', 'With more rows in error than this the file is refused.'),
  ('import', 'hooks', 'mapping', null, null, false, '{}', 'Moment and script: `typed`, `before_match`, `before_merge`, `after`.'),
  ('import', 'workflow', 'path', null, null, false, null, 'Workflow that is started after a run; its variables have the run.'),
  ('import', 'notify', 'path', null, null, false, null, 'Notification that is sent after a run, with the counters as variables.'),
  ('import', 'keep_file', 'boolean', null, null, false, 'false', 'Keep the file with the run.'),
  ('import', 'keep_table', 'boolean', null, null, false, 'false', 'Keep the import table after the run.'),
  ('import', 'folder', 'text', null, null, false, null, 'Folder that is watched: files in its folder `in` are imported and moved to `done` or `failed`.'),
  ('import', 'pattern', 'text', null, null, false, '"*"', 'Names of the files in the folder, such as `customers*.csv`.'),
  ('import', 'account', 'text', null, null, false, null, 'Account with whose rights folder, jobs and workflows import; that of the runner when left out.'),
  ('import', 'integration', 'boolean', null, null, false, 'false', 'Nothing is imported while the integration switch is off.'),
  ('import', 'url', 'boolean', null, null, false, 'false', 'May be started by POST to /import/<code>.'),
  ('import', 'web_service', 'boolean', null, null, false, 'false', 'May be started by web service.'),
  ('import', 'enabled', 'boolean', null, null, false, 'true', 'Whether it can be started.'),

  ('export', 'name', 'texts', null, null, false, '{}', 'Name for people.'),
  ('export', 'class', 'class', null, null, false, null, 'Class whose rows are exported; or `query`.'),
  ('export', 'query', 'path', null, null, false, null, 'Query whose rows are exported; or `class`.'),
  ('export', 'format', 'text', array['csv', 'xlsx', 'jsonl', 'xml'], null, false, '"csv"', 'Format of the file.'),
  ('export', 'gzip', 'boolean', null, null, false, 'false', 'Pack the file.'),
  ('export', 'encoding', 'text', null, null, false, '"utf-8"', 'csv: encoding of the text, such as `windows-1250`; `utf-8-sig` begins with a byte order mark.'),
  ('export', 'separator', 'text', null, null, false, '","', 'csv: what stands between two fields, one character; `tab` for a tabulator.'),
  ('export', 'header', 'boolean', null, null, false, 'true', 'csv and xlsx: the first row names the columns.'),
  ('export', 'sheet', 'text', null, null, false, null, 'xlsx: name of the sheet.'),
  ('export', 'item', 'text', null, null, false, '"/rows/row"', 'xml: path of the elements that are rows.'),
  ('export', 'columns', 'list', null, null, false, null, 'Codes of the columns in their order, system columns too; all columns of the class or query when left out.'),
  ('export', 'headers', 'mapping', null, null, false, '{}', 'Column and its name in the file; the code when left out.'),
  (
    'export', 'references', 'mapping', null, null, false, '{}',
    'Column and how its references are shown: `id`, `text` (short description), or a column of the class referred to; its natural key when left out.'
  ),
  ('export', 'rows', 'text', array['active', 'all', 'deleted'], null, false, '"active"', 'Which rows of the class.'),
  ('export', 'filter', 'text', null, null, false, null, 'SQL condition on `{{column.code}}`.'),
  ('export', 'order', 'list', null, null, false, null, 'Columns that the rows are ordered by; `-code` for descending.'),
  ('export', 'decimal', 'text', array['.', ','], null, false, '"."', 'csv: what stands before the decimals of a number.'),
  ('export', 'date', 'text', null, null, false, null, 'csv: form of dates, such as `DD.MM.YYYY`; 2026-12-31 when left out.'),
  ('export', 'timestamp', 'text', null, null, false, null, 'csv: form of times; 2026-12-31T23:59:00+01:00 when left out.'),
  ('export', 'time_zone', 'text', null, null, false, '"UTC"', 'Whose clock times are of.'),
  ('export', 'list_separator', 'text', null, null, false, '"|"', 'What stands between the values of a multiple reference.'),
  (
    'export', 'guard_formulas', 'boolean', null, null, false, null,
    'csv and xlsx: put a quote before texts that a spreadsheet would take for formulas; for xlsx true when left out.'
  ),
  ('export', 'folder', 'text', null, null, false, null, 'Folder that the file goes to.'),
  ('export', 'file', 'text', null, null, false, null, 'Name of the file, such as `tickets-{{today}}.xlsx`; `{{now}}`, `{{today}}`, `{{export}}`, `{{run}}` stand for themselves.'),
  ('export', 'notify', 'path', null, null, false, null, 'Notification that is sent after a run, with the file attached.'),
  ('export', 'account', 'text', null, null, false, null, 'Account with whose rights jobs and workflows export; that of the runner when left out.'),
  ('export', 'integration', 'boolean', null, null, false, 'false', 'Nothing is exported while the integration switch is off.'),
  ('export', 'web_service', 'boolean', null, null, false, 'false', 'May be started by web service.'),
  ('export', 'enabled', 'boolean', null, null, false, 'true', 'Whether it can be started.'),

  ('sync', 'name', 'texts', null, null, false, '{}', 'Name for people.'),
  ('sync', 'class', 'class', null, null, true, null, 'Class that is kept in step.'),
  ('sync', 'direction', 'text', array['in', 'out'], null, true, null, 'Which side is written: the class (in), or the table (out).'),
  (
    'sync', 'url', 'text', null, null, false, null,
    'Where the runner finds the SQLAlchemy URL of the other database: env:NAME or file:PATH. Without it the table is one of this database.'
  ),
  ('sync', 'table', 'text', null, null, false, null, 'Table of the other side, with its schema where it needs one; of this database also a view or foreign table.'),
  ('sync', 'select', 'text', null, null, false, null, 'Instead of table, for direction in with a url: a SELECT in the language of the other database.'),
  (
    'sync', 'columns', 'mapping', null, null, true, null,
    'Column of the class and column of the other side; `country_code -> country.code` finds the record referred to by a value of its own.'
  ),
  ('sync', 'keys', 'list', null, null, true, null, 'Columns of the class by which rows of both sides are the same.'),
  ('sync', 'filter', 'text', null, null, false, null, 'Condition on rows of the other side, in its language; other rows are neither read nor deleted.'),
  ('sync', 'rows', 'text', null, null, false, null, 'Condition on rows of the class, with `{{column.x}}`; other rows are neither sent nor changed.'),
  (
    'sync', 'compare', 'text', array['values', 'snapshot', 'watermark'], null, false, '"values"',
    'With what rows are compared: the values of both sides, the side that is read as the last run left it, or values of rows from a watermark on.'
  ),
  ('sync', 'watermark', 'text', null, null, false, null, 'Column of the other side that grows with each change; for compare: watermark.'),
  ('sync', 'overlap', 'text', null, null, false, null, 'How far before the watermark each run begins, such as `10 minutes`, or a number: late commits are found within it.'),
  ('sync', 'missing', 'text', array['keep', 'delete'], null, false, '"keep"', 'What happens to rows written that the side read has no more.'),
  ('sync', 'delete_limit', 'integer', null, null, false, '10', 'Percent of the rows that one run may delete; a run that would delete more writes nothing.'),
  ('sync', 'batch_size', 'integer', null, null, false, '5000', 'Rows that are held in memory at once, 1 to 100000.'),
  ('sync', 'time_zone', 'text', null, null, false, '"UTC"', 'Whose clock times without a zone of the other side are of.'),
  ('sync', 'integration', 'boolean', null, null, false, 'false', 'It is refused while the integration switch is off.'),
  ('sync', 'enabled', 'boolean', null, null, false, 'true', 'Whether it runs.'),

  ('subscription', 'name', 'texts', null, null, false, '{}', 'Name for people.'),
  ('subscription', 'peer', 'code', null, null, true, null, 'Peer to read from; an instance that has no peer of this code lets the subscription rest.'),
  ('subscription', 'classes', 'list', null, null, true, null, 'Classes, those first that others refer to.'),
  (
    'subscription', 'filter', 'filters', null, null, false, '{}',
    'Rows to read, by class: column and value or values; all rows of a class that is left out.'
  ),
  (
    'subscription', 'conflict', 'text', array['newer', 'source', 'target', 'manual'], null, false, '"newer"',
    'Who wins where a row was changed on both sides: the later change, the peer, this instance, or a person.'
  ),
  ('subscription', 'rules', 'boolean', null, null, false, 'false', 'Rules of this instance act on what comes in, too.'),
  ('subscription', 'enabled', 'boolean', null, null, false, 'true', 'Whether it is read.'),

  ('structure', 'name', 'texts', null, null, false, '{}', 'Name for people.'),
  (
    'structure', 'kind', 'text', array['manager', 'team', 'unit'], null, true, null,
    'How the organisation is kept: who is whose manager, teams with members, or units with a class of memberships.'
  ),
  ('structure', 'class', 'class', null, null, true, null, 'Class of the units or teams; of a manager structure, the class with the two user references.'),
  ('structure', 'superior', 'code', null, null, false, null, 'Column that refers to the superior unit or team (kinds unit and team).'),
  ('structure', 'manager', 'code', null, null, false, null, 'Column with the manager (kind manager).'),
  ('structure', 'membership', 'class', null, null, false, null, 'Class whose rows put a user into a unit (kind unit).'),
  ('structure', 'user', 'code', null, null, false, null, 'Column with the user: of the class (kind manager), of the membership class (kind unit).'),
  ('structure', 'unit', 'code', null, null, false, null, 'Column of the membership class with the unit (kind unit).'),
  ('structure', 'members', 'code', null, null, false, null, 'Column with the users of a team, with multiple: true (kind team).'),
  ('structure', 'max_depth', 'integer', null, null, false, '30', 'How many levels down rights can reach, 1 to 30; 1 is directly below only.'),

  ('role', 'name', 'texts', null, null, false, '{}', 'Name for people.'),
  ('role', 'tables', 'boolean', null, null, false, 'false', 'Members may read and write the class tables in schema data, as reporting tools do, not only the API views.'),
  ('role', 'rights', 'entries', null, null, false, '[]', 'What the role may do, a list of rights.'),

  ('right', 'class', 'class', null, null, false, null, 'Class that the right is about.'),
  ('right', 'query', 'path', null, null, false, null, 'Query that the right is about.'),
  ('right', 'import', 'path', null, null, false, null, 'Import that the right is about.'),
  ('right', 'export', 'path', null, null, false, null, 'Export that the right is about.'),
  ('right', 'workflow', 'path', null, null, false, null, 'Workflow that the right is about.'),
  ('right', 'job', 'path', null, null, false, null, 'Job that the right is about.'),
  ('right', 'script', 'path', null, null, false, null, 'Script that the right is about.'),
  ('right', 'event', 'text', null, null, false, null, 'Code of events that the right is about, or their beginning with `*`, such as `paid-*`.'),
  ('right', 'page', 'path', null, null, false, null, 'Page that the right is about.'),
  ('right', 'allow', 'list', null, null, true, null, 'Operations; of a class read, insert, change, delete, mass_change, mass_delete.'),
  ('right', 'scope', 'class', null, null, false, '"all"', 'Every row (`all`), or the organisation structure that divides the rows.'),
  ('right', 'column', 'code', null, null, false, null, 'Column of the class with the unit, or the user in a manager structure.'),
  ('right', 'depth', 'integer', null, null, false, '0', '0 means own units only, else also those below, so many levels down.'),
  ('right', 'hide', 'list', null, null, false, '[]', 'Columns that the right leaves out.')
) as v (place, key, kind, choices, column_types, required, preset, note);

comment on view meta.vocabulary is 'Keys of definitions by place (file, model, class, column, query, ...), with kind, choices, preset and meaning.';

grant select on meta.vocabulary to pgears_admin, pgears_runner;
