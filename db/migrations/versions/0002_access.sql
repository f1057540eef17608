-- Accounts and files: what every later room refers to.
--
-- An account is a PostgreSQL role. This table holds what PostgreSQL has no place for
-- (display name, address, language) and the number that reference columns store.
-- A file's content is stored once by its hash; core.file is one use of it.

create table access.account (
  id bigint generated always as identity,
  login text not null,
  full_name text,
  email text,
  language text,
  enabled boolean not null default true,
  created timestamptz not null default now(),
  constraint account_pkey primary key (id),
  constraint account_login_key unique (login),
  constraint account_login_check check (octet_length(login) between 1 and 63)
);

comment on table access.account is 'One person or system that works with the instance; login is the name of its PostgreSQL role.';
comment on column access.account.language is 'Language code in which texts are shown; null means the default language.';

create table core.file_content (
  sha256 bytea,
  size bigint not null,
  content bytea not null,
  constraint file_content_pkey primary key (sha256),
  constraint file_content_sha256_check check (octet_length(sha256) = 32)
);

comment on table core.file_content is 'Bytes of files, each content once, found by its SHA-256.';

-- Mails and pictures are compressed already as a rule: external storage saves the attempt.
alter table core.file_content alter column content set storage external;

create table core.file (
  id bigint generated always as identity,
  uid uuid not null default gen_random_uuid(),
  name text not null,
  media_type text not null default 'application/octet-stream',
  size bigint not null,
  sha256 bytea not null,
  created timestamptz not null default now(),
  creator text not null,
  constraint file_pkey primary key (id),
  constraint file_uid_key unique (uid),
  constraint file_sha256_fkey foreign key (sha256) references core.file_content (sha256)
);

create index file_sha256_idx on core.file (sha256);

comment on table core.file is 'A named file; file columns of classes refer to it by id.';
