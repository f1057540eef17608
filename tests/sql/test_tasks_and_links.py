"""Tasks for people: whose they are, scripts around them, and links that complete them once."""

# ruff: noqa: E501
from __future__ import annotations

import re
from typing import Any

import pytest
from psycopg.types.json import Jsonb

from runner import errors
from tests.fix_rights import Company

from .test_flow_rights import Firm

ASK: dict[str, Any] = {
    "start": {"kind": "start", "next": "ask"},
    "ask": {
        "kind": "task", "assignee": "{{variables.who}}", "subject": "Approve {{record.id}}",
        "deadline": "2 days", "on_deadline": "late", "outcomes": {"yes": "end", "no": "end"}, "into": "answer",
    },
    "late": {"kind": "end"},
    "end": {"kind": "end"},
}  # fmt: skip


class Desk(Firm):
    """The firm with a workflow that asks people."""

    def __init__(self, company: Company) -> None:
        super().__init__(company)
        self.conn.execute(
            "select core.set_parameter('web.base_address', 'https://desk.example/base/')"
        )
        self.row = company.ticket.insert(subject="a")
        self.workflow()

    def workflow(self, **more: Any) -> None:
        """Define it, the step "ask" with more keys."""
        steps = {**ASK, "ask": {**ASK["ask"], **more}}
        self.define("flow.set_workflow", "ask", {"class": "ticket", "steps": steps})

    def start(self, who: str) -> tuple[int, int]:
        """An instance and the task that it has given somebody."""
        id = self.one("select api.start_workflow('ask', %s, %s)", self.row, Jsonb({"who": who}))
        self.work()
        return id, self.one("select max(id) from flow.assignment")

    def tasks(self, login: str) -> list[int]:
        """What the account sees."""
        return list(self.ask(login, "select array(select id from api.my_tasks())"))

    def state(self, id: int) -> dict[str, Any]:
        """State of an instance."""
        self.work()
        return dict(self.one("select api.workflow_state(%s)", id))

    def link(self, login: str, operation: str, object: str | None = None, **arguments: Any) -> str:
        """A link made by the account."""
        return str(
            self.ask(login, "select api.make_link(%s, %s, %s)", operation, object, Jsonb(arguments))
        )

    def use(self, token: str, choice: str | None = None, by: str = "t_mallory") -> dict[str, Any]:
        """Use a link: whoever holds it may."""
        return dict(self.ask(by, "select api.use_link(%s, %s)", token, choice))

    def show(self, token: str) -> dict[str, Any]:
        """Look at a link in a transaction that cannot write, as a GET does."""
        with self.conn.transaction():
            self.conn.execute("set local role t_mallory")
            self.conn.execute("set transaction read only")
            shown = self.one("select api.show_link(%s)", token)
            self.conn.execute("reset role")
        return dict(shown)


@pytest.fixture
def desk(company: Company) -> Desk:
    """A workflow that asks people."""
    return Desk(company)


COMPLETE = "select api.complete_task(%s, %s)"


def test_assignee_without_any_role(desk: Desk) -> None:
    """F04: the task is seen and completed by whom it was given to, by nobody else; no right is asked."""
    id, task = desk.start("t_mallory")
    assert (desk.tasks("t_mallory"), desk.tasks("t_ann")) == ([task], [])
    row = "select (subject, workflow, class, record = %s, outcomes)::text from api.my_tasks()"
    assert desk.ask("t_mallory", row, desk.row) == (
        f'("Approve {desk.row}",firm.ask,firm.ticket,t,"{{no,yes}}")'
    )
    with desk.refused("t_ann", by=errors.NotAssigned):
        desk.conn.execute(COMPLETE, (task, "yes"))
    desk.ask("t_mallory", COMPLETE, task, "yes")
    state = desk.state(id)
    assert (state["name"], state["variables"]["answer"]) == ("finished", "yes")
    assert desk.one("select completed_by from flow.assignment") == "t_mallory"
    assert desk.tasks("t_mallory") == []


def test_task_of_a_role(desk: Desk) -> None:
    """Given to a role by its code: every member may; who has left or is suspended may not."""
    _, task = desk.start("doer")
    assert (desk.tasks("t_ann"), desk.tasks("t_bob")) == ([task], [])
    desk.one("select access.suspend_account('t_ann')")
    assert desk.tasks("t_ann") == []
    with desk.refused("t_ann", by=errors.NotAssigned):
        desk.conn.execute(COMPLETE, (task, "yes"))
    desk.one("select access.resume_account('t_ann')")
    desk.ask("t_ann", COMPLETE, task, "no")


def test_suspended_assignee(desk: Desk) -> None:
    """A task of a suspended account by its name waits for somebody else."""
    _, task = desk.start("t_bob")
    desk.one("select access.suspend_account('t_bob')")
    assert desk.tasks("t_bob") == []
    with desk.refused("t_bob", by=errors.NotAssigned):
        desk.conn.execute(COMPLETE, (task, "yes"))
    token = desk.one(
        "select flow.make_link('pgears_admin', 'complete_task', null, jsonb_build_object('id', %s::bigint))",
        task,
    )
    assert desk.use(token, "no")["done"]


def test_hand_over_and_deputies(desk: Desk) -> None:
    """Who has the task gives it away or names deputies; the log says who did."""
    id, task = desk.start("t_ann")
    assign = "select api.assign_task(%s, %s, %s)"
    with desk.refused("t_bob", by=errors.NotAssigned):
        desk.conn.execute(assign, (task, "t_bob", None))
    with desk.refused("t_ann", by=errors.NoSuchAccount):
        desk.conn.execute(assign, (task, "t_nobody", None))
    desk.ask("t_ann", assign, task, None, ["t_bob"])
    assert (desk.tasks("t_ann"), desk.tasks("t_bob")) == ([task], [task])
    desk.ask("t_bob", assign, task, "t_mallory", [])
    assert [desk.tasks(login) for login in ("t_ann", "t_bob", "t_mallory")] == [[], [], [task]]
    desk.ask("t_mallory", COMPLETE, task, "yes")
    log = desk.one("select array(select detail from api.workflow_log(%s))", id)
    assert "t_ann gives it to t_ann, deputies t_bob" in log
    assert "t_bob gives it to t_mallory" in log


def test_scripts_around_a_task(desk: Desk) -> None:
    """Before: variables that the task is made of. After: may refuse, and keeps variables."""
    desk.script(
        "before", "result := jsonb_build_object('variables', jsonb_build_object('who', 't_bob', 'n', 1));"
    )  # fmt: skip
    desk.script(
        "after",
        """
        if context -> 'parameters' ->> 'outcome' = 'no' and context -> 'variables' -> 'why' is null then
          perform flow.refuse('say why');
        end if;
        result := jsonb_build_object('variables', jsonb_build_object(
          'said', concat_ws(' ', context -> 'parameters' ->> 'by', context ->> 'account', context -> 'variables' ->> 'why', context -> 'record' ->> 'subject')));
        """,
    )
    desk.workflow(before="before", after="after")
    id, task = desk.start("t_ann")
    assert (desk.tasks("t_ann"), desk.tasks("t_bob")) == ([], [task])
    with desk.refused("t_bob", by=errors.Refused):
        desk.conn.execute(COMPLETE, (task, "no"))
    desk.ask("t_bob", "select api.complete_task(%s, 'no', '{\"why\": \"dear\"}')", task)
    assert desk.state(id)["variables"] == {
        "who": "t_bob", "n": 1, "why": "dear", "said": "t_bob t_bob dear a", "answer": "no",
    }  # fmt: skip
    for code in ("before", "after"):
        script = desk.one("select id from flow.script_status where script = 'firm.' || %s", code)
        with pytest.raises(errors.InTheWay), desk.conn.transaction():
            desk.conn.execute("select flow.drop_script(%s)", (script,))


def test_link_of_a_mail(desk: Desk) -> None:
    """U15: the mail about the task has its link; looking changes nothing; used once; then it says what happened."""
    desk.define(
        "flow.set_notification", "todo",
        {
            "class": "ticket", "to": "ann@desk.example", "subject": "{{task.subject}}",
            "html": '<a href="{{task.link}}">look</a> <a href="{{task.link.yes}}">yes</a> until {{task.deadline}}',
        },
    )  # fmt: skip
    desk.conn.execute("select mail.set_account('out', '{\"host\": \"localhost\", \"from_address\": \"a@desk.example\", \"is_default\": true}')")  # fmt: skip
    desk.workflow(notify="todo")
    id, _ = desk.start("t_ann")
    html, subject = (desk.one(f"select {text} from mail.content") for text in ("html", "subject"))
    assert subject == f"Approve {desk.row}"
    [link, yes] = re.findall(r'href="([^"]+)"', html)
    assert yes == f"{link}?choice=yes"
    token = link.removeprefix("https://desk.example/base/link/")
    assert re.fullmatch(r"[\w-]{43}", token)

    reader = "select html from api.mail where record = %s"
    assert desk.one(reader, desk.row) == html.replace(token, "***")  # whoever reads the row

    shown = desk.show(token)
    assert shown == desk.show(token)
    assert (shown["state"], shown["account"], shown["outcomes"], shown["record"], shown["class"]) == (
        "open", "t_ann", ["no", "yes"], desk.row, "firm.ticket",
    )  # fmt: skip
    assert desk.state(id)["name"] == "running"

    for choice in (None, "maybe"):
        with desk.refused("t_mallory", by=errors.BadTaskOutcome):
            desk.conn.execute("select api.use_link(%s, %s)", (token, choice))
    assert desk.use(token, "yes")["done"]
    assert desk.state(id)["variables"]["answer"] == "yes"
    again = desk.use(token, "no")
    assert (again["done"], again["state"], again["choice"], again["task_completed_by"]) == (
        False, "used", "yes", "t_ann",
    )  # fmt: skip
    assert desk.show(token)["task_outcome"] == "yes"
    assert desk.one("select count(*) from flow.link where sha256 = sha256(%s)", token.encode()) == 1
    assert desk.one("select count(*) from flow.link as l where l::text like %s", f"%{token}%") == 0


def test_mail_to_the_assignee(desk: Desk) -> None:
    """To the account or the members of the role; whoever it is handed to gets one with a link of his own."""
    desk.conn.execute(
        "update access.account set email = login || '@desk.example', full_name = 'Ms ' || login"
    )
    desk.conn.execute(
        "select mail.set_account('out', %s)",
        (Jsonb({"host": "localhost", "from_address": "a@desk.example", "is_default": True}),),
    )
    desk.define(
        "flow.set_notification", "todo",
        {"to": "{{task.assignee}}", "subject": "{{task.assignee}}: {{task.id}}", "body": "{{task.link}}"},
    )  # fmt: skip
    desk.workflow(notify="todo")
    _, task = desk.start("doer")
    for login in ("t_bob", "t_mallory"):
        desk.one("select api.assign_task(%s, %s)", task, login)
    sent = desk.conn.execute(
        "select c.subject, c.body, array(select r.address from mail.recipient_status as r where r.message_id = c.id)"
        " from mail.content as c order by c.id"
    ).fetchall()
    group = desk.one("select access.group_name('doer')")
    assert [(subject, to) for subject, _, to in sent] == [
        (f"{group}: {task}", ["t_ann@desk.example"]),
        (f"Ms t_bob: {task}", ["t_bob@desk.example"]),
        (f"Ms t_mallory: {task}", ["t_mallory@desk.example"]),
    ]
    former, last = (body.strip().rpartition("/")[2] for _, body, _ in sent[1:])
    told = desk.use(former, "yes")
    assert (told["done"], told["state"], told["task_assignee"]) == (False, "over", "t_mallory")
    assert desk.use(last, "yes")["task_completed_by"] == "t_mallory"


def test_mail_to_an_assignee_without_address(desk: Desk) -> None:
    """Kept as a failed mail with the reason; the task is there all the same."""
    desk.conn.execute(
        "select mail.set_account('out', %s)",
        (Jsonb({"host": "localhost", "from_address": "a@desk.example", "is_default": True}),),
    )
    desk.define(
        "flow.set_notification", "todo", {"to": "{{task.assignee}}", "subject": "x", "body": "x"}
    )
    desk.workflow(notify="todo")
    _, task = desk.start("t_ann")
    assert desk.tasks("t_ann") == [task]
    state = desk.conn.execute("select state, error from mail.message_status").fetchone()
    assert state is not None
    assert state[0] == "failed"
    assert "task.assignee" in state[1]


def test_reading_in_a_transaction_that_cannot_write(desk: Desk) -> None:
    """What a GET calls writes nothing."""
    id, task = desk.start("t_ann")
    desk.one("select api.run_job('night')")
    with desk.conn.transaction():
        desk.conn.execute("set transaction read only")
        desk.conn.execute("set local role t_ann")
        assert desk.one("select id from api.my_tasks()") == task
        assert desk.one("select api.workflow_state(%s)", id) is None
        assert desk.one("select count(*) from api.workflow_log(%s)", id) == 0
        assert desk.one("select count(*) from api.job_runs('firm.night')") == 1
        desk.conn.execute("reset role")


def test_notification_without_a_place_makes_no_link(desk: Desk) -> None:
    """No secret is made that nobody gets."""
    desk.define(
        "flow.set_notification", "todo",
        {"class": "ticket", "to": "a@desk.example", "subject": "{{task.id}}", "body": "x"},
    )  # fmt: skip
    desk.workflow(notify="todo")
    desk.start("t_ann")
    assert desk.one("select count(*) from flow.link") == 0


def test_link_needs_the_base_address(desk: Desk) -> None:
    """Where the parameter is not set, a notification with a link is refused when it is stored."""
    desk.conn.execute("select core.set_parameter('web.base_address', null)")
    with pytest.raises(errors.UnknownVariable) as refusal:
        desk.define(
            "flow.set_notification", "todo",
            {"class": "ticket", "to": "a@desk.example", "subject": "x", "body": "{{task.link}}"},
        )  # fmt: skip
    assert "web.base_address" in str(refusal.value.diag.message_hint)


def test_link_of_a_task_done_otherwise_and_of_one_gone(desk: Desk) -> None:
    """It says who has done it; after its time, that it has expired."""
    _, task = desk.start("t_ann")
    first, second = (desk.link("t_ann", "complete_task", id=task) for _ in range(2))
    desk.ask("t_ann", COMPLETE, task, "no")
    told = desk.use(first, "yes")
    assert (told["done"], told["state"], told["task_outcome"], told["task_completed_by"]) == (
        False, "over", "no", "t_ann",
    )  # fmt: skip
    token = desk.link("t_ann", "run_script", "tidy", parameters={"what": "y"})
    desk.conn.execute("select core.set_clock(core.now() + '31 days'::interval)")
    assert (desk.show(token)["state"], desk.use(token)["done"]) == ("expired", False)
    assert desk.show(second)["state"] == "over"
    assert desk.book() == []
    desk.conn.execute("select core.set_clock(core.now() + '31 days'::interval)")
    assert desk.one("select flow.prune_links()") == 3
    with desk.refused("t_ann", by=errors.NoSuchLink):
        desk.conn.execute("select api.show_link(%s)", (token,))


@pytest.mark.parametrize("token", ["", "x", "' or 1=1", "A" * 43, "a\\000"])
def test_token_that_is_none(desk: Desk, token: str) -> None:
    """A guess is not a link, whatever it looks like."""
    desk.link("t_ann", "run_script", "tidy")
    for function in ("show_link", "use_link"):
        with desk.refused("t_ann", by=errors.NoSuchLink):
            desk.conn.execute(f"select api.{function}(%s)".encode(), (token,))


def test_links_of_pages(desk: Desk) -> None:
    """Run a script, start, raise: for the account that made it, with its rights of that moment."""
    run = desk.link("t_ann", "run_script", "tidy", parameters={"what": "y"})
    assert desk.use(run)["result"] == {"ran": True}
    assert desk.use(run)["done"] is False
    assert desk.book() == [("t_ann", "y")]

    id = desk.one("select api.start_workflow('wait', %s)", desk.row)
    desk.work()
    go = desk.link("t_ann", "raise_event", f"go-{desk.row}", scope="global")
    assert (desk.use(go)["result"], desk.state(id)["name"]) == (1, "finished")

    start = desk.link("t_ann", "start_workflow", "firm.wait", record=desk.row)
    assert desk.show(start)["record"] == desk.row
    started = desk.use(start)["result"]
    assert desk.one("select starter from flow.instance where id = %s", started) == "t_ann"

    job = desk.link("t_ann", "run_job", "night")
    desk.one("select access.revoke_role('t_ann', 'doer')")
    with desk.refused("t_mallory"):
        desk.conn.execute("select api.use_link(%s)", (job,))
    assert desk.show(job)["state"] == "open"


@pytest.mark.parametrize(
    ("operation", "object", "arguments", "error"),
    [
        ("run_script", "firm.tidy", {}, errors.NotAllowed),
        ("start_workflow", "firm.wait", {}, errors.NotAllowed),
        ("run_job", "night", {}, errors.NotAllowed),
        ("raise_event", "go-1", {}, errors.NotAllowed),
        ("complete_task", None, {"id": 0}, errors.TaskNotOpen),
        ("make_link", "firm.tidy", {}, errors.BadLink),
        ("manage_workflow", None, {"id": 0, "action": "cancel"}, errors.BadLink),
    ],
)
def test_link_gives_no_right(
    desk: Desk,
    operation: str,
    object: str | None,
    arguments: dict[str, Any],
    error: type[Exception],
) -> None:
    """Nobody makes a link for what he may not do, nor for what links cannot do."""
    with desk.refused("t_mallory", by=error):
        desk.conn.execute("select api.make_link(%s, %s, %s)", (operation, object, Jsonb(arguments)))


def test_link_for_the_task_of_another(desk: Desk) -> None:
    """Nor for a task that is not his; nor for longer than a year, or in another's name."""
    _, task = desk.start("t_ann")
    make = "select api.make_link('complete_task', arguments => %s, valid => %s)"
    for login, valid, error in (
        ("t_mallory", "1 day", errors.NotAssigned),
        ("t_ann", "400 days", errors.BadLink),
        ("t_ann", "-1 day", errors.BadLink),
    ):
        with desk.refused(login, by=error):
            desk.conn.execute(make, (Jsonb({"id": task, "account": "t_ann"}), valid))


def test_script_makes_links_for_others(desk: Desk) -> None:
    """With the rights of who stored it, for an account that has the right; not for one that has not."""
    desk.conn.execute("create role t_admin; grant pgears_admin to t_admin")
    desk.conn.execute("grant usage, create on schema data to t_admin")
    body = """
        result := to_jsonb(flow.link_address(flow.make_link(
          context -> 'parameters' ->> 'for', 'run_script', 'firm.tidy', '{"parameters": {"what": "z"}}')));
        """
    store = "select flow.set_script(%s, 'invite', %s)"
    desk.ask("t_admin", store, desk.company.model, Jsonb({"sql": body}))
    invite = "select api.run_script('invite', jsonb_build_object('for', %s::text)) #>> '{}'"
    link = desk.one(invite, "t_ann")
    assert desk.use(link.removeprefix("https://desk.example/base/link/"))["account"] == "t_ann"
    assert desk.book() == [("t_ann", "z")]
    with pytest.raises(errors.NotAllowed), desk.conn.transaction():
        desk.conn.execute(invite, ("t_mallory",))


def test_failed_action_leaves_the_link(desk: Desk) -> None:
    """What the script refuses is undone, and the link can be used when it is mended."""
    desk.script(
        "tidy", "insert into public.book values ('a', 'b'); perform flow.refuse('not now');"
    )
    token = desk.link("t_ann", "run_script", "tidy")
    with desk.refused("t_mallory", by=errors.Refused):
        desk.conn.execute("select api.use_link(%s)", (token,))
    assert desk.book() == []
    desk.script("tidy", "result := '1';")
    assert desk.use(token)["result"] == 1
