-- Functions of the exposed schemas: parameters in order, what comes back.
--
-- parameters: [{"name", "type", "required", "variadic"}]; result: scalar, rows (of a composite
-- or a table), void; relation is the one whose row type comes back.

create or replace function web.functions(p_schemas text[])
returns table (
  id oid, schema text, name text, comment text, volatility text, parameters jsonb,
  result text, result_set boolean, result_type text, relation oid, columns jsonb
)
language sql
stable
security definer  -- lends: nothing that the catalogue does not show to everybody
begin atomic
  select
    p.oid,
    n.nspname::text,
    p.proname::text,
    obj_description(p.oid, 'pg_proc'),
    case p.provolatile when 'i' then 'immutable' when 's' then 'stable' else 'volatile' end,
    (
      select coalesce(jsonb_agg(jsonb_build_object(
        'name', coalesce(a.name, ''),
        'type', format_type(a.type, null),
        'required', a.position <= p.pronargs - p.pronargdefaults,
        'variadic', a.mode = 'v'
      ) order by a.position), '[]')
      from (
        select
          i.name,
          i.type,
          i.mode,
          row_number() over (order by i.position) as position
        from unnest(
          coalesce(p.proallargtypes, p.proargtypes::oid[]), p.proargnames, coalesce(p.proargmodes, array[]::"char"[])
        ) with ordinality as i (type, name, mode, position)
        where coalesce(i.mode, 'i') in ('i', 'b', 'v')
      ) as a
    ),
    case
      when p.prorettype = 'void'::regtype then 'void'
      when t.typtype = 'c' or p.proargmodes && array['t', 'o', 'b']::"char"[] then
        case when t.typtype = 'c' or p.prorettype = 'record'::regtype then 'rows' else 'scalar' end
      else 'scalar'
    end,
    p.proretset,
    format_type(p.prorettype, null),
    nullif(t.typrelid, 0),
    (
      select jsonb_agg(jsonb_build_object('name', o.name, 'type', format_type(o.type, null)) order by o.position)
      from unnest(p.proallargtypes, p.proargnames, p.proargmodes) with ordinality as o (type, name, mode, position)
      where o.mode in ('o', 'b', 't')
    )
  from pg_proc as p
  inner join pg_namespace as n on p.pronamespace = n.oid
  inner join pg_type as t on p.prorettype = t.oid
  where n.nspname = any(p_schemas) and p.prokind = 'f'
    and t.oid not in ('trigger'::regtype, 'event_trigger'::regtype);
end;

comment on function web.functions(text[]) is 'Functions of these schemas with parameters and results, for the web service.';

revoke all on function web.functions(text[]) from public;
grant execute on function web.functions(text[]) to pgears_admin, pgears_web;
