-- Calls to other systems: targets, the calls themselves, and what waits for their answers.
--
-- A call is in the queue only while its target has room: the others are parked in the order in
-- which they were written, so that a slow or broken target costs the queue nothing.

create schema http;

comment on schema http is 'Calls to other systems by HTTP: targets, calls and their answers.';
comment on schema web is 'Tokens and signed links.';

revoke all on schema http from public;
grant usage on schema http to pgears_admin, pgears_runner;

create table http.target (
  id bigint generated always as identity,
  model_id bigint not null,
  code text not null,
  enabled boolean not null,
  integration boolean not null,
  definition jsonb not null,
  attempts integer not null,
  backoff interval not null,
  backoff_most interval not null,
  retry_unknown boolean not null,
  max_parallel integer not null,
  per_minute integer,
  breaker_failures integer not null,
  breaker_pause interval not null,
  free_at timestamptz,
  failures integer not null default 0,
  open_until timestamptz,
  probe_id bigint,
  constraint target_pkey primary key (id),
  constraint target_model_id_code_key unique (model_id, code),
  constraint target_model_id_fkey foreign key (model_id) references meta.model (id) on delete cascade,
  constraint target_attempts_check check (attempts between 1 and 100),
  constraint target_max_parallel_check check (max_parallel between 1 and 1000),
  constraint target_per_minute_check check (per_minute between 1 and 100000),
  constraint target_breaker_failures_check check (breaker_failures between 0 and 1000)
) with (fillfactor = 50);

comment on table http.target is 'Systems that are called, as models define them, and how they are doing.';
comment on column http.target.free_at is 'When the next call may begin under per_minute.';
comment on column http.target.failures is 'Attempts that failed one after the other, none succeeding in between.';
comment on column http.target.open_until is 'The breaker is open until then; later, one call at a time tries. Null: it is closed.';
comment on column http.target.probe_id is 'The call that tries whether the target is back.';

create table http.call (
  id bigint generated always as identity,
  target_id bigint,
  target text not null,
  key text not null,
  method text not null,
  path text not null,
  headers jsonb not null,
  content_type text,
  body bytea,
  class_id bigint,
  row_id bigint,
  state text not null,
  parked boolean not null default false,
  hold text,
  attempts integer not null default 0,
  task_id bigint,
  token uuid,
  slot timestamptz,
  created timestamptz not null,
  creator text not null,
  attempted timestamptz,
  settled timestamptz,
  status integer,
  response_headers jsonb,
  response bytea,
  truncated boolean not null default false,
  duration interval,
  error text,
  then_kind text,
  then_payload jsonb,
  constraint call_pkey primary key (id),
  constraint call_target_id_key_key unique (target_id, key),
  constraint call_target_id_fkey foreign key (target_id) references http.target (id) on delete set null,
  constraint call_class_id_fkey foreign key (class_id) references meta.class (id) on delete set null,
  constraint call_state_check check (
    state in ('queued', 'sending', 'retrying', 'held', 'done', 'refused', 'unknown', 'dead', 'cancelled')
  ),
  constraint call_hold_check check (hold in ('guard', 'integration', 'disabled'))
) with (fillfactor = 70);

create index call_parked_idx on http.call (target_id, id) where parked;
create index call_target_id_state_idx on http.call (target_id, state) where settled is null;
create index call_hold_idx on http.call (target_id, hold, id) where state = 'held';
create index call_open_idx on http.call (id) where state in ('queued', 'sending', 'retrying') and not parked;
create index call_settled_idx on http.call (settled) where settled is not null;
create index call_row_id_idx on http.call (class_id, row_id) where class_id is not null;

comment on table http.call is 'Calls: what is sent, once and for all attempts, and what came back.';
comment on column http.call.target is 'Name of the target as it was when the call was written.';
comment on column http.call.key is 'The idempotency key: the same in every attempt.';
comment on column http.call.parked is 'It waits in the line of its target and has no task.';
comment on column http.call.hold is 'Why it is held: by the guard of the environment, the integration switch, or a target that is switched off.';
comment on column http.call.slot is 'When it may begin under the pace of its target.';
comment on column http.call.then_kind is 'Kind of a task that is enqueued, with then_payload, call and state, when the call has ended.';

alter table flow.branch
  drop constraint branch_waits_for_check,
  add constraint branch_waits_for_check check (waits_for in ('event', 'timer', 'person', 'workflow', 'branches', 'answer'));

alter table flow.rule
  drop constraint rule_action_check,
  add constraint rule_action_check check (
    case action
      when 'notify' then notification_id is not null
      when 'script' then script_id is not null
      else action in ('set', 'refuse', 'raise', 'start', 'enqueue', 'call')
    end
  );

insert into queue.kind (kind, description, max_attempts, timeout, keep)
values ('http.call', 'Call another system.', 10000, '15 minutes', '0');

insert into queue.kind (kind, description, function, max_attempts, backoff_cap, keep)
values
('workflow.answer', 'Go on with a step whose call has ended.', 'flow.answer_step', 100, '1 minute', '0'),
('job.answer', 'Go on with a job whose call has ended.', 'flow.answer_job', 100, '1 minute', '0');

insert into meta.model_section (code, place, position, set_function, drop_function, list_function, destructive)
values ('targets', 'target', 18, 'http.set_target', 'http.drop_target', 'http.target_definitions', false);

insert into core.setting (code, value, note)
values
('http.keep_done', '"30 days"', 'How long calls that succeeded or were cancelled are kept.'),
('http.keep_failed', '"365 days"', 'How long calls that were refused or gave up are kept.');
