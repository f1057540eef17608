-- The change feed: what changed, in which transaction, narrow.
--
-- One row a statement, not a row: the ids of all changed rows are one array. Readers go
-- by transaction id, because positions are given out before commits put them in order: the
-- primary key is in the readers' order, and the only index that writers pay for.

create table feed.change (
  position bigint generated always as identity,
  transaction_id xid8 not null default pg_current_xact_id(),
  class_id bigint not null,
  operation "char" not null,
  row_ids bigint[] not null,
  uids uuid[],
  source text not null,
  changed timestamptz not null default now(),
  constraint change_pkey primary key (transaction_id, position)
);

-- Compressing the arrays took longer than all the rest of the insert.
alter table feed.change alter column row_ids set storage external;
alter table feed.change alter column uids set storage external;

comment on table feed.change is 'One inserting, updating or deleting statement on a class.';
comment on column feed.change.operation is 'I, U or D: written by generated triggers alone, so no check that each writer would pay for.';
comment on column feed.change.uids is 'Identities of deleted rows, in the order of row_ids; null for inserts and updates, whose rows can be read.';

create table feed.consumer (
  code text,
  transaction_id xid8 not null,
  position bigint not null default 0,
  note text,
  advanced timestamptz not null default now(),
  constraint consumer_pkey primary key (code)
);

comment on table feed.consumer is 'Readers of the change feed and how far they have read.';
comment on column feed.consumer.transaction_id is 'With position: the last change that was read.';
