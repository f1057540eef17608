-- Kinds of steps with the keys that each must and may have.

create or replace function flow.step_kinds()
returns table (kind text, required text[], optional text[])
language sql
immutable
begin atomic
  values
  ('start', array['next'], array[]::text[]),
  ('end', array[]::text[], array['all', 'message']),
  ('join', array[]::text[], array[]::text[]),
  ('condition', array['when', 'yes', 'no'], array[]::text[]),
  ('set', array['set', 'next'], array[]::text[]),
  ('script', array['script', 'next'], array['parameters', 'attempts', 'on_error']),
  ('mail', array['notify', 'next'], array['variables', 'attempts', 'on_error']),
  ('import', array['import', 'next'], array['parameters', 'into', 'attempts', 'on_error']),
  ('export', array['export', 'next'], array['into', 'attempts', 'on_error']),
  ('enqueue', array['task', 'next'], array['parameters']),
  ('raise', array['event', 'next'], array['scope']),
  ('timer', array['wait', 'next'], array[]::text[]),
  ('event', array['event', 'next'], array['scope', 'deadline', 'on_deadline', 'into', 'url', 'web_service']),
  ('task', array['assignee'], array['subject', 'deputies', 'deadline', 'on_deadline', 'notify', 'next', 'outcomes', 'into', 'before', 'after']),
  ('workflow', array['workflow', 'next'], array['wait', 'variables', 'into', 'on_error']),
  ('http', array['target', 'next'], array['method', 'path', 'headers', 'json', 'text', 'form', 'outcomes', 'into', 'deadline', 'on_deadline', 'on_error']),
  ('sync', array['sync', 'next'], array['into', 'attempts', 'on_error']),
  ('parallel', array['branches', 'next'], array[]::text[]);
end;

comment on function flow.step_kinds() is 'Kinds of workflow steps and their keys, beside kind and name.';

revoke all on function flow.step_kinds() from public;
