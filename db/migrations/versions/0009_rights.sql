-- Roles, their rights, memberships, and organisation structures.
--
-- A role is a group role of PostgreSQL named <database>.<code>; these tables say what it
-- may do and who belongs to it. Structures are made of class data: closure, member and
-- scope are derived from it by the triggers of those classes and can be computed again.

create table access.role (
  id bigint generated always as identity,
  code text not null,
  name jsonb not null default '{}',
  enabled boolean not null default true,
  created timestamptz not null default now(),
  constraint role_pkey primary key (id),
  constraint role_code_key unique (code),
  constraint role_code_check check (code ~ '^[a-z][a-z0-9_-]*$')
);

comment on table access.role is 'Roles of the instance; what each may do in a model stands in role_model and role_right.';
comment on column access.role.enabled is 'Switched off, a role gives nothing; its members stay.';

create table access.role_model (
  role_id bigint,
  model_id bigint,
  id bigint generated always as identity,
  enabled boolean not null default true,
  tables boolean not null default false,
  definition jsonb not null default '{}',
  resolved jsonb not null default '[]',
  constraint role_model_pkey primary key (role_id, model_id),
  constraint role_model_id_key unique (id),
  constraint role_model_role_id_fkey foreign key (role_id) references access.role (id) on delete cascade,
  constraint role_model_model_id_fkey foreign key (model_id) references meta.model (id) on delete cascade
);

create index role_model_model_id_idx on access.role_model (model_id);

comment on table access.role_model is 'A role in a model: switched on or off there, and its definition as in the model file.';
comment on column access.role_model.resolved is 'For each right of the definition the ids of what it names by code, so that codes may change.';
comment on column access.role_model.tables is 'Members may name the class tables in schema data, not only the API views.';

create table access.structure (
  id bigint generated always as identity,
  model_id bigint not null,
  code text not null,
  name jsonb not null default '{}',
  kind text not null,
  class_id bigint not null,
  superior_id bigint not null,
  membership_id bigint,
  user_id bigint not null,
  unit_id bigint,
  max_depth integer not null default 30,
  edge_sql text not null,
  member_sql text not null,
  changes bigint not null default 0,
  constraint structure_pkey primary key (id),
  constraint structure_model_id_code_key unique (model_id, code),
  constraint structure_model_id_fkey foreign key (model_id) references meta.model (id) on delete cascade,
  constraint structure_class_id_fkey foreign key (class_id) references meta.class (id),
  constraint structure_superior_id_fkey foreign key (superior_id) references meta.class_column (id),
  constraint structure_membership_id_fkey foreign key (membership_id) references meta.class (id),
  constraint structure_user_id_fkey foreign key (user_id) references meta.class_column (id),
  constraint structure_unit_id_fkey foreign key (unit_id) references meta.class_column (id),
  constraint structure_code_check check (code ~ '^[a-z][a-z0-9_-]*$'),
  constraint structure_kind_check check (kind in ('manager', 'team', 'unit')),
  constraint structure_max_depth_check check (max_depth between 1 and 30),
  constraint structure_unit_check check ((kind = 'unit') = (membership_id is not null and unit_id is not null))
);

create index structure_class_id_idx on access.structure (class_id);
create index structure_superior_id_idx on access.structure (superior_id);
create index structure_membership_id_idx on access.structure (membership_id);
create index structure_user_id_idx on access.structure (user_id);
create index structure_unit_id_idx on access.structure (unit_id);

comment on table access.structure is 'Organisation structures: which classes and columns they are made of.';
comment on column access.structure.superior_id is 'Column that names the superior unit; of a manager structure, the manager.';
comment on column access.structure.user_id is 'Column that names the account: of the class (manager), its members (team), of the membership class (unit).';
comment on column access.structure.max_depth is 'How far down the closure reaches; rights cannot reach further.';
comment on column access.structure.edge_sql is 'SELECT of (unit, superior) over the class tables; units are accounts in a manager structure.';
comment on column access.structure.member_sql is 'SELECT of (unit, account_id) over the class tables.';
comment on column access.structure.changes is 'Counted up by each change: the row lock puts changes of one structure in line.';

create table access.closure (
  structure_id bigint,
  ancestor bigint,
  descendant bigint,
  depth integer not null,
  constraint closure_pkey primary key (structure_id, ancestor, descendant),
  constraint closure_structure_id_fkey foreign key (structure_id) references access.structure (id) on delete cascade
);

create index closure_structure_id_descendant_idx on access.closure (structure_id, descendant, ancestor);

comment on table access.closure is 'Each unit of a structure with itself (depth 0) and all below it down to max_depth.';

create table access.member (
  structure_id bigint,
  unit bigint,
  account_id bigint,
  constraint member_pkey primary key (structure_id, unit, account_id),
  constraint member_structure_id_fkey foreign key (structure_id) references access.structure (id) on delete cascade,
  constraint member_account_id_fkey foreign key (account_id) references access.account (id) on delete cascade
);

create index member_structure_id_account_id_idx on access.member (structure_id, account_id);
create index member_account_id_idx on access.member (account_id);

comment on table access.member is 'Accounts and the units of a structure that they belong to.';

create table access.scope (
  login name,
  structure_id bigint,
  depth integer,
  unit_ids bigint[] not null,
  constraint scope_pkey primary key (login, structure_id, depth),
  constraint scope_structure_id_fkey foreign key (structure_id) references access.structure (id) on delete cascade
);

create index scope_structure_id_idx on access.scope (structure_id);

comment on table access.scope is 'What policies read, one row each: the units that an account reaches in a structure to a depth that some right uses.';

create table access.role_right (
  id bigint generated always as identity,
  role_id bigint not null,
  model_id bigint not null,
  kind text not null,
  class_id bigint,
  query_id bigint,
  object text,
  operation text not null,
  structure_id bigint,
  column_id bigint,
  depth integer,
  hidden bigint[] not null default '{}',
  constraint role_right_pkey primary key (id),
  constraint role_right_role_id_model_id_fkey
  foreign key (role_id, model_id) references access.role_model (role_id, model_id) on delete cascade,
  constraint role_right_class_id_fkey foreign key (class_id) references meta.class (id) on delete cascade,
  constraint role_right_query_id_fkey foreign key (query_id) references meta.query (id) on delete cascade,
  constraint role_right_structure_id_fkey foreign key (structure_id) references access.structure (id),
  constraint role_right_column_id_fkey foreign key (column_id) references meta.class_column (id),
  constraint role_right_kind_check check (kind in ('class', 'query', 'import', 'export', 'workflow', 'job', 'script', 'page')),
  constraint role_right_object_check check (
    num_nonnulls(class_id, query_id, object) = 1
    and (class_id is not null) = (kind = 'class') and (query_id is not null) = (kind = 'query')
  ),
  constraint role_right_scope_check check (
    num_nonnulls(structure_id, column_id, depth) = 0
    or (num_nonnulls(structure_id, column_id, depth) = 3 and kind = 'class' and depth between 0 and 30)
  )
);

create unique index role_right_key on access.role_right
(role_id, model_id, kind, coalesce(class_id, query_id, 0), coalesce(object, ''), operation, coalesce(structure_id, 0), coalesce(column_id, 0), coalesce(depth, 0));
create index role_right_class_id_idx on access.role_right (class_id);
create index role_right_query_id_idx on access.role_right (query_id);
create index role_right_structure_id_idx on access.role_right (structure_id);
create index role_right_column_id_idx on access.role_right (column_id);

comment on table access.role_right is 'What a role may do with an object: everywhere, or in the units that a member reaches in a structure.';
comment on column access.role_right.object is 'Code of an object whose kind has no table of its own here.';
comment on column access.role_right.column_id is 'Column of the class that names the unit, or the account in a manager structure.';
comment on column access.role_right.depth is '0 own units only, else also those below, so many levels down.';
comment on column access.role_right.hidden is 'Columns that the right leaves out.';

create table access.membership (
  account_id bigint,
  role_id bigint,
  by_hand boolean not null default false,
  from_outside boolean not null default false,
  granted timestamptz not null default now(),
  constraint membership_pkey primary key (account_id, role_id),
  constraint membership_account_id_fkey foreign key (account_id) references access.account (id) on delete cascade,
  constraint membership_role_id_fkey foreign key (role_id) references access.role (id) on delete cascade,
  constraint membership_origin_check check (by_hand or from_outside)
);

create index membership_role_id_idx on access.membership (role_id);

comment on table access.membership is 'Who belongs to a role and how that came about; a suspended account keeps its rows and loses the membership of PostgreSQL.';

create table access.outside_group (
  name text,
  role_id bigint not null,
  constraint outside_group_pkey primary key (name, role_id),
  constraint outside_group_role_id_fkey foreign key (role_id) references access.role (id) on delete cascade
);

create index outside_group_role_id_idx on access.outside_group (role_id);

comment on table access.outside_group is 'Groups of a directory by their exact names, and the roles that their members have here.';

alter table access.account add column can_login boolean not null default true;

comment on column access.account.can_login is 'Whether resuming a suspended account lets it log in again.';
comment on column access.account.enabled is 'False while the account is suspended.';

insert into core.setting (code, value, note)
values ('mass_threshold', '100', 'A statement that changes or deletes more rows of a class needs the mass right.');

-- Files follow the rows that hold them; who has stored one may hold it in a row of his own.
alter table core.file enable row level security;
alter table core.file_content enable row level security;

create policy file_own on core.file for select using (creator = current_user);
create policy file_content_named on core.file_content for select
using (exists (select from core.file as f where f.sha256 = file_content.sha256));

insert into meta.model_section (code, place, position, set_function, drop_function, list_function, destructive)
values
('structures', 'structure', 5, 'access.set_structure', 'access.drop_structure', 'access.structure_definitions', false),
('roles', 'role', 90, 'access.set_role', 'access.drop_role_model', 'access.role_definitions', false);
