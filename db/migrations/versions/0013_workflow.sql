-- Events and workflows: definitions by version, running instances, their open branches, a log.
--
-- A branch is a place in an instance where something goes on or is waited for; a branch
-- that has ended has no row. What is to be done next is a task of the queue that names the branch
-- and its turn; a task of a former turn does nothing.

create table flow.event (
  id bigint generated always as identity,
  scope text not null,
  scope_id bigint not null,
  code text not null,
  payload jsonb not null,
  raised timestamptz not null,
  keep_until timestamptz not null,
  taken timestamptz,
  woken integer not null default 0,
  constraint event_pkey primary key (id),
  constraint event_scope_check check (scope in ('instance', 'workflow', 'global')),
  constraint event_code_check check (octet_length(code) between 1 and 500)
);

-- One of a kind waits to be taken: the first one raised.
create unique index event_scope_scope_id_code_idx on flow.event (scope, scope_id, code) where taken is null;
create index event_raised_idx on flow.event (raised);

comment on table flow.event is 'Events that were raised: taken by the branches that waited, or kept for one that will.';
comment on column flow.event.scope_id is 'Instance or workflow that the event is for; 0 for global.';
comment on column flow.event.keep_until is 'Until when an event that nobody waited for is kept, by core.now().';
comment on column flow.event.woken is 'Number of branches that went on by it.';

create table flow.workflow (
  id bigint generated always as identity,
  model_id bigint not null,
  code text not null,
  class_id bigint,
  version integer not null default 1,
  enabled boolean not null default true,
  definition jsonb not null,
  constraint workflow_pkey primary key (id),
  constraint workflow_model_id_code_key unique (model_id, code),
  constraint workflow_model_id_fkey foreign key (model_id) references meta.model (id),
  constraint workflow_class_id_fkey foreign key (class_id) references meta.class (id)
);

create index workflow_class_id_idx on flow.workflow (class_id);

comment on table flow.workflow is 'Workflows of models.';
comment on column flow.workflow.version is 'Version that new instances run.';
comment on column flow.workflow.definition is 'Keys of the model file without class and steps.';

create table flow.workflow_version (
  workflow_id bigint,
  version integer,
  steps jsonb not null,
  compiled jsonb not null,
  created timestamptz not null default now(),
  constraint workflow_version_pkey primary key (workflow_id, version),
  constraint workflow_version_workflow_id_fkey foreign key (workflow_id) references flow.workflow (id) on delete cascade
);

comment on table flow.workflow_version is 'Steps of each version of a workflow. One that has run is never changed.';
comment on column flow.workflow_version.compiled is 'The steps as the engine reads them: ids for codes, SQL for conditions and formats.';

create table flow.instance (
  id bigint generated always as identity,
  workflow_id bigint not null,
  version integer not null,
  state smallint not null default 0,
  class_id bigint,
  record_id bigint,
  variables jsonb not null default '{}',
  key text,
  parent_branch_id bigint,
  depth integer not null default 0,
  steps integer not null default 0,
  starter text not null,
  started timestamptz not null,
  ended timestamptz,
  error text,
  constraint instance_pkey primary key (id),
  constraint instance_workflow_id_version_fkey foreign key (workflow_id, version) references flow.workflow_version (workflow_id, version),
  constraint instance_state_check check (state in (0, 1, 2, 3, 6))
);

create unique index instance_workflow_id_key_idx on flow.instance (workflow_id, key) where key is not null;
create index instance_workflow_id_version_idx on flow.instance (workflow_id, version);
create index instance_class_id_record_id_idx on flow.instance (class_id, record_id);
create index instance_parent_branch_id_idx on flow.instance (parent_branch_id) where parent_branch_id is not null;
create index instance_state_idx on flow.instance (state, id) where state in (0, 3, 6);

comment on table flow.instance is 'Runs of workflows.';
comment on column flow.instance.state is '0 running, 1 finished, 2 cancelled, 3 failed, 6 paused.';
comment on column flow.instance.key is 'Given by whoever starts it: a second start with the same key is the same instance.';
comment on column flow.instance.parent_branch_id is 'Branch of another instance that waits for this one.';
comment on column flow.instance.steps is 'Steps done; more than 100,000 are taken for a circle.';

create table flow.branch (
  id bigint generated always as identity,
  instance_id bigint not null,
  parent_id bigint,
  step text not null,
  turn integer not null default 1,
  attempts integer not null default 0,
  waits_for text,
  woken boolean not null default false,
  late boolean not null default false,
  result jsonb,
  scope text,
  scope_id bigint,
  event_code text,
  until timestamptz,
  timer_id bigint,
  since timestamptz not null,
  constraint branch_pkey primary key (id),
  constraint branch_instance_id_fkey foreign key (instance_id) references flow.instance (id) on delete cascade,
  constraint branch_parent_id_fkey foreign key (parent_id) references flow.branch (id) on delete cascade,
  constraint branch_waits_for_check check (waits_for in ('event', 'timer', 'person', 'workflow', 'branches'))
) with (fillfactor = 80);

create index branch_instance_id_idx on flow.branch (instance_id);
create index branch_parent_id_idx on flow.branch (parent_id) where parent_id is not null;
create index branch_scope_scope_id_event_code_idx on flow.branch (scope, scope_id, event_code) where waits_for = 'event';

comment on table flow.branch is 'Open branches of instances: what is to be done next, or what is waited for.';
comment on column flow.branch.turn is 'Grows whenever the branch goes on; a task or timer of a former turn does nothing.';
comment on column flow.branch.woken is 'What the step waited for has come: "result" has it, or "late" says that the deadline came first.';
comment on column flow.branch.timer_id is 'Delayed task of the queue that ends the wait.';

create table flow.step_log (
  id bigint generated always as identity,
  instance_id bigint not null,
  branch_id bigint not null,
  step text not null,
  outcome text not null,
  next text,
  at timestamptz not null,
  detail text,
  constraint step_log_pkey primary key (id),
  constraint step_log_instance_id_fkey foreign key (instance_id) references flow.instance (id) on delete cascade,
  constraint step_log_outcome_check check (outcome in ('done', 'waits', 'failed', 'cancelled', 'moved'))
);

create index step_log_instance_id_idx on flow.step_log (instance_id, id);

comment on table flow.step_log is 'What became of every step of every instance, in order.';

create table flow.assignment (
  id bigint generated always as identity,
  instance_id bigint not null,
  branch_id bigint not null,
  step text not null,
  subject text not null,
  assignee text not null,
  deputies text[] not null default '{}',
  deadline timestamptz,
  state text not null default 'open',
  outcome text,
  created timestamptz not null,
  completed timestamptz,
  completed_by text,
  constraint assignment_pkey primary key (id),
  constraint assignment_instance_id_fkey foreign key (instance_id) references flow.instance (id) on delete cascade,
  constraint assignment_state_check check (state in ('open', 'completed', 'late', 'cancelled'))
);

create index assignment_branch_id_idx on flow.assignment (branch_id);
create index assignment_instance_id_idx on flow.assignment (instance_id);
create index assignment_assignee_idx on flow.assignment (assignee) where state = 'open';

comment on table flow.assignment is 'Tasks for people that workflows wait for.';
comment on column flow.assignment.assignee is 'Account, or a role of PostgreSQL whose members may complete it.';

insert into queue.kind (kind, description, function, max_attempts, backoff_cap, keep)
values ('workflow.step', 'Go on with a branch of a workflow.', 'flow.run_step', 100, '1 minute', '0');

insert into meta.model_section (code, place, position, set_function, drop_function, list_function, destructive)
values ('workflows', 'workflow', 26, 'flow.set_workflow', 'flow.drop_workflow', 'flow.workflow_definitions', true);

-- A constraint trigger cannot be replaced by a file, so it is made here; its function is
-- written by its file, right after this.
create function flow.check_sub_workflows()
returns trigger
language plpgsql
as $$
begin
  return null;
end;
$$;

create constraint trigger t50_sub_workflows
after insert or update of steps on flow.workflow_version
deferrable initially deferred
for each row
execute function flow.check_sub_workflows();
