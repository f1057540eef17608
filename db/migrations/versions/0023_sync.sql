-- Synchronisation of classes with tables of other databases: definitions, runs, what was seen last.

create schema sync;

comment on schema sync is 'Synchronisation of classes with tables of other databases: definitions, runs, snapshots.';

revoke all on schema sync from public;
grant usage on schema sync to pgears_admin, pgears_runner;

create table sync.definition (
  id bigint generated always as identity,
  model_id bigint not null,
  code text not null,
  class_id bigint not null,
  enabled boolean not null default true,
  integration boolean not null default false,
  owner text not null,
  definition jsonb not null,
  position jsonb,
  unsure boolean not null default true,
  lease_token uuid,
  lease_until timestamptz,
  constraint definition_pkey primary key (id),
  constraint definition_model_id_code_key unique (model_id, code),
  constraint definition_model_id_fkey foreign key (model_id) references meta.model (id) on delete cascade,
  constraint definition_class_id_fkey foreign key (class_id) references meta.class (id) on delete cascade
);

create index definition_class_id_idx on sync.definition (class_id);

comment on table sync.definition is 'Which class is kept in step with which table of which database, and how.';
comment on column sync.definition.owner is 'Account that stored the definition: jobs and workflows synchronise with its rights.';
comment on column sync.definition.position is 'Watermark of the last run that succeeded: how far the source was read.';
comment on column sync.definition.unsure is 'The target may differ from the snapshot: the next run outwards reads the target.';
comment on column sync.definition.lease_token is 'Of the one process that does a run; another one may after lease_until.';

create table sync.run (
  id bigint generated always as identity,
  definition_id bigint not null,
  cause text not null,
  starter text not null,
  plan boolean not null default false,
  force boolean not null default false,
  state text not null default 'waiting',
  token uuid,
  compare text,
  created timestamptz not null,
  started timestamptz,
  ended timestamptz,
  read bigint not null default 0,
  inserted bigint not null default 0,
  updated bigint not null default 0,
  deleted bigint not null default 0,
  position jsonb,
  samples jsonb,
  error text,
  constraint run_pkey primary key (id),
  constraint run_definition_id_fkey foreign key (definition_id) references sync.definition (id) on delete cascade,
  constraint run_cause_check check (cause in ('manual', 'job', 'workflow')),
  constraint run_state_check check (state in ('waiting', 'reading', 'writing', 'done', 'refused', 'failed'))
);

create index run_definition_id_id_idx on sync.run (definition_id, id);
create index run_created_idx on sync.run (created);

comment on table sync.run is 'Runs of synchronisations: who started them, what they read and wrote, and how they ended.';
comment on column sync.run.plan is 'A dry run: the numbers say what would be written, samples show some of it.';
comment on column sync.run.force is 'The limit of deletions does not hold.';
comment on column sync.run.compare is 'What the rows were compared with in this run: values, snapshot or watermark.';
comment on column sync.run.read is 'Rows read from the other side.';

create table sync.problem (
  id bigint generated always as identity,
  run_id bigint not null,
  key text,
  column_code text,
  value text,
  reason text not null,
  constraint problem_pkey primary key (id),
  constraint problem_run_id_fkey foreign key (run_id) references sync.run (id) on delete cascade
);

create index problem_run_id_idx on sync.problem (run_id, id);

comment on table sync.problem is 'Rows because of which a run wrote nothing: key, column, value and reason, the first hundred of each kind.';

create table sync.snapshot (
  definition_id bigint,
  key_hash uuid,
  key text[] not null,
  hash uuid not null,
  constraint snapshot_pkey primary key (definition_id, key_hash),
  constraint snapshot_definition_id_fkey foreign key (definition_id) references sync.definition (id) on delete cascade
);

comment on table sync.snapshot is 'Keys and hashes of the rows as the last run left them, for synchronisations that compare with a snapshot.';

insert into queue.kind (kind, description, max_attempts, timeout)
values
('sync.run', 'Do a run of a synchronisation.', 3, '12 hours'),
('job.sync', 'Synchronise for a step of a job.', 3, '12 hours'),
('workflow.sync', 'Synchronise for a step of a workflow.', 3, '12 hours');

alter table flow.branch
  drop constraint branch_waits_for_check,
  add constraint branch_waits_for_check check (waits_for in ('event', 'timer', 'person', 'workflow', 'branches', 'answer', 'run', 'sync'));

insert into meta.model_section (code, place, position, set_function, drop_function, list_function, destructive)
values ('syncs', 'sync', 24, 'sync.set_sync', 'sync.drop_sync', 'sync.sync_definitions', true);
