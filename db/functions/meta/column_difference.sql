-- What renewing an API view would do to its columns, in words.

create or replace function meta.column_difference(p_view oid, p_recorded text[], p_wanted jsonb)
returns text
language sql
stable
begin atomic
  with live as (
    select
      a.attname::text as name,
      a.attnum as position,
      p_recorded[a.attnum] as source
    from pg_catalog.pg_attribute as a
    where a.attrelid = p_view and a.attnum > 0
  ),

  wanted as (
    select
      w.value ->> 'name' as name,
      w.value ->> 'source' as source,
      w.position
    from jsonb_array_elements(p_wanted) with ordinality as w (value, position)
  ),

  kept as (
    select row_number() over (order by l.position) <> row_number() over (order by w.position) as moved
    from live as l
    inner join wanted as w on l.source = w.source
  ),

  word (position, text) as (
    select
      coalesce(w.position, 10000 + l.position),
      case
        when l.name is null then '+' || w.name
        when w.name is null then '-' || l.name
        when l.name <> w.name then l.name || ' -> ' || w.name
      end
    from live as l
    full join wanted as w on l.source = w.source
    union all
    select
      20000,
      'order'
    from kept as k
    having bool_or(k.moved)
  )

  select coalesce(string_agg(w.text, ', ' order by w.position), '')
  from word as w;
end;

comment on function meta.column_difference(oid, text[], jsonb) is
'Columns to come (+), to go (-), to be renamed (->) and moved in an API view, as text.';

revoke all on function meta.column_difference(oid, text[], jsonb) from public;
