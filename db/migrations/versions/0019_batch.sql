-- Imports and exports of files: definitions, runs with their counters, rows in error.
--
-- Statements that write class rows run with the importer's own rights and read the staging
-- tables of schema batch by name; what may be read there is granted table by table.

grant usage on schema batch to public;

create table batch.import (
  id bigint generated always as identity,
  model_id bigint not null,
  code text not null,
  class_id bigint not null,
  enabled boolean not null default true,
  integration boolean not null default false,
  definition jsonb not null,
  constraint import_pkey primary key (id),
  constraint import_model_id_code_key unique (model_id, code),
  constraint import_model_id_fkey foreign key (model_id) references meta.model (id) on delete cascade,
  constraint import_class_id_fkey foreign key (class_id) references meta.class (id) on delete cascade
);

create index import_class_id_idx on batch.import (class_id);

comment on table batch.import is 'How files of a kind become rows of a class.';

create table batch.import_run (
  id bigint generated always as identity,
  import_id bigint not null,
  state text not null,
  account text not null,
  cause text not null,
  cause_key jsonb not null default '{}',
  file_name text not null,
  path text,
  file_id bigint,
  force boolean not null default false,
  size bigint,
  checksum bytea,
  token uuid,
  fields text[],
  direct boolean not null default false,
  rows_read bigint not null default 0,
  inserted bigint not null default 0,
  updated bigint not null default 0,
  unchanged bigint not null default 0,
  deleted_before bigint not null default 0,
  deleted_missing bigint not null default 0,
  ignored bigint not null default 0,
  errors bigint not null default 0,
  error text,
  notes text[] not null default '{}',
  created timestamptz not null,
  started timestamptz,
  ended timestamptz,
  constraint import_run_pkey primary key (id),
  constraint import_run_import_id_fkey foreign key (import_id) references batch.import (id) on delete cascade,
  constraint import_run_file_id_fkey foreign key (file_id) references core.file (id) on delete set null,
  constraint import_run_state_check check (state in ('waiting', 'running', 'done', 'refused', 'failed', 'skipped', 'broken'))
);

create index import_run_import_id_checksum_idx on batch.import_run (import_id, checksum) where state in ('running', 'done');
create index import_run_state_idx on batch.import_run (state, id) where state in ('waiting', 'running');
create index import_run_file_id_idx on batch.import_run (file_id) where file_id is not null;
create unique index import_run_path_idx on batch.import_run (import_id, path) where cause = 'folder' and state in ('waiting', 'running');
create unique index import_run_cause_cause_key_idx on batch.import_run (cause, cause_key) where cause in ('job', 'workflow');

comment on table batch.import_run is 'Runs of imports: one row for each file, with what became of it.';
comment on column batch.import_run.state is
'waiting, running, done (rows went in), refused (rows in error, nothing went in), failed (the file cannot be read as defined, or a limit of '
'the run), skipped (the same file went in before), broken (its process died; nothing went in).';
comment on column batch.import_run.account is 'With whose rights the rows are written.';
comment on column batch.import_run.cause is 'command, service, folder, job, workflow.';
comment on column batch.import_run.cause_key is 'Who waits for the end: run and position of a job, branch of a workflow.';
comment on column batch.import_run.token is 'Changes with every start: a process that was given up writes nothing any more.';
comment on column batch.import_run.fields is 'Columns of the file, in its order.';
comment on column batch.import_run.direct is 'The file went to the server as it is: records are counted, lines are found out when they are asked for.';

create table batch.import_error (
  run_id bigint not null,
  record bigint not null,
  line bigint,
  column_code text,
  value text,
  reason text not null,
  constraint import_error_run_id_fkey foreign key (run_id) references batch.import_run (id) on delete cascade
);

create index import_error_run_id_record_idx on batch.import_error (run_id, record);

comment on table batch.import_error is 'Rows of files that did not go in, each with column, value and reason.';
comment on column batch.import_error.record is 'Number of the record in the file, from 1.';
comment on column batch.import_error.line is 'Line of the file on which the record begins; of a spreadsheet, its row.';

create table batch.import_reject (
  run_id bigint not null,
  record bigint not null,
  fields text[] not null,
  constraint import_reject_pkey primary key (run_id, record),
  constraint import_reject_run_id_fkey foreign key (run_id) references batch.import_run (id) on delete cascade
);

comment on table batch.import_reject is 'Records in error as they stood in the file: what the error file is made of.';

create table batch.export (
  id bigint generated always as identity,
  model_id bigint not null,
  code text not null,
  class_id bigint,
  query_id bigint,
  enabled boolean not null default true,
  integration boolean not null default false,
  definition jsonb not null,
  constraint export_pkey primary key (id),
  constraint export_model_id_code_key unique (model_id, code),
  constraint export_model_id_fkey foreign key (model_id) references meta.model (id) on delete cascade,
  constraint export_class_id_fkey foreign key (class_id) references meta.class (id) on delete cascade,
  constraint export_query_id_fkey foreign key (query_id) references meta.query (id) on delete cascade,
  constraint export_source_check check (num_nonnulls(class_id, query_id) = 1)
);

create index export_class_id_idx on batch.export (class_id);
create index export_query_id_idx on batch.export (query_id);

comment on table batch.export is 'How rows of a class or query become files.';

create table batch.export_run (
  id bigint generated always as identity,
  export_id bigint not null,
  state text not null,
  account text not null,
  cause text not null,
  cause_key jsonb not null default '{}',
  path text,
  file_id bigint,
  token uuid,
  rows_written bigint not null default 0,
  size bigint,
  error text,
  created timestamptz not null,
  started timestamptz,
  ended timestamptz,
  constraint export_run_pkey primary key (id),
  constraint export_run_export_id_fkey foreign key (export_id) references batch.export (id) on delete cascade,
  constraint export_run_file_id_fkey foreign key (file_id) references core.file (id) on delete set null,
  constraint export_run_state_check check (state in ('waiting', 'running', 'done', 'failed', 'broken'))
);

create index export_run_export_id_idx on batch.export_run (export_id, id);
create unique index export_run_cause_cause_key_idx on batch.export_run (cause, cause_key) where cause in ('job', 'workflow');
create index export_run_state_idx on batch.export_run (state, id) where state in ('waiting', 'running');
create index export_run_file_id_idx on batch.export_run (file_id) where file_id is not null;

comment on table batch.export_run is 'Runs of exports.';
comment on column batch.export_run.account is 'Whose rights decide which rows are in the file.';

create table batch.progress (
  kind text,
  run_id bigint,
  lease_until timestamptz not null,
  phase text not null,
  done bigint not null default 0,
  total bigint,
  constraint progress_pkey primary key (kind, run_id),
  constraint progress_kind_check check (kind in ('import', 'export'))
) with (fillfactor = 50);

comment on table batch.progress is
'How far running imports and exports are, and until when their process is taken for alive: apart from the run, which the transaction that does the work holds.';

insert into queue.kind (kind, description, max_attempts, timeout)
values
('batch.import', 'Import a file into a class.', 5, '12 hours'),
('batch.export', 'Export rows to a file.', 5, '12 hours');

-- "run" is an import or export, "answer" a call of another system.
alter table flow.branch
  drop constraint branch_waits_for_check,
  add constraint branch_waits_for_check check (waits_for in ('event', 'timer', 'person', 'workflow', 'branches', 'answer', 'run'));

insert into meta.model_section (code, place, position, set_function, drop_function, list_function, destructive)
values
('imports', 'import', 50, 'batch.set_import', 'batch.drop_import', 'batch.import_definitions', false),
('exports', 'export', 52, 'batch.set_export', 'batch.drop_export', 'batch.export_definitions', false);
