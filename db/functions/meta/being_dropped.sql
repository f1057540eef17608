-- Whether the model file that is being applied drops this too.
--
-- Things that name one another go together: what uses another does not keep it when it is to
-- go itself a moment later. meta.apply_model() keeps the list while it works.

create or replace function meta.being_dropped(p_kind text, p_id bigint)
returns boolean
language sql
stable
begin atomic
  select coalesce(p_kind || ' ' || p_id = any(string_to_array(current_setting('pgears.dropping', true), ',')), false);
end;

comment on function meta.being_dropped(text, bigint) is 'True while meta.apply_model() drops the object as well.';

revoke all on function meta.being_dropped(text, bigint) from public;
