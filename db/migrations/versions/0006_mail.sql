-- Mailboxes whose messages become rows of classes.

create table mail.mailbox (
  id bigint generated always as identity,
  model_id bigint not null,
  code text not null,
  class_id bigint not null,
  enabled boolean not null default true,
  definition jsonb not null,
  constraint mailbox_pkey primary key (id),
  constraint mailbox_model_id_code_key unique (model_id, code),
  constraint mailbox_model_id_fkey foreign key (model_id) references meta.model (id) on delete cascade,
  constraint mailbox_class_id_fkey foreign key (class_id) references meta.class (id) on delete cascade
);

create index mailbox_class_id_idx on mail.mailbox (class_id);

comment on table mail.mailbox is 'A mailbox that is read, and the class that its messages become rows of.';
comment on column mail.mailbox.definition is 'Keys of the model file.';
