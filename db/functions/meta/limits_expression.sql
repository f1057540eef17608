-- The check constraint of a class table: all limits in one expression.
--
-- One constraint instead of many, so that a refused row names every broken limit at once.
-- PostgreSQL parses the expression anew for each statement, so it is kept short: what broke
-- is found out by meta.refuse_limits(). A null condition is met; deleted rows are not judged.
-- requires: meta.column_limits meta.refuse_limits

create or replace function meta.limits_expression(p_class bigint)
returns text
language sql
stable
begin atomic
  select
    format(
      'deleted is not null or (%s) is not false or meta.refuse_limits(%s, datarow_%2$s)',
      string_agg('(' || l.condition || ')', ' and '),
      p_class
    )
  from meta.column_limits(p_class) as l
  having count(*) > 0;
end;

comment on function meta.limits_expression(bigint) is 'Expression of the check constraint of a class table; null when nothing is limited.';

revoke all on function meta.limits_expression(bigint) from public;
