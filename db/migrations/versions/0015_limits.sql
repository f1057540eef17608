-- Strict order of tasks by key; limits of how many of a kind run at once, or begin in a time.
--
-- A task with a key that is not the first of its key is "blocked" and in no index that claims
-- walk. Limits are counted in a table of their own, so that tasks of kinds without limits
-- cost what they did.

alter table queue.kind
  add column parallel_limit integer,
  add column rate_limit integer,
  add column rate_interval interval,
  add constraint kind_parallel_limit_check check (parallel_limit >= 1),
  add constraint kind_rate_limit_check check (
    case when rate_limit is null then rate_interval is null else rate_limit >= 1 and rate_interval > interval '0' end
  );

comment on column queue.kind.parallel_limit is 'Most tasks that run at once, of all runners together.';
comment on column queue.kind.rate_limit is 'Most tasks that begin in any rate_interval, of all runners together.';

alter table queue.task add column key text;

create index task_kind_key_id_idx on queue.task (kind, key, id) where key is not null;

comment on column queue.task.state is
'ready, delayed (has due), leased (has runner and token) or blocked (has key): written by functions of this schema alone, '
'so no check that each writer would pay for.';
comment on column queue.task.key is 'Tasks of one kind and key are done one after the other, in their order; a dead one blocks those behind it.';

alter table queue.dead add column key text;

create index dead_kind_key_idx on queue.dead (kind, key) where key is not null;

create table queue.slot (
  kind text not null,
  task_id bigint not null,
  token uuid not null,
  at timestamptz not null,
  constraint slot_pkey primary key (kind, task_id, token)
);

comment on table queue.slot is 'Tasks of kinds with limits that run, or began within the interval of their rate.';
