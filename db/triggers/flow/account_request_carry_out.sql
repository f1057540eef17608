-- flow.account_request -> flow: what is asked for is done.
-- requires: flow.account_request flow.carry_out

create or replace trigger t50_carry_out
instead of insert on flow.account_request
for each row
execute function flow.carry_out();
