-- Scripts, workflows, jobs and events for accounts with the right; doors; links that act.

-- Their parameters or results change; the files make them anew right after this.
drop function if exists api.my_tasks();
drop function if exists api.complete_task(bigint, text, jsonb);
drop function if exists api.raise_event(text, text, bigint, jsonb);
drop function if exists api.run_script(text, jsonb, boolean);
drop function if exists api.start_workflow(text, bigint, jsonb, text);
drop function if exists flow.start_workflow(text, bigint, jsonb, text);
drop function if exists flow.complete_assignment(bigint, text, jsonb);
drop function if exists flow.raise_event(text, text, bigint, jsonb, interval);
drop function if exists flow.start_instance(bigint, bigint, bigint, jsonb, text, bigint);

-- Everybody may name what is in the schema of public functions; each object has its own grants.
grant usage on schema api to public;

insert into core.setting (code, value, note)
values ('web_service', 'true', 'Web service switch: while false, scripts, workflows, jobs and events cannot be called from outside.');

alter table access.role_right
  drop constraint role_right_kind_check,
  add constraint role_right_kind_check check (
    kind in ('class', 'query', 'import', 'export', 'workflow', 'job', 'script', 'event', 'page')
  );

comment on column access.role_right.object is 'Code of an object whose kind has no table of its own here; of an event, its code or the beginning of it with *.';

alter table flow.branch add column doors text[] not null default '{}';

comment on column flow.branch.doors is 'Doors by which the event that is waited for may come from outside: web_service, url.';

alter table flow.event
  add column door text,
  add constraint event_door_check check (door in ('web_service', 'url'));

comment on column flow.event.door is 'Door by which it came from outside; null for one raised inside.';

-- An event from outside that its step does not take must not keep the place of one raised inside.
drop index flow.event_scope_scope_id_code_idx;
create unique index event_scope_scope_id_code_door_idx on flow.event (scope, scope_id, code, coalesce(door, '')) where taken is null;

create index assignment_deputies_idx on flow.assignment using gin (deputies) where state = 'open' and deputies <> '{}';

create table flow.link (
  id bigint generated always as identity,
  sha256 bytea not null,
  account text not null,
  operation text not null,
  object text,
  arguments jsonb not null default '{}',
  assignment_id bigint,
  class_id bigint,
  record_id bigint,
  created timestamptz not null,
  expires timestamptz not null,
  used timestamptz,
  choice text,
  result jsonb,
  constraint link_pkey primary key (id),
  constraint link_sha256_key unique (sha256),
  constraint link_sha256_check check (octet_length(sha256) = 32),
  constraint link_operation_check check (operation in ('complete_task', 'run_script', 'start_workflow', 'run_job', 'raise_event')),
  constraint link_assignment_id_fkey foreign key (assignment_id) references flow.assignment (id) on delete cascade
);

create index link_assignment_id_idx on flow.link (assignment_id) where assignment_id is not null;
create index link_expires_idx on flow.link (expires);

comment on table flow.link is 'Links that act once, for the account that they are bound to; the token itself is only in the link.';
comment on column flow.link.sha256 is 'SHA-256 of the token.';
comment on column flow.link.choice is 'What was chosen when it was used, such as the outcome of a task.';
comment on column flow.link.result is 'What the action gave when it was used.';
