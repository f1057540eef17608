-- The web service: answers kept for repeated requests.

create table web.answer (
  account text,
  key text,
  request bytea not null,
  status integer,
  headers jsonb,
  body bytea,
  created timestamptz not null default now(),
  constraint answer_pkey primary key (account, key),
  constraint answer_key_check check (octet_length(key) between 1 and 255)
);

create index answer_created_idx on web.answer (created);

comment on table web.answer is 'Answers to requests with an Idempotency-Key, written in the transaction of the request.';
comment on column web.answer.request is 'Hash of method, path, query and body: one key is for one request.';
