-- What a model file holds beside classes: each section with the functions that keep it.
--
-- A section joins plan, apply and dump by a row here and its keys in meta.vocabulary. While
-- its functions are missing, files that use it are refused.

create table meta.model_section (
  code text,
  place text not null,
  position integer not null,
  set_function text not null,
  drop_function text not null,
  list_function text not null,
  destructive boolean not null default false,
  constraint model_section_pkey primary key (code),
  constraint model_section_place_key unique (place),
  constraint model_section_position_key unique (position)
);

comment on table meta.model_section is 'Sections of model files beside classes, in the order in which they are applied; dropped in reverse.';
comment on column meta.model_section.code is 'Key of the model file, such as rules.';
comment on column meta.model_section.place is 'Place in meta.vocabulary of the keys of one definition, such as rule.';
comment on column meta.model_section.set_function is 'Function (model bigint, code text, definition jsonb) that makes or changes one.';
comment on column meta.model_section.drop_function is 'Function (id bigint) that drops one.';
comment on column meta.model_section.list_function is 'Function (model bigint) that gives id, code and definition of each, classes as model.class.';
comment on column meta.model_section.destructive is 'Whether dropping one loses what the file could not bring back, or what others see.';

insert into meta.model_section (code, place, position, set_function, drop_function, list_function, destructive)
values
('queries', 'query', 10, 'meta.set_query', 'meta.drop_query', 'meta.query_definitions', true),
('notifications', 'notification', 20, 'flow.set_notification', 'flow.drop_notification', 'flow.notification_definitions', false),
('rules', 'rule', 30, 'flow.set_rule', 'flow.drop_rule', 'flow.rule_definitions', false),
('mailboxes', 'mailbox', 40, 'mail.set_mailbox', 'mail.drop_mailbox', 'mail.mailbox_definitions', true);
