-- The check constraint of a class table: all limits in one expression.
--
-- One constraint instead of many, so that a refused row names every broken limit at once.
-- PostgreSQL parses the expression anew for each statement, so it is kept short: what broke
-- is found out by meta.refuse_limits(), or by meta.refuse_values() for a partitioned table, on
-- which an expression cannot name the whole row. A null condition is met; deleted rows are not judged.
-- requires: meta.column_limits meta.refuse_limits meta.refuse_values

create or replace function meta.limits_expression(p_class bigint)
returns text
language sql
stable
begin atomic
  select
    format(
      'deleted is not null or (%s) is not false or %s',
      string_agg('(' || l.condition || ')', ' and '),
      case
        when (select c.parts is null from meta.class as c where c.id = p_class) then format('meta.refuse_limits(%s, datarow_%1$s)', p_class)
        else (
          select format(
            'meta.refuse_values(%s, to_jsonb(row(%s)), %L)',
            p_class, string_agg(quote_ident(n.name), ', ' order by e.position, n.name), array_agg(n.name order by e.position, n.name)
          )
          from meta.effective_column as e
          cross join unnest(array[e.physical, case when cardinality(e.targets) > 1 then e.physical || '_class' end]) as n (name)
          where e.class_id = p_class and e.stored and e.type <> 'calculated' and n.name is not null
        )
      end
    )
  from meta.column_limits(p_class) as l
  having count(*) > 0;
end;

comment on function meta.limits_expression(bigint) is 'Expression of the check constraint of a class table; null when nothing is limited.';

revoke all on function meta.limits_expression(bigint) from public;
