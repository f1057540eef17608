-- Pages: how the pages of a class look, and the sessions of people who are logged in.

create table web.page (
  id bigint generated always as identity,
  class_id bigint not null,
  definition jsonb not null default '{}',
  constraint page_pkey primary key (id),
  constraint page_class_id_key unique (class_id),
  constraint page_class_id_fkey foreign key (class_id) references meta.class (id) on delete cascade
);

comment on table web.page is 'What a model file says about the pages of a class; classes without a row have pages too.';
comment on column web.page.definition is 'Keys of a page in the model file: list, order, search, form, prefill, page_size.';

insert into meta.model_section (code, place, position, set_function, drop_function, list_function, destructive)
values ('pages', 'page', 94, 'web.set_page', 'web.drop_page', 'web.page_definitions', false);

create table web.session (
  token_hash bytea,
  login text not null,
  csrf text not null,
  created timestamptz not null,
  seen timestamptz not null,
  expires timestamptz not null,
  constraint session_pkey primary key (token_hash)
);

create index session_expires_idx on web.session (expires);

comment on table web.session is 'Logins at pages. The token itself is in the cookie of the browser only.';
comment on column web.session.token_hash is 'SHA-256 of the token.';
comment on column web.session.csrf is 'What every form of the session carries.';

-- Pages ask as the account: web.pages(), web.page_class(), web.record_history().
grant usage on schema web to public;
