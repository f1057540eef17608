-- What follows a change: notifications and the rules that send them.
--
-- Texts and conditions are kept as they were written (definition) and as the SQL that they
-- were compiled to, so that running a rule parses nothing.

create table flow.notification (
  id bigint generated always as identity,
  model_id bigint not null,
  code text not null,
  class_id bigint not null,
  definition jsonb not null,
  arguments_sql text not null,
  constraint notification_pkey primary key (id),
  constraint notification_model_id_code_key unique (model_id, code),
  constraint notification_model_id_fkey foreign key (model_id) references meta.model (id) on delete cascade,
  constraint notification_class_id_fkey foreign key (class_id) references meta.class (id) on delete cascade
);

comment on table flow.notification is 'A mail about a row of a class, with {{column.code}} in its texts.';
comment on column flow.notification.arguments_sql is 'Arguments of mail.send() as SQL over a row "r" of the class table.';

create table flow.rule (
  id bigint generated always as identity,
  model_id bigint not null,
  code text not null,
  class_id bigint not null,
  event text not null,
  notification_id bigint not null,
  enabled boolean not null default true,
  position integer not null default 0,
  definition jsonb not null,
  constraint rule_pkey primary key (id),
  constraint rule_model_id_code_key unique (model_id, code),
  constraint rule_model_id_fkey foreign key (model_id) references meta.model (id) on delete cascade,
  constraint rule_class_id_fkey foreign key (class_id) references meta.class (id) on delete cascade,
  constraint rule_notification_id_fkey foreign key (notification_id) references flow.notification (id),
  constraint rule_event_check check (event in ('after_insert', 'after_update'))
);

create index rule_notification_id_idx on flow.rule (notification_id);

comment on table flow.rule is 'What happens after rows of a class were written: a condition and an action, built into the triggers of the class.';

create index notification_class_id_idx on flow.notification (class_id);
create index rule_class_id_idx on flow.rule (class_id);

insert into queue.kind (kind, description, function)
values ('rule', 'Send the notification of a rule about the rows that it is for.', 'flow.run_rule');
