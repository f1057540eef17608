-- How many letters must be added, taken or changed to make one word of another.

create or replace function meta.distance(p_word text, p_other text)
returns integer
language plpgsql
immutable
strict
set search_path = pg_catalog, pg_temp
as $$
declare
  v_row integer[] := array(select n.i from generate_series(0, char_length(p_other)) as n (i));
  v_former integer[];
begin
  for i in 1 .. char_length(p_word) loop
    v_former := v_row;
    v_row[1] := i;

    for j in 1 .. char_length(p_other) loop
      v_row[j + 1] := least(
        v_former[j + 1] + 1,
        v_row[j] + 1,
        v_former[j] + case when substr(p_word, i, 1) = substr(p_other, j, 1) then 0 else 1 end
      );
    end loop;
  end loop;

  return v_row[char_length(p_other) + 1];
end;
$$;

comment on function meta.distance(text, text) is 'Edit distance of two words, to tell what a misspelt key was meant to be.';

revoke all on function meta.distance(text, text) from public;
