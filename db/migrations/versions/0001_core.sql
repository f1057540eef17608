-- Schemas, service roles, settings, clock and the seal of data sources.

create schema if not exists core;
create schema access;
create schema meta;
create schema data;
create schema api;
create schema queue;
create schema feed;
create schema mail;
create schema flow;
create schema batch;
create schema replica;
create schema web;

comment on schema core is 'Instance settings and parameters, environment class, clock, data source marks.';
comment on schema access is 'Accounts, roles, rights and organisation structures.';
comment on schema meta is 'Models, classes, columns, queries: what the class tables are generated from.';
comment on schema data is 'Class tables and their archives: generated objects only.';
comment on schema api is 'Public: views by codes and functions that may be called from outside. No tables.';
comment on schema queue is 'Durable tasks: claim, lease, settle, retry, dead letter.';
comment on schema feed is 'Change feed of class rows and positions of its readers.';
comment on schema mail is 'Outgoing and received mail, accounts and mailboxes.';
comment on schema flow is 'Rules, scripts, events, workflows, jobs.';
comment on schema batch is 'Imports, exports and synchronisation with other databases.';
comment on schema replica is 'Replication between instances: peers, positions, conflicts.';
comment on schema web is 'Tokens, signed links, outgoing HTTP calls.';

revoke all on schema
  core, access, meta, data, api, queue, feed, mail, flow, batch, replica, web
from public;

-- The service roles belong to the whole server: another database may have made them, or
-- be making them at this moment (then the unique index of pg_authid speaks).
do $$
declare
  v_role text;
begin
  foreach v_role in array array['pgears_admin', 'pgears_runner'] loop
    begin
      execute format('create role %I nologin', v_role);
    exception
      when duplicate_object or unique_violation then
        raise debug 'role % exists', v_role;
    end;
  end loop;
end;
$$;

-- Names resolve for everybody; what may be done is granted object by object.
grant usage on schema
  core, access, meta, data, api, queue, feed, mail, flow, batch, replica, web
to pgears_admin, pgears_runner;

create table core.setting (
  code text,
  value jsonb not null,
  note text,
  constraint setting_pkey primary key (code),
  constraint setting_code_check check (code ~ '^[a-z][a-z0-9_.]*$'),
  constraint setting_environment_check check (
    code <> 'environment'
    or value in ('"production"', '"acceptance"', '"test"', '"development"')
  )
);

comment on table core.setting is 'Settings of the instance itself, one row each.';
comment on column core.setting.note is 'What the setting is for, for people.';

insert into core.setting (code, value, note)
values ('environment', '"development"', 'Class of the instance: production, acceptance, test or development.');

create table core.parameter (
  code text,
  value text,
  note text,
  constraint parameter_pkey primary key (code),
  constraint parameter_code_check check (code ~ '^[a-z][a-z0-9_.-]*$')
);

comment on table core.parameter is 'Parameters that models and scripts read as app.par.<code>.';

create table core.clock (
  id boolean not null default true,
  ahead interval not null default interval '0',
  constraint clock_pkey primary key (id),
  constraint clock_id_check check (id)
);

comment on table core.clock is 'One row: how far core.now() is ahead of now(). Other than 0 only in test and development.';

insert into core.clock default values;

create table core.seal (
  id boolean not null default true,
  secret bytea not null,
  constraint seal_pkey primary key (id),
  constraint seal_id_check check (id)
);

comment on table core.seal is 'One row: the secret that core.set_source seals marks with. Nobody is granted anything on it.';

insert into core.seal (secret)
values (sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())));
