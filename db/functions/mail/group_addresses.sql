-- Addresses of a group: those of its users who may work, and the outside ones.

create or replace function mail.group_addresses(p_group bigint)
returns text
language sql
stable
begin atomic
  select
    concat_ws(
      '; ',
      (
        select string_agg(a.email, '; ' order by a.id)
        from access.account as a
        where a.enabled and a.email <> '' and a.login in (select u.login from jsonb_array_elements_text(g.definition -> 'users') as u (login))
      ),
      nullif(g.definition ->> 'addresses', '')
    )
  from mail.recipient_group as g
  where g.id = p_group;
end;

comment on function mail.group_addresses(bigint) is 'Addresses of a group, separated by semicolons.';

revoke all on function mail.group_addresses(bigint) from public;
