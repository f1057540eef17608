-- flow.request -> flow: what is asked for is done.
-- requires: flow.carry_out flow.request

create or replace trigger t50_carry_out
instead of insert on flow.request
for each row
execute function flow.carry_out();
