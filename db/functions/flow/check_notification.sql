-- Refuse a notification whose keys are each right but do not go together.

create or replace function flow.check_notification(p_model bigint, p_class bigint, p_definition jsonb)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_default constant text := (select l.code from meta.language as l where l.is_default);
  v_function constant text := p_definition ->> 'recipients';
  v_wrong record;
begin
  select c.key, c.message, c.hint into v_wrong
  from (
    select
      t.key,
      format('"%s" has no text in the default language %s', t.key, v_default) as message,
      'Every text needs the default language; the others are for those who read them.' as hint
    from jsonb_each(p_definition) as t
    where t.key in ('subject', 'body', 'html') and jsonb_typeof(t.value) = 'object' and not t.value ? v_default
    union all
    select 'body', 'a notification has "body", "html" or both', 'Give it a text.'
    where not p_definition ?| array['body', 'html']
    union all
    select 'to', 'nobody would get the notification', 'Give "to", "cc", "bcc", "groups" or "recipients".'
    where not p_definition ?| array['to', 'cc', 'bcc', 'groups', 'recipients']
    union all
    select 'frame', format('there is no frame "%s"', p_definition ->> 'frame'), 'Define it in the section frames of this model.'
    where p_definition ? 'frame' and not exists (select from flow.frame as f where f.model_id = p_model and f.code = p_definition ->> 'frame')
    union all
    select 'groups', format('there is no group "%s"', g.code), 'Define it in the section groups of this model.'
    from jsonb_array_elements_text(p_definition -> 'groups') as g (code)
    where not exists (select from mail.recipient_group as r where r.model_id = p_model and r.code = g.code)
    union all
    select 'attach', format('"%s" is no column of files', a.code), 'Name columns of type file of the class.'
    from jsonb_array_elements_text(p_definition -> 'attach') as a (code)
    where not exists (select from meta.effective_column as e where e.class_id = p_class and e.code = a.code and e.type = 'file')
    union all
    select 'recipients', format('"%s" is no function (bigint) that gives a text and belongs to an administrator', v_function),
      'Write schema.function; its owner has the role pgears_admin.'
    where v_function is not null and not (
      v_function ~ '^[a-z_][a-z0-9_]*[.][a-z_][a-z0-9_]*$' and exists (
        select
        from pg_proc as p
        where p.oid = to_regprocedure(v_function || '(bigint)')
          and p.prorettype = 'text'::regtype
          and not p.proretset
          and pg_has_role(p.proowner, 'pgears_admin', 'member')
      )
    )
  ) as c
  limit 1;

  if found then
    raise exception '%', v_wrong.message
      using errcode = 'PG427', detail = '$.' || v_wrong.key, hint = v_wrong.hint;
  end if;
end;
$$;

comment on function flow.check_notification(bigint, bigint, jsonb) is 'Check a notification beyond its keys. Raises PG427.';

revoke all on function flow.check_notification(bigint, bigint, jsonb) from public;
