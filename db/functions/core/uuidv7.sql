-- A time-ordered UUID (RFC 9562, version 7) where the server has no uuidv7() of its own.
--
-- 48 bits of Unix time in milliseconds laid over a random UUID; servers from 18 on have a
-- built-in one, which class tables use there.

create or replace function core.uuidv7()
returns uuid
language sql
volatile
parallel safe
begin atomic
  select
    encode(
      set_byte(
        overlay(  -- noqa: LT01
          uuid_send(gen_random_uuid())
          placing substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3)
          from 1 for 6
        ),
        6,
        112 + (random() * 15)::integer
      ),
      'hex'
    )::uuid;
end;

comment on function core.uuidv7() is 'A new UUID of version 7: sorts by the time at which it was made.';

-- Column defaults call it with the writer's rights.
grant execute on function core.uuidv7() to public;
