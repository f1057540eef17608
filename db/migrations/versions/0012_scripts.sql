-- Scripts: SQL of a model under a code. Rules: more events, more actions.

insert into core.setting (code, value, note)
values ('integration', 'true', 'Integration switch: while false, scripts and jobs marked as integration do not run.');

create table flow.script (
  id bigint generated always as identity,
  model_id bigint not null,
  code text not null,
  class_id bigint,
  enabled boolean not null default true,
  integration boolean not null default false,
  url boolean not null default false,
  web_service boolean not null default false,
  definition jsonb not null,
  constraint script_pkey primary key (id),
  constraint script_model_id_code_key unique (model_id, code),
  constraint script_model_id_fkey foreign key (model_id) references meta.model (id) on delete cascade,
  constraint script_class_id_fkey foreign key (class_id) references meta.class (id)
);

create index script_class_id_idx on flow.script (class_id);

comment on table flow.script is 'Scripts of models; the code of one is the function data.script_<id>, which belongs to the account that stored it.';
comment on column flow.script.integration is 'Does not run while the integration switch is off.';
comment on column flow.script.url is 'May be called by URL.';
comment on column flow.script.web_service is 'May be called by web service.';

alter table flow.rule
  drop constraint rule_event_check,
  alter column notification_id drop not null,
  add column action text not null default 'notify',
  add column script_id bigint,
  add constraint rule_script_id_fkey foreign key (script_id) references flow.script (id),
  add constraint rule_event_check check (
    event in ('before_insert', 'before_update', 'before_delete', 'after_insert', 'after_update', 'after_delete')
  ),
  add constraint rule_action_check check (
    case action
      when 'notify' then notification_id is not null
      when 'script' then script_id is not null
      else action in ('set', 'refuse', 'raise', 'start', 'enqueue')
    end
  );

create index rule_script_id_idx on flow.rule (script_id);

comment on table flow.rule is 'What happens before or after rows of a class are written or deleted: a condition and an action, built into the triggers of the class.';
comment on column flow.rule.action is 'What it does: notify, set, refuse, script, raise (an event), start (a workflow), enqueue (a task).';

alter table meta.class_hook
  drop constraint class_hook_event_check,
  add constraint class_hook_event_check check (event in ('before_insert', 'before_update', 'inserted', 'updated', 'deleted'));

comment on table meta.class_hook is
'Statements that other rooms have built into the triggers of a class. Those of before_insert and before_update change the row "new"; '
'the others read new_rows and old_rows and set v_ring when they enqueue.';

insert into meta.model_section (code, place, position, set_function, drop_function, list_function, destructive)
values ('scripts', 'script', 22, 'flow.set_script', 'flow.drop_script', 'flow.script_definitions', false);

update queue.kind
set description = 'Do the action of a rule for the rows that it is for.'
where kind = 'rule';
