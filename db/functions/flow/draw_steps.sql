-- Mermaid text of steps; steps and ways that were taken, and where an instance stands, are marked.
-- requires: flow.step_edges

create or replace function flow.draw_steps(p_steps jsonb, p_taken jsonb default '[]', p_current text[] default '{}')
returns text
language sql
stable
begin atomic
  with edge as (
    select e.*, row_number() over (order by e.step, e.label, e.target) - 1 as number
    from flow.step_edges(p_steps) as e
  ),
  node as (
    select
      s.key as step,
      replace(s.key, '-', '_') || '_' as name,
      replace(coalesce(s.value ->> 'name', s.key), '"', '''') as label,
      s.value ->> 'kind' as kind
    from jsonb_each(p_steps) as s
  ),
  passed as (
    select w.way ->> 0 as step, w.way ->> 1 as target from jsonb_array_elements(p_taken) as w (way)
  )
  select
    concat_ws(
      e'\n',
      'flowchart TD',
      (
        select string_agg(
          format(
            case
              when n.kind in ('start', 'end', 'join') then '  %s(["%s"])'
              when n.kind = 'condition' then '  %s{"%s"}'
              when n.kind in ('event', 'timer', 'task') then '  %s[/"%s"/]'
              when n.kind = 'workflow' then '  %s[["%s"]]'
              else '  %s["%s"]'
            end,
            n.name, case when n.kind in ('start', 'end', 'join', 'condition') then n.label else n.kind || ': ' || n.label end
          ),
          e'\n' order by n.step
        )
        from node as n
      ),
      (
        select string_agg(
          format('  %s -->%s %s', a.name, case e.label when '' then '' else format('|%s|', e.label) end, b.name), e'\n' order by e.number
        )
        from edge as e
        inner join node as a on e.step = a.step
        inner join node as b on e.target = b.step
      ),
      (
        select '  linkStyle ' || string_agg(e.number::text, ',' order by e.number) || ' stroke:#1a7f37,stroke-width:3px'
        from edge as e
        where exists (select from passed as t where t.step = e.step and t.target = e.target)
        having count(*) > 0
      ),
      case when p_taken <> '[]' then '  classDef taken stroke:#1a7f37,stroke-width:3px' end,
      (
        select '  class ' || string_agg(n.name, ',' order by n.name) || ' taken'
        from node as n
        where n.step in (select t.step from passed as t) and array_position(p_current, n.step) is null
        having count(*) > 0
      ),
      case when p_current <> '{}' then '  classDef current fill:#fff8c5,stroke:#9a6700,stroke-width:3px' end,
      (
        select '  class ' || string_agg(n.name, ',' order by n.name) || ' current'
        from node as n
        where array_position(p_current, n.step) is not null
        having count(*) > 0
      )
    );
end;

comment on function flow.draw_steps(jsonb, jsonb, text[]) is 'Flowchart in Mermaid; p_taken has pairs of a step and the next.';

revoke all on function flow.draw_steps(jsonb, jsonb, text[]) from public;
