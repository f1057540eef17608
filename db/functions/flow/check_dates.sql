-- Check the date and the offsets of a rule by date; gives the definition as it is stored.
--
-- The date is kept as {{column.code}}, so that it follows a renamed column.

create or replace function flow.check_dates(p_class bigint, p_definition jsonb, p_rule text)
returns jsonb
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
  if not exists (
    select from meta.effective_column as e
    where e.class_id = p_class and e.code = p_definition ->> 'date' and e.type in ('date', 'timestamp')
  ) then
    raise exception 'rule "%" has no date to go by', p_rule
      using errcode = 'PG113', detail = '$.date', hint = 'Name a column of type date or timestamp of the class.';
  elsif coalesce(jsonb_array_length(p_definition -> 'offsets'), 0) not between 1 and 5 then
    raise exception 'rule "%" has not one to five offsets', p_rule
      using errcode = 'PG113', detail = '$.offsets', hint = 'Give it one to five time spans, such as [-3 days, 0 days].';
  end if;

  perform flow.check_interval(o.span, '$.offsets') from jsonb_array_elements_text(p_definition -> 'offsets') as o (span);
  return p_definition || jsonb_build_object('date', format('{{column.%s}}', p_definition ->> 'date'));
end;
$$;

comment on function flow.check_dates(bigint, jsonb, text) is 'Definition of a rule by date, checked. Raises PG111, PG113.';

revoke all on function flow.check_dates(bigint, jsonb, text) from public;
