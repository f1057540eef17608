-- Replication: who this instance is, its peers, what it reads from them, who reads it, and
-- for each row that came from elsewhere whose writes it holds.

-- Accounts of other instances; the role belongs to the server, as the other service roles do.
do $$
begin
  create role pgears_peer nologin;
exception
  when duplicate_object or unique_violation then
    raise debug 'role pgears_peer exists';
end;
$$;

grant usage on schema replica to pgears_peer;

create table replica.instance (
  id boolean not null default true,
  code text not null,
  constraint instance_pkey primary key (id),
  constraint instance_id_check check (id)
);

comment on table replica.instance is
'One row once this instance replicates: the code under which its writes are counted everywhere. Two instances must not share one.';

create table replica.peer (
  id bigint generated always as identity,
  code text not null,
  url text not null,
  constraint peer_pkey primary key (id),
  constraint peer_code_key unique (code),
  constraint peer_code_check check (code ~ '^[a-z][a-z0-9_-]*$'),
  constraint peer_url_check check (url ~ '^(env|file):.')
);

comment on table replica.peer is 'Other instances that this one may read; url is a reference (env:NAME, file:PATH) to the URL of the database.';

create table replica.subscription (
  id bigint generated always as identity,
  model_id bigint not null,
  code text not null,
  enabled boolean not null default true,
  peer text not null,
  policy text not null,
  rules boolean not null default false,
  definition jsonb not null,
  instance text,
  epoch text,
  transaction_id xid8,
  position bigint not null default 0,
  piece bigint not null default 0,
  lease_token uuid,
  lease_until timestamptz,
  contacted timestamptz,
  caught_up timestamptz,
  behind bigint,
  applied bigint not null default 0,
  error text,
  failed timestamptz,
  constraint subscription_pkey primary key (id),
  constraint subscription_model_id_code_key unique (model_id, code),
  constraint subscription_model_id_fkey foreign key (model_id) references meta.model (id) on delete cascade,
  constraint subscription_policy_check check (policy in ('newer', 'source', 'target', 'manual'))
);

comment on table replica.subscription is 'What this instance reads from a peer and how far it has read the feed there.';
comment on column replica.subscription.peer is 'Code of a peer; while this instance has none of it, the subscription rests.';
comment on column replica.subscription.epoch is 'Server and database of the peer: after it was restored elsewhere, its positions mean nothing.';
comment on column replica.subscription.piece is 'With transaction_id and position: the last row read within that change. Moved in the transaction that keeps the rows.';
comment on column replica.subscription.behind is 'Changed rows that the peer had beyond the last batch.';
comment on column replica.subscription.caught_up is 'When the peer last had nothing more.';

create table replica.subscribed_class (
  subscription_id bigint,
  class_id bigint,
  position integer not null,
  copied_to bigint default 0,
  unknown text[] not null default '{}',
  missing text[] not null default '{}',
  constraint subscribed_class_pkey primary key (subscription_id, class_id),
  constraint subscribed_class_subscription_id_fkey foreign key (subscription_id) references replica.subscription (id) on delete cascade,
  constraint subscribed_class_class_id_fkey foreign key (class_id) references meta.class (id)
);

create index subscribed_class_class_id_idx on replica.subscribed_class (class_id);

comment on table replica.subscribed_class is 'Classes of a subscription in the order in which they are applied.';
comment on column replica.subscribed_class.copied_to is 'Id of the peer up to which its rows were copied; null once all are.';
comment on column replica.subscribed_class.unknown is 'Columns that the peer sent and this instance does not have.';
comment on column replica.subscribed_class.missing is 'Columns that this instance has and the peer did not send.';

create table replica.reader (
  code text,
  login text not null,
  instance text not null,
  policy text not null,
  classes jsonb not null,
  constraint reader_pkey primary key (code)
);

comment on table replica.reader is 'Subscriptions of other instances that read this one; feed.consumer has the position that each has confirmed.';
comment on column replica.reader.classes is 'Class paths with the filter of each: values by column code.';

create table replica.row_state (
  class_id bigint,
  uid uuid,
  version bigint not null,
  vector jsonb not null,
  stamp timestamptz not null,
  origin text not null,
  merged boolean not null default false,
  gone boolean not null default false,
  constraint row_state_pkey primary key (class_id, uid)
);

comment on table replica.row_state is
'Of rows that came from a peer, whose writes they hold. A row without one was written here alone; one of a later version was written here since.';
comment on column replica.row_state.version is 'Version of the row when this was noted.';
comment on column replica.row_state.vector is 'Number of writes by instance: a row covers another when it has at least as many of each.';
comment on column replica.row_state.stamp is 'Time of the last write, later than those of all writes that it covers.';
comment on column replica.row_state.origin is 'Instance of the last write.';
comment on column replica.row_state.merged is 'Whether two rows that did not cover each other became this one.';
comment on column replica.row_state.gone is 'Whether the row was physically deleted.';

create table replica.pending (
  class_id bigint,
  uid uuid,
  column_id bigint,
  value jsonb not null,
  constraint pending_pkey primary key (class_id, uid, column_id),
  constraint pending_class_id_fkey foreign key (class_id) references meta.class (id) on delete cascade,
  constraint pending_column_id_fkey foreign key (column_id) references meta.class_column (id) on delete cascade
);

create index pending_column_id_idx on replica.pending (column_id);

comment on table replica.pending is 'References whose targets have not arrived: the column shows what is there, the value holds all.';

create table replica.conflict (
  id bigint generated always as identity,
  subscription_id bigint not null,
  class_id bigint not null,
  uid uuid not null,
  kind text not null,
  state text not null,
  found timestamptz not null,
  old jsonb,
  current jsonb,
  incoming jsonb not null,
  columns text[] not null,
  reason text,
  resolution text,
  resolved timestamptz,
  resolver text,
  constraint conflict_pkey primary key (id),
  constraint conflict_subscription_id_fkey foreign key (subscription_id) references replica.subscription (id) on delete cascade,
  constraint conflict_class_id_fkey foreign key (class_id) references meta.class (id) on delete cascade,
  constraint conflict_kind_check check (kind in ('conflict', 'refused')),
  constraint conflict_state_check check (state in ('open', 'resolved'))
);

create unique index conflict_open_idx on replica.conflict (subscription_id, class_id, uid) where state = 'open';
create index conflict_class_id_idx on replica.conflict (class_id);
create index conflict_resolved_idx on replica.conflict (resolved) where state = 'resolved';

comment on table replica.conflict is 'Rows changed on both sides since their last common state, and rows that this instance refused.';
comment on column replica.conflict.old is 'Last common values, from the archive of the class if it keeps one.';
comment on column replica.conflict.incoming is 'The row as the peer sent it.';
comment on column replica.conflict.columns is 'Columns that the peer sent.';
comment on column replica.conflict.resolution is 'newer, source, target or superseded; who won.';

insert into queue.kind (kind, description, max_attempts, timeout)
values ('replicate', 'Read what a peer has changed, until nothing is left.', 5, '1 hour');

insert into meta.model_section (code, place, position, set_function, drop_function, list_function, destructive)
values ('subscriptions', 'subscription', 60, 'replica.set_subscription', 'replica.drop_subscription', 'replica.subscription_definitions', false);

alter table meta.class_hook add column once boolean not null default false;

comment on column meta.class_hook.once is 'Acts where a row is written first: not again for rows that come from another instance.';

update meta.class_hook as h set once = true where h.code like 'rule %';
