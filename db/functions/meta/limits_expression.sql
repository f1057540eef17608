-- The check constraint of a class table: all limits in one expression.
--
-- One constraint instead of many, so that a refused row names every broken limit at once.
-- While all hold, the row pays for the comparisons alone; deleted rows are not judged.
-- requires: meta.column_limits

create or replace function meta.limits_expression(p_class bigint)
returns text
language sql
stable
begin atomic
  select
    format(
      'deleted is not null or (%s) or meta.refuse_limits(%s, array[%s])',
      string_agg('(' || l.condition || ') is not false', ' and '),
      p_class,
      string_agg(format('case when (%s) is false then %L end', l.condition, l.refusal), ', ')
    )
  from meta.column_limits(p_class) as l
  having count(*) > 0;
end;

comment on function meta.limits_expression(bigint) is 'Expression of the check constraint of a class table; null when nothing is limited.';

revoke all on function meta.limits_expression(bigint) from public;
