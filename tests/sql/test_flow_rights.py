"""Scripts, workflows, jobs and events for ordinary accounts: with the right, without, by forgery."""

# ruff: noqa: E501
from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.types.json import Jsonb

from runner import errors
from tests.fix_rights import Company

WAITS: dict[str, Any] = {
    "start": {"kind": "start", "next": "hear"},
    "hear": {"kind": "event", "event": "go-{{record.id}}", "next": "end"},
    "end": {"kind": "end"},
}
Denied = psycopg.errors.InsufficientPrivilege


class Firm:
    """A script, a workflow, a job; ann may, bob has a role that may something else, mallory nothing."""

    def __init__(self, company: Company) -> None:
        self.company = company
        self.conn = company.conn
        self.conn.execute("create table public.book (who text, what text)")
        self.script(
            "tidy",
            "insert into public.book values (context ->> 'account', context -> 'parameters' ->> 'what');"
            " result := jsonb_build_object('ran', true);",
        )
        self.define("flow.set_workflow", "wait", {"class": "ticket", "steps": WAITS})
        self.define(
            "flow.set_job", "night", {"steps": [{"script": "tidy", "parameters": {"what": "job"}}]}
        )
        for login in ("t_ann", "t_bob", "t_mallory"):
            company.account(login)
        company.role(
            "doer",
            {"script": "tidy", "allow": ["execute"]},
            {"workflow": "wait", "allow": ["view", "start", "manage"]},
            {"job": "night", "allow": ["start", "view_log"]},
            {"event": "go-*", "allow": ["raise"]},
        )
        company.role(
            "viewer",
            {"workflow": "wait", "allow": ["view"]},
            {"job": "night", "allow": ["view_log"]},
            {"event": "go", "allow": ["raise"]},
        )
        company.grant("t_ann", "doer")
        company.grant("t_bob", "viewer")
        self.conn.execute("grant usage, create on schema public to t_ann, t_bob, t_mallory")

    def define(self, function: str, code: str, definition: dict[str, Any]) -> None:
        """Make something of the model."""
        schema, name = function.split(".")
        self.conn.execute(
            sql.SQL("select {}(%s, %s, %s)").format(sql.Identifier(schema, name)),
            (self.company.model, code, Jsonb(definition)),
        )

    def script(self, code: str, body: str, **more: Any) -> None:
        """Make a script."""
        self.define("flow.set_script", code, {"sql": body, **more})

    def one(self, query: str, *values: Any) -> Any:
        """The single value of a query."""
        row = self.conn.execute(query.encode(), values).fetchone()
        assert row is not None
        return row[0]

    def ask(self, login: str, query: str, *values: Any) -> Any:
        """The same as an account, in a savepoint of its own."""
        with self.conn.transaction(), self.company.acting_only(login):
            value = self.one(query, *values)
            self.conn.execute("reset role")
        return value

    @contextmanager
    def refused(self, login: str, *, by: type[Exception] = errors.NotAllowed) -> Iterator[None]:
        """What is inside runs as the account, and is refused; nothing of it stays."""
        with pytest.raises(by), self.conn.transaction(), self.company.acting_only(login):
            yield

    def work(self) -> None:
        """Do the tasks there are."""
        functions = {"workflow.step": "run_step", "job.run": "run_job_steps", "rule": "run_rule"}
        while rows := self.conn.execute(
            "delete from queue.task where kind = any (%s) and state = 'ready' returning kind, payload",
            (list(functions),),
        ).fetchall():
            for kind, payload in rows:
                self.conn.execute(
                    sql.SQL("select {}(%s)").format(sql.Identifier("flow", functions[kind])),
                    (Jsonb(payload),),
                )

    def book(self) -> list[tuple[Any, ...]]:
        """What the script wrote down: for whom, and what."""
        return self.conn.execute("select who, what from public.book").fetchall()


@pytest.fixture
def firm(company: Company) -> Firm:
    """The company with things to start."""
    return Firm(company)


RUN = "select api.run_script('firm.tidy', '{\"what\": \"x\"}')"


def test_with_the_right(firm: Firm) -> None:
    """F04, J03, W16, W17, W18: run, start, ask the state, raise, manage, look at the log."""
    row = firm.company.ticket.insert(subject="a")
    assert firm.ask("t_ann", RUN) == {"ran": True}
    assert firm.book() == [("t_ann", "x")]
    id = firm.ask("t_ann", "select api.start_workflow('wait', %s)", row)
    firm.work()
    state = firm.ask("t_ann", "select api.workflow_state(%s)", id)
    assert (state["state"], state["name"], state["workflow"]) == (0, "running", "firm.wait")
    assert firm.one("select starter from flow.instance where id = %s", id) == "t_ann"
    assert firm.ask("t_ann", "select api.manage_workflow(%s, 'pause')", id)["name"] == "paused"
    assert firm.ask("t_ann", "select api.manage_workflow(%s, 'resume')", id)["state"] == 0
    assert firm.ask("t_ann", f"select api.raise_event('go-{row}')") == 1
    firm.work()
    assert firm.ask("t_bob", "select api.workflow_state(%s) ->> 'name'", id) == "finished"
    log = "select array_agg(step || ' ' || outcome) from api.workflow_log(%s)"
    assert firm.ask("t_bob", log, id) == [
        "start done", "hear waits", "hear done", "end done",
    ]  # fmt: skip
    run = firm.ask("t_ann", "select api.run_job('night')")
    firm.work()
    log = "select array[id::text, state, steps -> 0 ->> 'outcome'] from api.job_runs('night')"
    assert firm.ask("t_bob", log) == [str(run), "done", "done"]
    assert ("t_ann", "job") not in firm.book()
    with pytest.raises(errors.BadAction), firm.conn.transaction():
        firm.conn.execute("select api.manage_workflow(%s, 'explode')", (id,))


@pytest.mark.parametrize("login", ["t_bob", "t_mallory"])
def test_without_the_right(firm: Firm, login: str) -> None:
    """Each is refused with the right that is missing; to view is no right to start."""
    row = firm.company.ticket.insert(subject="a")
    id = firm.one("select api.start_workflow('wait', %s)", row)
    firm.work()
    for call, right in (
        (RUN, '"execute" on {script: firm.tidy}'),
        (f"select api.start_workflow('wait', {row})", '"start" on {workflow: firm.wait}'),
        (f"select api.manage_workflow({id}, 'cancel')", '"manage" on {workflow: firm.wait}'),
        ("select api.run_job('night')", '"start" on {job: firm.night}'),
        (f"select api.raise_event('go-{row}')", f'"raise" on {{event: go-{row}}}'),
    ):
        with pytest.raises(errors.NotAllowed) as refusal:
            firm.ask(login, call)
        assert right in str(refusal.value.diag.message_hint)
    assert firm.book() == []
    assert firm.one("select api.workflow_state(%s) ->> 'name'", id) == "running"


def test_what_one_may_not_view_is_not_there(firm: Firm) -> None:
    """State, log and runs are empty, as if the number were of nothing."""
    id = firm.one("select api.start_workflow('wait', %s)", firm.company.ticket.insert(subject="a"))
    firm.one("select api.run_job('night')")
    firm.work()
    assert firm.ask("t_mallory", "select api.workflow_state(%s)", id) is None
    assert firm.ask("t_mallory", "select count(*) from api.workflow_log(%s)", id) == 0
    assert firm.ask("t_mallory", "select count(*) from api.job_runs('night')") == 0
    assert firm.ask("t_bob", "select count(*) from api.job_runs('night')") == 1


def test_right_ends_at_once(firm: Firm) -> None:
    """Role off, model's role off, membership gone, account suspended: the next call is refused."""
    firm.conn.execute("prepare run as " + RUN)
    assert firm.ask("t_ann", "execute run") == {"ran": True}
    with firm.refused("t_bob"):
        firm.conn.execute("execute run")
    for end, back in (
        ("select access.switch_role('doer', false)", "select access.switch_role('doer', true)"),
        ("select access.revoke_role('t_ann', 'doer')", "select access.grant_role('t_ann', 'doer')"),
        ("select access.suspend_account('t_ann')", "select access.resume_account('t_ann')"),
    ):
        firm.one(end)
        with firm.refused("t_ann"):
            firm.conn.execute("execute run")
        firm.one(back)
        assert firm.ask("t_ann", "execute run") == {"ran": True}


def test_administrators_and_service_need_no_right(firm: Firm) -> None:
    """They may give themselves one; the service does what rules and times say."""
    firm.conn.execute("create role t_admin; grant pgears_admin to t_admin")
    firm.conn.execute("create role t_service; grant pgears_runner to t_service")
    for login in ("t_admin", "t_service"):
        assert firm.ask(login, RUN) == {"ran": True}


@pytest.mark.parametrize(
    "attempt",
    [
        "insert into flow.account_request (account, operation, object) values ('t_ann', 'run_script', 'firm.tidy')",
        "insert into flow.account_request (operation, object) values ('run_script', 'firm.tidy')",
        "copy flow.account_request (account, operation, object) from stdin",
        "with r as (insert into flow.account_request (account, operation, object) select 't_ann', 'run_script', 'firm.tidy' returning result) select * from r",
        "create view public.mine_too as select * from flow.account_request; alter view public.mine_too alter column account set default 't_ann';"
        " insert into public.mine_too (operation, object) values ('run_script', 'firm.tidy')",
        "create view public.mine_too with (security_invoker) as select 't_ann'::text as who, r.* from flow.account_request as r;"
        " insert into public.mine_too (account, operation, object) values ('t_ann', 'run_script', 'firm.tidy')",
        "insert into flow.request (operation, object, result) values ('run_script', 'firm.tidy', '1')",
        "insert into flow.request (operation, object) values ('run_script', 'firm.tidy') returning operation",
        "select flow.act('t_ann', 'run_script', 'firm.tidy', '{}')",
        "select flow.perform_script(1, '{}', false, 't_ann')",
        "select flow.run_script('firm.tidy')",
        "select flow.complete_assignment('t_ann', 1)",
        "select flow.make_link('t_ann', 'run_script', 'firm.tidy', '{}')",
        "select flow.raise_event('go-1')",
        "select flow.run_job('night')",
        "alter view flow.account_request alter column account set default 't_ann'",
        "create trigger t00 instead of insert on flow.account_request for each row execute function public.mine()",
        "create rule mine as on insert to flow.request do instead nothing",
        "create or replace function api.run_script(code text, parameters jsonb, dry_run boolean) returns jsonb language sql as 'select null::jsonb'",
        "set role t_ann",
        "select set_config('role', 't_ann', true)",
        "create function public.as_ann() returns void language sql set role = 't_ann' as 'select api.run_job(''night'')'",
        "select * from flow.link",
        "select * from access.role_right",
        "insert into access.role_right (role_id, model_id, kind, object, operation) values (1, 1, 'script', 'firm.tidy', 'execute')",
    ],
)  # fmt: skip
def test_forged_directly(firm: Firm, attempt: str) -> None:
    """Nobody writes the account of a request, calls what stands behind it, or becomes another.

    As a login of its own, because a superuser's session may become anybody; and with usage of
    every schema, which no account has.
    """
    firm.conn.execute("grant usage on schema flow, access, data to t_mallory")
    firm.conn.execute(
        "create function public.mine() returns trigger language plpgsql as 'begin return new; end'"
    )
    firm.conn.execute("grant usage on schema flow, access, data to public")

    def forge() -> None:
        with firm.conn.transaction():
            firm.conn.execute("set local session authorization t_mallory")
            firm.conn.execute(attempt.encode())
            if attempt.startswith("create function"):
                firm.conn.execute("select public.as_ann()")

    with pytest.raises(Denied):
        forge()
    assert firm.book() == []


@pytest.mark.parametrize("option", ["", "with (security_invoker)"])
def test_forged_by_a_view_upon_the_door(firm: Firm, option: str) -> None:
    """Defaults of mallory's own view fill what she may not write; the account is no column of it."""
    firm.conn.execute("grant usage on schema flow to t_mallory, t_ann")
    with made_by(firm, "t_mallory"):
        firm.conn.execute(
            f"""
            create view public.mine {option} as select * from flow.request;
            alter view public.mine alter column result set default '"t_ann"';
            alter view public.mine alter column operation set default 'run_script';
            grant insert on public.mine to t_ann
            """.encode()
        )
    with firm.refused("t_mallory"):
        firm.conn.execute("insert into public.mine (object) values ('firm.tidy')")
    # Ann's own statement acts for ann, through whatever view she sends it.
    with firm.company.acting("t_ann"):
        firm.conn.execute("insert into public.mine (object, arguments) values ('firm.tidy', '{}')")
    assert firm.book() == [("t_ann", None)]


def test_forged_by_merge(firm: Firm) -> None:
    """MERGE into views came with PostgreSQL 17; it asks for the same privileges."""
    firm.conn.execute("grant usage on schema flow to t_mallory")
    forged = (
        "merge into flow.{} as r using (select 1) as s on false when not matched then insert"
        " (account, operation, object) values ('t_ann', 'run_script', 'firm.tidy')"
    )
    for view in ("request", "account_request"):
        with firm.refused("t_mallory", by=psycopg.Error):
            firm.conn.execute(forged.format(view).encode())
    assert firm.book() == []


def test_forged_context(firm: Firm) -> None:
    """The function of a script cannot be called past its gate with a context of one's own."""
    firm.conn.execute("grant usage on schema data to t_mallory")
    name = firm.one("select format('data.script_%%s', id) from flow.script_status")
    with firm.refused("t_mallory", by=Denied):
        firm.conn.execute(f'select {name}(\'{{"account": "t_ann"}}\')'.encode())


@contextmanager
def made_by(firm: Firm, login: str) -> Iterator[None]:
    """What is inside belongs to the account."""
    firm.conn.execute(f"set local role {login}".encode())
    yield
    firm.conn.execute("reset role")


def test_forged_by_a_function_that_the_right_one_calls(firm: Firm) -> None:
    """A definer function of mallory has mallory's rights, whoever calls it; one of ann's lends ann's."""
    for login in ("t_mallory", "t_ann"):
        with made_by(firm, login):
            firm.conn.execute(
                f"create function public.of_{login}() returns jsonb language sql security definer as $$ {RUN} $$".encode()
            )
    with firm.refused("t_ann"):
        firm.conn.execute("select public.of_t_mallory()")
    assert firm.ask("t_bob", "select public.of_t_ann()") == {"ran": True}
    assert firm.book() == [("t_ann", "x")]


def test_forged_by_a_trigger(firm: Firm) -> None:
    """Ann, even the superuser, writes into mallory's table: its definer trigger may what mallory may."""
    with made_by(firm, "t_mallory"):
        firm.conn.execute(
            f"""
            create table public.bait (id int);
            grant insert on public.bait to t_ann;
            create function public.spring() returns trigger language plpgsql security definer as $$
            begin perform ({RUN}); return new; end $$;
            create trigger spring before insert on public.bait for each row execute function public.spring();
            """.encode()
        )
    with firm.refused("t_ann"):
        firm.conn.execute("insert into public.bait values (1)")
    with pytest.raises(errors.NotAllowed), firm.conn.transaction():
        firm.conn.execute("insert into public.bait values (1)")


@pytest.mark.parametrize(
    ("make", "spring"),
    [
        (
            "create materialized view public.bait as select public.run() as r with no data",
            "refresh materialized view public.bait",
        ),
        (
            "create table public.bait (id int); insert into public.bait values (1);"
            " create index on public.bait (public.quiet(id)); update public.trap set armed = true",
            "reindex table public.bait",
        ),
    ],
    ids=["materialized view", "index expression"],
)
def test_forged_by_upkeep(firm: Firm, make: str, spring: str) -> None:
    """What the superuser's maintenance evaluates for a table runs as its owner, not as him."""
    with made_by(firm, "t_mallory"):
        firm.conn.execute(
            f"""
            create table public.trap (armed boolean);
            insert into public.trap values (false);
            create function public.run() returns jsonb language sql volatile as $$ {RUN} $$;
            create function public.quiet(n int) returns int language plpgsql immutable as $$
            begin
              if (select t.armed from public.trap as t) then
                execute $q$ {RUN} $q$;
              end if;
              return n;
            end $$;
            """.encode()
        )
        firm.conn.execute(make.encode())
    # As a superuser with a role "none": a check of the session's role would say yes.
    with pytest.raises(errors.NotAllowed, match="t_mallory"), firm.conn.transaction():
        firm.conn.execute(spring.encode())
    assert firm.book() == []


def test_forged_by_names_in_front(firm: Firm) -> None:
    """Temporary objects and a search path of one's own change nothing: names are bound."""
    with firm.refused("t_mallory"):
        firm.conn.execute(
            """
            create temporary table request (account text default 't_ann', operation text, object text, arguments jsonb, result jsonb);
            create temporary table pg_roles (oid oid, rolname name);
            create function pg_temp.may(text, text, text, text) returns boolean language sql as 'select true';
            create function pg_temp.pg_has_role(name, text, text) returns boolean language sql as 'select true';
            set local search_path = pg_temp, public, pg_catalog
            """
        )
        firm.conn.execute(RUN)


def test_forged_settings(firm: Firm) -> None:
    """A mark of the web service that mallory sets is not genuine; other settings are not read."""
    with firm.refused("t_ann", by=errors.ForgedSource):
        firm.conn.execute("set local pgears.source = 'web'")
        firm.conn.execute(RUN)
    with firm.refused("t_mallory"):
        firm.conn.execute("set local pgears.account = 't_ann'; set local request.jwt.claims = '{}'")
        firm.conn.execute(RUN)


def test_role_of_the_transaction(firm: Firm) -> None:
    """One session, as the web service has it: each transaction is the account that it takes on."""
    firm.conn.execute("create role t_web login noinherit; grant t_ann, t_mallory to t_web")
    firm.conn.execute("set local session authorization t_web")
    answers = []
    for login in ("t_ann", "t_mallory", "t_ann"):
        try:
            with firm.conn.transaction():
                firm.conn.execute(f"set local role {login}".encode())
                answers.append(firm.one(RUN))
                firm.conn.execute("reset role")
        except errors.NotAllowed:
            answers.append(None)
    with pytest.raises(errors.NotAllowed), firm.conn.transaction():
        firm.conn.execute(RUN)
    firm.conn.execute("set local session authorization default")
    assert answers == [{"ran": True}, None, {"ran": True}]


@pytest.fixture
def web(firm: Firm) -> Firm:
    """The transaction is marked as one of the web service."""
    firm.conn.execute("select core.set_source('web')")
    return firm


def test_three_locks(web: Firm) -> None:
    """W01: switch of the instance, flag of the object, right of the role; each alone."""
    with web.refused("t_ann", by=errors.DoorClosed):
        web.conn.execute(RUN)
    web.script("tidy", "result := '1';", web_service=True)
    assert web.ask("t_ann", RUN) == 1
    with web.refused("t_mallory"):
        web.conn.execute(RUN)
    web.one("select core.set_web_service(false)")
    with web.refused("t_ann", by=errors.DoorsClosed):
        web.conn.execute(RUN)
    web.one("select core.set_source('sql')")
    assert web.ask("t_ann", RUN) == 1


def test_locks_of_workflows_and_jobs(web: Firm) -> None:
    """The flag of the workflow and the job; what a script of an open call starts is inside."""
    for call in ("select api.start_workflow('wait')", "select api.run_job('night')"):
        with web.refused("t_ann", by=errors.DoorClosed):
            web.conn.execute(call.encode())
    web.script("starter", "result := to_jsonb(api.start_workflow('wait'));", web_service=True)
    web.company.role("more", {"script": "starter", "allow": ["execute"]})
    web.company.grant("t_ann", "more")
    assert web.ask("t_ann", "select api.run_script('starter')") > 0
    web.define(
        "flow.set_workflow", "wait", {"class": "ticket", "steps": WAITS, "web_service": True}
    )
    web.define("flow.set_job", "night", {"steps": [{"script": "tidy"}], "web_service": True})
    assert web.ask("t_ann", "select api.start_workflow('wait')") > 0
    assert web.ask("t_ann", "select api.run_job('night')") > 0


def test_script_by_url(firm: Firm) -> None:
    """U10, U11, U12: flag, right, switched off; OK or the error; a file with name, type and content."""
    by_url = "select array[file_name, content_type, convert_from(content, 'UTF8')] from api.run_script_by_url(%s, %s)"
    given = Jsonb({"what": "ä"})
    with firm.refused("t_ann", by=errors.DoorClosed):
        firm.conn.execute(by_url, ("tidy", given))
    firm.script("tidy", "insert into public.book values ('', context -> 'parameters' ->> 'what');", url=True)  # fmt: skip
    assert firm.ask("t_ann", by_url, "tidy", given) == [None, "text/plain", "OK"]
    assert firm.book() == [("", "ä")]
    with firm.refused("t_mallory"):
        firm.conn.execute(by_url, ("tidy", given))
    for content in ("context -> 'parameters' ->> 'what'", "convert_to(context -> 'parameters' ->> 'what', 'UTF8')"):  # fmt: skip
        firm.script("tidy", f"result := flow.set_file('a.csv', 'text/csv', {content});", url=True)
        assert firm.ask("t_ann", by_url, "tidy", given) == ["a.csv", "text/csv", "ä"]
    firm.script("tidy", 'result := \'{"error": "no"}\';', url=True)
    with firm.refused("t_ann", by=errors.ScriptFailed):
        firm.conn.execute(by_url, ("tidy", given))
    firm.script("tidy", "result := '1';", url=True, enabled=False)
    with firm.refused("t_ann", by=errors.SwitchedOff):
        firm.conn.execute(by_url, ("tidy", given))


def test_big_file_of_bytes(firm: Firm) -> None:
    """Bytes that are no text come as they are, line breaks of base64 and all."""
    firm.script(
        "tidy",
        "result := flow.set_file('a.bin', null, (select string_agg(sha256(int4send(n)), '') from generate_series(1, 1000) as n));",
        url=True,
    )
    row = "select (file_name, content_type, sha256(content) = sha256((select string_agg(sha256(int4send(n)), '') from generate_series(1, 1000) as n)))::text from api.run_script_by_url('tidy')"
    assert firm.ask("t_ann", row) == "(a.bin,application/octet-stream,t)"


def hearing(**more: Any) -> dict[str, Any]:
    """Steps that wait for "go-1"."""
    return {**WAITS, "hear": {"kind": "event", "event": "go-1", "next": "end", **more}}


@pytest.mark.parametrize("scope", ["instance", "workflow", "global"])
def test_event_from_outside(firm: Firm, scope: str) -> None:
    """U13, W17: three scopes; a step that is not open, or of another scope, counts 0."""
    ids = {}
    for code, doors in (("shut", {}), ("open", {"url": True}), ("web", {"web_service": True})):
        firm.define("flow.set_workflow", code, {"steps": hearing(scope=scope, **doors)})
        ids[code] = firm.one("select api.start_workflow(%s)", code)
    firm.work()

    def place(code: str) -> int:
        if scope == "instance":
            return int(ids[code])
        workflow = "select workflow_id from flow.instance where id = %s"
        return int(firm.one(workflow, ids[code])) if scope == "workflow" else 0

    by_url = "select api.raise_event_by_url('go-1', %s, %s)"
    other = "global" if scope == "instance" else "instance"
    assert firm.ask("t_ann", by_url, other, ids["open"]) == 0
    if scope != "global":
        assert firm.ask("t_ann", by_url, scope, place("shut")) == 0
    assert firm.ask("t_ann", by_url, scope, place("open")) == 1
    there = place("open")
    with firm.refused("t_bob"):
        firm.conn.execute(by_url, (scope, there))
    firm.one("select core.set_source('web')")
    assert firm.ask("t_ann", "select api.raise_event('go-1', %s, %s)", scope, place("web")) == 1
    firm.one("select core.set_web_service(false)")
    with firm.refused("t_ann", by=errors.DoorsClosed):
        firm.conn.execute("select api.raise_event('go-1')")
    firm.one("select core.set_source('sql')")
    assert firm.ask("t_ann", "select api.raise_event('go-1', %s, %s)", scope, place("shut")) == 1


def test_early_event_from_outside(firm: Firm) -> None:
    """Kept for a step that is open to its door; it does not keep the place of one raised inside."""
    raised = "select (select api.raise_event_by_url('go-1', payload => '{\"by\": \"url\"}')) + (select api.raise_event('go-1', payload => '{\"by\": \"ann\"}'))"
    assert firm.ask("t_ann", raised) == 0
    firm.define("flow.set_workflow", "shut", {"steps": hearing(into="got")})
    firm.define("flow.set_workflow", "open", {"steps": hearing(into="got", url=True)})
    for code, by in (("shut", "ann"), ("open", "url")):
        id = firm.one("select api.start_workflow(%s)", code)
        firm.work()
        assert firm.one("select api.workflow_state(%s) -> 'variables' -> 'got' ->> 'by'", id) == by


def test_what_doors_ask(firm: Firm) -> None:
    """flow.script_door: the flag and the switch; the service asks it, accounts do not."""
    firm.script("tidy", "null;", url=True)
    door = "select flow.script_door('tidy', %s)"
    assert [firm.one(door, name) for name in ("url", "web_service", "back")] == [True, False, False]
    firm.one("select core.set_web_service(false)")
    assert firm.one(door, "url") is False
    with firm.refused("t_ann", by=Denied):
        firm.conn.execute(door, ("url",))


def test_what_may_be_viewed_is_found_by_indexes(firm: Firm) -> None:
    """Among many instances, the barriers let keys and the order of keys through."""
    firm.define("flow.set_workflow", "other", {"class": "ticket", "steps": WAITS})
    firm.conn.execute(
        "insert into flow.instance (workflow_id, version, state, starter, started)"
        " select w.id, w.version, 1, 'x', now() from generate_series(1, 5000) as n, flow.workflow as w"
        " order by n"
    )
    firm.conn.execute("analyze flow.instance")
    shown = "select count(*) from api.workflow_instance"
    assert firm.ask("t_bob", shown) == firm.one("select count(*) / 2 from flow.instance") >= 5000
    assert firm.ask("t_mallory", shown) == 0
    explain = "explain (format json, analyze) select * from api.workflow_instance"
    some = firm.ask("t_bob", "select max(id) - 2 from api.workflow_instance")
    for asks in (partial(firm.ask, "t_bob"), firm.one):
        for condition, most in (
            (f"where id = {some}", 1),
            ("order by id desc limit 20", 20),
        ):
            (plan,) = asks(f"{explain} {condition}")
            reads = [node for node in nodes(plan["Plan"]) if node.get("Alias") == "i"]
            assert [node["Index Name"] for node in reads] == ["instance_pkey"], plan
            assert reads[0]["Actual Rows"] == most
            assert reads[0].get("Rows Removed by Filter", 0) <= most  # those of the other
            # Open steps are looked for in instances that are shown, by their keys.
            for node in nodes(plan["Plan"]):
                if node.get("Relation Name") in ("instance", "branch"):
                    assert node["Node Type"] == "Index Scan", plan
                    assert node["Actual Rows"] * node["Actual Loops"] <= most, plan


def test_the_newest_runs_of_a_job_are_found_by_indexes(firm: Firm) -> None:
    """However many there are, the steps are read of the runs that are shown."""
    firm.define("flow.set_job", "other", {"steps": [{"script": "tidy"}]})
    firm.conn.execute(
        "insert into flow.job_run (job_id, cause, state, created)"
        " select j.id, 'manual', 'done', now() from generate_series(1, 5000) as n, flow.job as j"
        " order by n;"
        "insert into flow.job_log (run_id, position, step, outcome, at)"
        " select r.id, 1, 'tidy', 'done', now() from flow.job_run as r;"
        "analyze flow.job_run, flow.job_log"
    )
    assert firm.ask("t_bob", "select count(*) from api.job_runs('night', 9999)") == 5000
    assert firm.ask("t_bob", "select count(*) from api.job_runs('other', 9999)") == 0
    newest = firm.one(
        "select array(select id from flow.run_status where job ~ 'night' order by id desc limit 20)"
    )
    for asks in (partial(firm.ask, "t_bob"), firm.one):
        assert asks("select array(select id from api.job_runs('night', 20))") == newest
        explain = "explain (format json, analyze) select * from api.job_runs('night', 20)"
        plan = asks(explain)[0]["Plan"]
        reads = [n for n in nodes(plan) if n.get("Relation Name") in ("job_run", "job_log")]
        assert {node["Index Name"] for node in reads} == {"job_run_pkey", "job_log_run_id_idx"}
        # Those of the other job are passed over.
        assert all(node["Actual Rows"] * node["Actual Loops"] <= 40 for node in reads), plan


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """All nodes of a plan."""
    yield plan
    for child in plan.get("Plans", ()):
        yield from nodes(child)


def test_what_may_not_be_viewed_meets_no_function(firm: Firm) -> None:
    """A cheap function in a condition learns of no instance that the view does not show."""
    firm.define("flow.set_workflow", "other", {"class": "ticket", "steps": WAITS})
    firm.conn.execute(
        "insert into flow.instance (workflow_id, version, state, starter, started, error)"
        " select w.id, w.version, 3, 'x', now(), w.code from flow.workflow as w"
    )
    firm.conn.execute(
        "grant usage on schema flow to public;"
        "create table public.learnt (error text); grant insert on public.learnt to public;"
        "create function public.learn(text) returns boolean language sql cost 0.0001"
        " as 'insert into public.learnt values ($1); select true'"
    )
    firm.define("flow.set_job", "other", {"steps": [{"script": "tidy"}]})
    firm.conn.execute(
        "insert into flow.job_run (job_id, cause, state, created, error)"
        " select j.id, 'manual', 'failed', now(), j.code from flow.job as j"
    )
    instances = ("api.workflow_instance", "flow.my_instance", "flow.instance")
    for login, sources, learnt in (
        ("t_mallory", (*instances, "flow.my_run", "flow.job_run"), set()),
        ("t_bob", instances, {"wait"}),
        ("t_bob", ("flow.my_run", "flow.job_run"), {"night"}),
    ):
        for source in sources:
            firm.conn.execute("delete from public.learnt")
            with firm.company.acting_only(login):
                firm.conn.execute(f"select id from {source} where public.learn(error)".encode())
                firm.conn.execute("reset role")
            found = firm.conn.execute("select error from public.learnt").fetchall()
            assert {error for (error,) in found} == learnt, (login, source)


def test_a_view_upon_them_shows_the_readers(firm: Firm) -> None:
    """One of the owner's, whom row security leaves alone, shows what its reader may view."""
    firm.define("flow.set_workflow", "other", {"class": "ticket", "steps": WAITS})
    firm.conn.execute(
        "insert into flow.instance (workflow_id, version, starter, started)"
        " select w.id, w.version, 'x', now() from flow.workflow as w;"
        "insert into flow.job_run (job_id, cause, state, created)"
        " select j.id, 'manual', 'done', now() from flow.job as j;"
        "create view public.mine as select id from api.workflow_instance;"
        "create view public.runs as select id from flow.my_run;"
        "grant select on public.mine, public.runs to public"
    )
    for login, number in (("t_mallory", 0), ("t_bob", 1)):
        for view in ("mine", "runs"):
            assert firm.ask(login, f"select count(*) from public.{view}") == number
