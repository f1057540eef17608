-- The operations that a right on an object of a kind can allow.

create or replace function access.operations(p_kind text)
returns text[]
language sql
immutable
begin atomic
  select
    case p_kind
      when 'class' then array['read', 'insert', 'change', 'delete', 'mass_change', 'mass_delete']
      when 'query' then array['read']
      when 'import' then array['view_log', 'start']
      when 'export' then array['view_log', 'start']
      when 'workflow' then array['view', 'start', 'manage']
      when 'job' then array['view_log', 'start']
      when 'script' then array['execute']
      when 'event' then array['raise']
      when 'page' then array['view']
    end;
end;

comment on function access.operations(text) is 'Operations of a kind of object (class, query, import, ...); null for another word.';

revoke all on function access.operations(text) from public;
