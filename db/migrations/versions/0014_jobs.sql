-- Jobs: what runs by time, each slot a row. Rules by date, once per record and offset.

create table flow.job (
  id bigint generated always as identity,
  model_id bigint,
  code text not null,
  enabled boolean not null default true,
  integration boolean not null default false,
  definition jsonb not null,
  compiled jsonb not null,
  next_slot timestamptz,
  created timestamptz not null,
  constraint job_pkey primary key (id),
  constraint job_model_id_code_key unique nulls not distinct (model_id, code),
  constraint job_model_id_fkey foreign key (model_id) references meta.model (id) on delete cascade
);

create index job_next_slot_idx on flow.job (next_slot) where enabled;

comment on table flow.job is 'Jobs of models, and one-time jobs made by scripts (without a model).';
comment on column flow.job.compiled is 'The steps as they are run: ids for codes.';
comment on column flow.job.next_slot is 'Time by core.now() of the next slot that has no row yet; null when there is none.';

create table flow.job_run (
  id bigint generated always as identity,
  job_id bigint not null,
  slot timestamptz,
  cause text not null,
  state text not null,
  position integer not null default 0,
  created timestamptz not null,
  started timestamptz,
  ended timestamptz,
  error text,
  constraint job_run_pkey primary key (id),
  constraint job_run_job_id_cause_slot_key unique (job_id, cause, slot),
  constraint job_run_job_id_fkey foreign key (job_id) references flow.job (id) on delete cascade,
  constraint job_run_cause_check check (cause in ('schedule', 'service start', 'manual', 'job')),
  constraint job_run_state_check check (state in ('waiting', 'running', 'done', 'failed', 'skipped', 'missed'))
);

create index job_run_job_id_id_idx on flow.job_run (job_id, id) where state in ('waiting', 'running');
create index job_run_created_idx on flow.job_run (created);

comment on table flow.job_run is 'Runs of jobs: one row for each slot, whether it ran, was skipped because one was running, or was missed.';
comment on column flow.job_run.slot is 'Scheduled time; null for runs that somebody started.';
comment on column flow.job_run.position is 'Step that is being done, from 1.';

create table flow.job_log (
  id bigint generated always as identity,
  run_id bigint not null,
  position integer not null,
  step text not null,
  outcome text not null,
  at timestamptz not null,
  detail text,
  constraint job_log_pkey primary key (id),
  constraint job_log_run_id_fkey foreign key (run_id) references flow.job_run (id) on delete cascade,
  constraint job_log_outcome_check check (outcome in ('done', 'failed', 'skipped', 'begun'))
);

create index job_log_run_id_idx on flow.job_log (run_id, id);

comment on table flow.job_log is 'What became of each step of each run.';

alter table flow.rule
  drop constraint rule_event_check,
  add column since timestamptz not null default now(),
  add constraint rule_event_check check (
    event in ('before_insert', 'before_update', 'before_delete', 'after_insert', 'after_update', 'after_delete', 'on_date')
  );

comment on column flow.rule.since is 'Of a rule by date: moments before this are passed over, by core.now().';

create table flow.fired_date (
  rule_id bigint,
  position integer,
  record_id bigint,
  at timestamptz not null,
  constraint fired_date_pkey primary key (rule_id, position, record_id),
  constraint fired_date_rule_id_fkey foreign key (rule_id) references flow.rule (id) on delete cascade
);

comment on table flow.fired_date is 'Offsets of rules by date that have acted, once for each record.';

insert into queue.kind (kind, description, function, max_attempts, backoff_cap, keep)
values ('job.run', 'Go on with a run of a job.', 'flow.run_job_steps', 100, '1 minute', '0');

insert into queue.kind (kind, description, max_attempts, timeout)
values
('job.command', 'Run a command of the allow-list for a step of a job.', 3, '1 hour'),
('job.action', 'Call a Python entry point for a step of a job.', 3, '1 hour');

insert into meta.model_section (code, place, position, set_function, drop_function, list_function, destructive)
values ('jobs', 'job', 36, 'flow.set_job', 'flow.drop_job', 'flow.job_definitions', false);
