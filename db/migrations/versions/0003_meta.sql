-- Definitions of business objects: models, classes, columns, keys, queries.
--
-- Texts that people read are jsonb objects by language code. Class and column ids name
-- the physical objects (data.datarow_<id>, c<id>); codes name the API views.

create table meta.language (
  code text,
  name text not null,
  is_default boolean not null default false,
  constraint language_pkey primary key (code),
  constraint language_code_check check (code ~ '^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$')
);

comment on table meta.language is 'Languages in which names and localised texts are kept.';

create unique index language_is_default_idx on meta.language (is_default) where is_default;

insert into meta.language (code, name, is_default) values ('en', 'English', true);

create table meta.model (
  id bigint generated always as identity,
  code text not null,
  name jsonb not null default '{}',
  languages text[] not null default '{}',
  created timestamptz not null default now(),
  constraint model_pkey primary key (id),
  constraint model_code_key unique (code),
  constraint model_code_check check (code ~ '^[a-z][a-z0-9_-]*$')
);

comment on table meta.model is 'A group of classes that is developed and moved between instances together.';

create table meta.class (
  id bigint generated always as identity,
  model_id bigint not null,
  code text not null,
  name jsonb not null default '{}',
  parent_id bigint,
  ancestors bigint[] not null default '{}',
  description text not null default '',
  archive boolean not null default false,
  deletion text not null default 'logical',
  web_service boolean not null default false,
  limits_sql text,
  description_column integer not null default 0,
  description_sql text,
  created timestamptz not null default now(),
  constraint class_pkey primary key (id),
  constraint class_model_id_code_key unique (model_id, code),
  constraint class_model_id_fkey foreign key (model_id) references meta.model (id),
  constraint class_parent_id_fkey foreign key (parent_id) references meta.class (id),
  constraint class_code_check check (code ~ '^[a-z][a-z0-9_-]*$'),
  constraint class_deletion_check check (deletion in ('logical', 'physical'))
);

create index class_parent_id_idx on meta.class (parent_id);

comment on table meta.class is 'A business object; its rows live in data.datarow_<id>.';
comment on column meta.class.ancestors is 'Parent, its parent and so on: fixed once made, so that nobody walks the tree again.';
comment on column meta.class.description is 'Format of the short description, such as "{{column.number}} {{column.subject}}".';
comment on column meta.class.limits_sql is 'Condition of the check constraint as it was built last; tells whether it must be built anew.';
comment on column meta.class.description_sql is 'Expression of the generated column shortdescription as it was built last.';

create table meta.class_column (
  id bigint generated always as identity,
  class_id bigint not null,
  code text not null,
  type text not null,
  definition jsonb not null default '{}',
  position integer not null,
  calculated_sql text,
  created timestamptz not null default now(),
  constraint class_column_pkey primary key (id),
  constraint class_column_class_id_code_key unique (class_id, code),
  constraint class_column_class_id_fkey foreign key (class_id) references meta.class (id),
  constraint class_column_code_check check (code ~ '^[a-z][a-z0-9_-]*$')
);

comment on table meta.class_column is 'A column of a class and of the classes that inherit from it; physically c<id>.';
comment on column meta.class_column.definition is 'Keys of the model file except type, renamed_from and the classes referred to, which are rows of meta.column_target.';

create table meta.column_target (
  column_id bigint,
  class_id bigint,
  position integer not null,
  constraint column_target_pkey primary key (column_id, class_id),
  constraint column_target_column_id_fkey foreign key (column_id) references meta.class_column (id) on delete cascade,
  constraint column_target_class_id_fkey foreign key (class_id) references meta.class (id)
);

create index column_target_class_id_idx on meta.column_target (class_id);

comment on table meta.column_target is 'Classes that a reference column may point to.';

create table meta.dropped_column (
  column_id bigint,
  class_id bigint not null,
  physical text not null,
  dropped timestamptz not null default now(),
  constraint dropped_column_pkey primary key (class_id, physical)
);

comment on table meta.dropped_column is 'Physical columns whose definition is gone but which an API view may still show; swept when the view is renewed.';

create table meta.class_key (
  id bigint generated always as identity,
  class_id bigint not null,
  column_ids bigint[] not null,
  constraint class_key_pkey primary key (id),
  constraint class_key_class_id_column_ids_key unique (class_id, column_ids),
  constraint class_key_class_id_fkey foreign key (class_id) references meta.class (id) on delete cascade,
  constraint class_key_column_ids_check check (cardinality(column_ids) > 0)
);

comment on table meta.class_key is 'Natural keys: values unique among the rows of a class that are not deleted.';

create table meta.query (
  id bigint generated always as identity,
  model_id bigint not null,
  code text not null,
  name jsonb not null default '{}',
  sql text not null,
  constraint query_pkey primary key (id),
  constraint query_model_id_code_key unique (model_id, code),
  constraint query_model_id_fkey foreign key (model_id) references meta.model (id),
  constraint query_code_check check (code ~ '^[a-z][a-z0-9_-]*$')
);

comment on table meta.query is 'A stored SELECT of a model, shown as an API view; {{class.code}} stands for the API view of a class.';

create table meta.api_view (
  name text,
  kind text not null,
  object_id bigint not null,
  stamp text not null,
  columns text[] not null,
  definition text not null,
  renewed timestamptz not null default now(),
  constraint api_view_pkey primary key (name),
  constraint api_view_kind_object_id_key unique (kind, object_id),
  constraint api_view_kind_check check (kind in ('class', 'all', 'query'))
);

comment on table meta.api_view is 'API views as they were renewed last. No foreign key to the class: a view outlives its class until "pgears views update".';
comment on column meta.api_view.stamp is 'Hash of the definition from which the view was made; a different one now means that the view is stale.';
comment on column meta.api_view.columns is 'For each column of the view in order, what it shows (system name, c<id>, c<id>__text): tells a rename from a new column.';
comment on column meta.api_view.definition is 'Hash of the view as PostgreSQL keeps it; a different one now means that the view was altered by hand.';

create table meta.class_hook (
  class_id bigint,
  code text,
  event text not null,
  position integer not null default 0,
  statement text not null,
  constraint class_hook_pkey primary key (class_id, code),
  constraint class_hook_class_id_fkey foreign key (class_id) references meta.class (id) on delete cascade,
  constraint class_hook_event_check check (event in ('inserted', 'updated', 'deleted'))
);

comment on table meta.class_hook is
'Statements that other rooms have built into the after triggers of a class; they read new_rows and old_rows and set v_ring when they enqueue.';
