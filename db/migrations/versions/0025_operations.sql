-- Operations: what belongs to one request is found by one id, and failed runs by an index.
--
-- The id is the setting pgears.correlation of the transaction. A default reads it, so that
-- whoever inserts a task, a mail or a call passes it on without knowing of it.

alter table queue.task
  alter column correlation set default nullif(current_setting('pgears.correlation', true), '')::uuid;

comment on column queue.task.correlation is
'What the task belongs to: the request, or the task, whose transaction stored it (setting pgears.correlation).';

alter table http.call
  add column correlation uuid,
  alter column correlation set default nullif(current_setting('pgears.correlation', true), '')::uuid;

comment on column http.call.correlation is 'The request or task that the call belongs to, as of queue.task.';
comment on column mail.message.correlation is 'The request or task that the mail belongs to, as of queue.task; or what its writer gave.';

create index message_correlation_idx on mail.message (correlation) where correlation is not null;
create index call_correlation_idx on http.call (correlation) where correlation is not null;

create index import_run_failed_idx on batch.import_run (created) where state in ('refused', 'failed', 'broken');
create index export_run_failed_idx on batch.export_run (created) where state in ('failed', 'broken');

-- Its result has one column more: correlation.
drop function if exists queue.claim(uuid, uuid, integer, text[], bigint[]);

insert into core.setting (code, value, note)
values
('doctor.oldest_transaction', '"1 hour"', 'Age from which "pgears doctor" tells of an open or prepared transaction.'),
('doctor.transaction_age', '1000000000', 'Transactions without freezing from which "pgears doctor" warns.');
