-- Compile a notification to the one statement that sends it, and keep that.
--
-- All that could be wrong with its texts is found here; sending parses nothing. Only
-- languages in which every text of the notification exists count, so that no mail speaks two.
-- requires: flow.content_expressions flow.envelopes

create or replace function flow.compile_notification(p_notification bigint)
returns text
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_notification flow.notification;
  v_definition jsonb;
  v_frame jsonb;
  v_variables text[];
  v_languages text[];
  v_default text;
  v_texts jsonb;
  v_lists jsonb;
  v_files text;
  v_sql text;
begin
  select n.* into strict v_notification from flow.notification as n where n.id = p_notification;
  v_definition := v_notification.definition;
  v_frame := (select f.definition from flow.frame as f where f.id = v_notification.frame_id);
  v_variables := array(select v.name from jsonb_array_elements_text(v_definition -> 'variables') as v (name));
  v_default := (select l.code from meta.language as l where l.is_default);

  v_languages := array(
    select l.code
    from jsonb_each(v_definition) as d
    cross join lateral jsonb_object_keys(d.value) as l (code)
    where d.key in ('subject', 'body', 'html') and jsonb_typeof(d.value) = 'object'
    group by l.code
    having l.code <> v_default and count(*) = (
      select count(*) from jsonb_each(v_definition) as e where e.key in ('subject', 'body', 'html') and jsonb_typeof(e.value) = 'object'
    )
    order by l.code
  );

  select
    jsonb_object_agg(
      t.key,
      case
        when t.others is null then t.usual
        else format('case e.language %s else %s end', t.others, t.usual)
      end
    )
  into v_texts
  from (
    select
      x.key,
      min(x.expression) filter (where l.code = v_default) as usual,
      string_agg(format('when %L then %s', l.code, x.expression), ' ' order by l.code) filter (where l.code <> v_default) as others
    from unnest(v_languages || v_default) as l (code)
    cross join lateral flow.content_expressions(v_notification.model_id, v_notification.class_id, v_definition, v_frame, l.code) as c
    cross join lateral (values ('p_subject', c.subject), ('p_body', c.body), ('p_html', c.html)) as x (key, expression)
    where x.expression is not null
    group by x.key
  ) as t;

  select
    jsonb_object_agg(
      k.key,
      flow.text_expression(v_notification.model_id, v_notification.class_id, v_definition ->> k.key, k.kind, v_default, v_variables)
    )
  into v_lists
  from (values ('to', 'address'), ('cc', 'address'), ('bcc', 'address'), ('reply_to', 'address'), ('account', 'line'), ('in_reply_to', 'line')) as k (key, kind)
  where v_definition ? k.key;

  v_files := (
    select string_agg(format(case when e.is_array then 'coalesce(r.%I, ''{}'')' else 'array[r.%I]' end, e.physical), ' || ' order by a.position)
    from jsonb_array_elements_text(v_definition -> 'attach') with ordinality as a (code, position)
    inner join meta.effective_column as e on e.class_id = v_notification.class_id and a.code = e.code
  );

  v_sql := format(
    $sql$
select mail.send(
  p_to => e.recipients, p_cc => e.copies, p_bcc => e.blind%1$s,
  p_priority => %2$L, p_files => array_remove(%3$s $3, null)%4$s
)
from %5$s
cross join lateral flow.envelopes(concat_ws('; ', %6$s), %7$s, %8$s, %9$s, %10$L) as e
    $sql$,
    coalesce(
      (
        select string_agg(format(', %s => %s', x.key, x.value), '' order by x.key)
        from (
          select t.key, t.value from jsonb_each_text(v_texts) as t
          union all
          select 'p_' || l.key, l.value from jsonb_each_text(v_lists) as l where l.key in ('reply_to', 'account', 'in_reply_to')
        ) as x
      ), ''
    ),
    coalesce(v_definition ->> 'priority', 'normal'),
    v_files || ' ||',
    ', p_class => ' || v_notification.class_id || ', p_row => r.id',
    case
      when v_notification.class_id is null then '(select null::bigint as id) as r'
      else format('(select t.* from data.datarow_%s as t where t.id = any ($1) and t.deleted is null) as r', v_notification.class_id)
    end,
    concat_ws(
      ', ',
      coalesce(v_lists ->> 'to', 'null'),
      (select string_agg(format('mail.group_addresses(%s)', g.id), ', ') from unnest(v_notification.group_ids) as g (id)),
      (v_definition ->> 'recipients') || '(r.id)'
    ),
    coalesce(v_lists ->> 'cc', 'null::text'),
    coalesce(v_lists ->> 'bcc', 'null::text'),
    coalesce(v_definition ->> 'each', 'false'),
    v_languages
  );

  update flow.notification as n
  set send_sql = v_sql
  where n.id = p_notification;

  return v_sql;
end;
$$;

comment on function flow.compile_notification(bigint) is
'Statement that sends a notification ($1 rows, $2 run variables, $3 files), compiled anew and kept. Raises PG425.';

revoke all on function flow.compile_notification(bigint) from public;
