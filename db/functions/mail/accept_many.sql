-- Make a batch of stored messages of one mailbox records, in the order in which they came.
--
-- Ordinary neighbours become records by one insert; where that fails, and for every other
-- message, each is accepted for itself under a savepoint: one that cannot be a record is
-- quarantined, and the rest go on. What says nothing about the messages (a lost connection,
-- no memory, a conflict of locks) ends the batch. The arrays of files have an entry for each
-- attachment, with the message that it belongs to; p_told: their server was told of them. A
-- message that another reader has settled meanwhile is left alone.
-- requires: mail.accept mail.accept_together mail.ordinary_messages mail.quarantine meta.constraint_words

create or replace function mail.accept_many(
  p_mailbox bigint,
  p_received bigint[],
  p_parts jsonb,
  p_skips text[],
  p_told boolean default false,
  p_file_of bigint[] default '{}',
  p_file_names text[] default '{}',
  p_file_types text[] default '{}',
  p_file_contents bytea[] default '{}'
)
returns table (received bigint, state text)
language plpgsql
volatile
security definer  -- lends: inserting into class tables to the runner
set search_path = pg_catalog, pg_temp
as $$
declare
  v_passing constant text[] := array['08', '25', '40', '53', '55', '57', '58', 'XX'];
  v_parts constant jsonb[] := array(select e.value from jsonb_array_elements(p_parts) with ordinality as e (value, place) order by e.place);
  v_ordinary bigint[];
  v_run record;
  v_alone bigint[];
  v_place integer;
  v_table text;
  v_constraint text;
begin
  perform from mail.received as r where r.mailbox_id = p_mailbox and r.id = any (p_received) order by r.id for update;

  v_ordinary := mail.ordinary_messages(p_mailbox, p_received, v_parts, p_skips);

  for v_run in
    select n.together, array_agg(n.id order by n.place) as ids, array_agg(n.parts order by n.place) as parts
    from (
      select m.*, count(*) filter (where m.together is distinct from m.before) over (order by m.place) as run
      from (
        select g.id, g.parts, g.place, g.id = any (v_ordinary) as together, lag(g.id = any (v_ordinary)) over (order by g.place) as before
        from unnest(p_received, v_parts) with ordinality as g (id, parts, place)
      ) as m
    ) as n
    group by n.run, n.together
    order by n.run
  loop
    v_alone := v_run.ids;

    if v_run.together then
      begin
        perform mail.accept_together(
          p_mailbox, v_run.ids, v_run.parts,
          (
            select array_agg(m.files order by m.place)
            from (
              select g.place, coalesce(jsonb_agg(f.id order by f.place) filter (where f.id is not null), '[]') as files
              from unnest(v_run.ids) with ordinality as g (id, place)
              left join (
                select a.message, a.place, core.store_file(a.name, a.type, a.content) as id
                from unnest(p_file_of, p_file_names, p_file_types, p_file_contents) with ordinality as a (message, name, type, content, place)
                where a.message = any (v_run.ids)
                offset 0
              ) as f on g.id = f.message
              group by g.place
            ) as m
          ),
          p_told
        );
        v_alone := array[]::bigint[];
        return query select g.id, 'done' from unnest(v_run.ids) as g (id);
      exception
        when others then
          -- One of them is to blame, if it is not the server.
          if left(sqlstate, 2) = any (v_passing) then
            raise;
          end if;
      end;
    end if;

    foreach received in array v_alone loop
      v_place := array_position(p_received, received);

      begin
        state := mail.accept(
          received,
          v_parts[v_place],
          array(
            select core.store_file(a.name, a.type, a.content)
            from unnest(p_file_of, p_file_names, p_file_types, p_file_contents) with ordinality as a (message, name, type, content, place)
            where a.message = received
            order by a.place
          ),
          p_skips[v_place]
        );
      exception
        when others then
          if left(sqlstate, 2) = any (v_passing) then
            raise;
          end if;
          get stacked diagnostics v_table = table_name, v_constraint = constraint_name;
          perform mail.quarantine(received, sqlstate || ' ' || coalesce(meta.constraint_words(v_table, v_constraint), sqlerrm), v_parts[v_place] - array['text', 'html']);
          state := 'quarantined';
      end;
      return next;
    end loop;
  end loop;

  if p_told then
    update mail.received as r set told = true where r.mailbox_id = p_mailbox and r.id = any (p_received) and not r.told;
  end if;
end;
$$;

comment on function mail.accept_many(bigint, bigint[], jsonb, text[], boolean, bigint[], text[], text[], bytea[]) is
'Turn stored messages into records, each for itself where they cannot go together; gives the state of each. Raises what says nothing about the messages.';

revoke all on function mail.accept_many(bigint, bigint[], jsonb, text[], boolean, bigint[], text[], text[], bytea[]) from public;
grant execute on function mail.accept_many(bigint, bigint[], jsonb, text[], boolean, bigint[], text[], text[], bytea[]) to pgears_runner;
