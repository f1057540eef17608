"""The query string as a tree: what each parameter means, and that no value leaves its slot."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.web.filters import array_literal
from runner.web.problem import Problem
from runner.web.query import parse_order, parse_query, read_pairs
from runner.web.select import parse_select
from runner.web.tree import Embed, Field, Filter, Logic, Path, Query, Step, Term


def query(text: str, *, function: bool = False) -> tuple[Query, list[str]]:
    """The tree and the values of a query string."""
    values: list[str] = []
    return parse_query(read_pairs(text.encode()), values, function=function), values


def condition(text: str) -> tuple[Filter | Logic, list[str]]:
    """The only condition of a query string."""
    tree, values = query(text)
    [(place, found)] = tree.filters
    assert place == ()
    return found, values


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ()),
        ("*", (Field(Path("*")),)),
        ("id,name", (Field(Path("id")), Field(Path("name")))),
        ("n:name::text", (Field(Path("name"), "n", "text"),)),
        ('"a.b",x', (Field(Path("a.b")), Field(Path("x")))),
        ('"say \\"hi\\""', (Field(Path('say "hi"')),)),
        ("first name", (Field(Path("first name")),)),
        ("created-at", (Field(Path("created-at")),)),
        (
            "d->a->>b",
            (Field(Path("d", (Step(False, "a"), Step(True, "b")))),),
        ),
        ("d->0->>-1", (Field(Path("d", (Step(False, 0), Step(True, -1)))),)),
        ("x:d->>a::int", (Field(Path("d", (Step(True, "a"),)), "x", "int"),)),
        ("count()", (Field(None, None, None, "count"),)),
        ("n:count()", (Field(None, "n", None, "count"),)),
        ("price.sum()", (Field(Path("price"), None, None, "sum"),)),
        ("s:price::int.max()::text", (Field(Path("price"), "s", "int", "max", "text"),)),
        ("a(id)", (Embed("a", items=(Field(Path("id")),)),)),
        ("b:a!h!inner(*)", (Embed("a", "b", "h", "inner", items=(Field(Path("*")),)),)),
        ("a!left()", (Embed("a", join="left"),)),
        ("...a(id)", (Embed("a", spread=True, items=(Field(Path("id")),)),)),
        (
            "a(b(c(id)))",
            (Embed("a", items=(Embed("b", items=(Embed("c", items=(Field(Path("id")),)),)),)),),
        ),
    ],
)
def test_select(text: str, expected: tuple[Field | Embed, ...]) -> None:
    """Columns, aliases, casts, JSON paths, aggregates, embedded resources."""
    assert parse_select(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        ",",
        "a,",
        "a(",
        "a(id",
        "a)",
        "a!(id)",
        "a!b!c(id)",
        "a::",
        "a->",
        ".",
        "a.nope()",
        '"a',
        "...",
    ],
)
def test_broken_select(text: str) -> None:
    """PGRST100 says where reading stopped."""
    with pytest.raises(Problem) as refused:
        parse_select(text)
    assert refused.value.code == "PGRST100"
    assert refused.value.status == 400
    assert "column" in str(refused.value)


@pytest.mark.parametrize(
    ("text", "expected", "values"),
    [
        ("a=eq.1", Filter(Path("a"), "eq", 0), ["1"]),
        ("a=eq.", Filter(Path("a"), "eq", 0), [""]),
        ("a=eq.x.y,z)", Filter(Path("a"), "eq", 0), ["x.y,z)"]),
        ("a=not.gte.5", Filter(Path("a"), "gte", 0, negated=True), ["5"]),
        ("a=like.*b*", Filter(Path("a"), "like", 0), ["%b%"]),
        ("a=like(any).{a*,*b}", Filter(Path("a"), "like", 0, modifier="any"), ["{a%,%b}"]),
        ("a=eq(all).{1,2}", Filter(Path("a"), "eq", 0, modifier="all"), ["{1,2}"]),
        ("a=in.(1,2)", Filter(Path("a"), "in", 0), ['{"1","2"}']),
        ("a=in.()", Filter(Path("a"), "in", 0), ["{}"]),
        ('a=in.("x,y",z)', Filter(Path("a"), "in", 0), ['{"x,y","z"}']),
        ('a=in.("x\\"y")', Filter(Path("a"), "in", 0), ['{"x\\"y"}']),
        ('a=in.(x"y)', Filter(Path("a"), "in", 0), ['{"x\\"y"}']),
        ("a=is.null", Filter(Path("a"), "is", "null"), []),
        ("a=is.NOT_NULL", Filter(Path("a"), "is", "not_null"), []),
        ("a=not.is.true", Filter(Path("a"), "is", "true", negated=True), []),
        ("a=fts(english).b", Filter(Path("a"), "fts", 1, language=0), ["english", "b"]),
        ("a=wfts.b", Filter(Path("a"), "wfts", 0), ["b"]),
        ("a=cs.{1,2}", Filter(Path("a"), "cs", 0), ["{1,2}"]),
        ("a=ov.[1,2]", Filter(Path("a"), "ov", 0), ["[1,2]"]),
        ("d->>x=eq.1", Filter(Path("d", (Step(True, "x"),)), "eq", 0), ["1"]),
        ('"a.b"=eq.1', Filter(Path("a.b"), "eq", 0), ["1"]),
    ],
)
def test_filters(text: str, expected: Filter, values: list[str]) -> None:
    """Operators, modifiers, negation, lists; the value is the rest, whatever it has in it."""
    assert condition(text) == (expected, values)


@pytest.mark.parametrize(
    "text",
    [
        "a=1", "a=eq", "a=nope.1", "a=in.1", "a=in.(1", "a=in.(1)x", "a=is.5", "a=is.nullx",
        "a=neq(any).{1}", "a=eq(some).{1}", "a=fts().b", "and=a.eq.1", "and=()", "or=(a.eq.1",
        "or=(a)", "or=(a.eq.1))", "limit=x", "order=a.up", "order=a.desc.asc", "order=", "a.=eq.1",
    ],
)  # fmt: skip
def test_broken_parameters(text: str) -> None:
    """What cannot be read is PGRST100."""
    with pytest.raises(Problem) as refused:
        query(text)
    assert refused.value.code == "PGRST100"


def test_logic() -> None:
    """Trees of and, or, not; values quoted where they have commas."""
    found, values = condition(
        'or=(a.eq.1,not.and(b.in.(1,"2,3"),c.is.null),d.like."x,*",e.cs.{1,2})'
    )
    assert found == Logic(
        "or",
        (
            Filter(Path("a"), "eq", 0),
            Logic(
                "and",
                (Filter(Path("b"), "in", 1), Filter(Path("c"), "is", "null")),
                negated=True,
            ),
            Filter(Path("d"), "like", 2),
            Filter(Path("e"), "cs", 3),
        ),
    )
    assert values == ["1", '{"1","2,3"}', "x,%", "{1,2}"]
    negated, _ = condition("not.or=(a.eq.1,b.eq.2)")
    assert isinstance(negated, Logic)
    assert negated.negated


def test_places() -> None:
    """A path before the last word is one of embedded resources."""
    tree, values = query(
        "select=*,a(*,b(*))&a.x=eq.1&a.b.order=y&a.limit=5&a.b.offset=2&a.not.or=(x.eq.1,y.eq.2)"
        "&a.d->>k=eq.3"
    )
    assert [place for place, _ in tree.filters] == [("a",), ("a",), ("a",)]
    assert tree.filters[2][1] == Filter(Path("d", (Step(True, "k"),)), "eq", 5)
    assert dict(tree.orders) == {("a", "b"): (Term(Path("y")),)}
    assert {place: values[slot] for place, slot in tree.limits} == {("a",): "5"}
    assert {place: values[slot] for place, slot in tree.offsets} == {("a", "b"): "2"}


def test_order() -> None:
    """Directions, nulls, JSON, and columns of embedded resources."""
    assert parse_order("a,b.desc,c.asc.nullsfirst,d.nullslast,e->>f.desc,g(h).desc.nullslast") == (
        Term(Path("a")),
        Term(Path("b"), descending=True),
        Term(Path("c"), nulls_first=True),
        Term(Path("d"), nulls_first=False),
        Term(Path("e", (Step(True, "f"),)), descending=True),
        Term(Path("h"), "g", descending=True, nulls_first=False),
    )


def test_arguments_of_functions() -> None:
    """What is no comparison is an argument; the same name may come several times."""
    tree, values = query("a=5&b=eq.7&n=1&n=2&select=id&limit=3", function=True)
    assert [(name, values[slot]) for name, slot in tree.arguments] == [
        ("a", "5"),
        ("n", "1"),
        ("n", "2"),
    ]
    assert len(tree.filters) == 1


def test_nesting_has_an_end() -> None:
    """Very deep trees are refused, not a stack that overflows."""
    with pytest.raises(Problem, match="failed to parse"):
        query("and=(" + "and(" * 500 + "a.eq.1" + ")" * 501)
    with pytest.raises(Problem, match="failed to parse"):
        parse_select("a(" * 5000)


def test_zero_characters_and_bad_utf8() -> None:
    """Text that PostgreSQL cannot hold never reaches it."""
    for text in ("a=eq.%00", "%00=eq.1", "a=eq.%ff"):
        with pytest.raises(Problem):
            query(text)


def tree_or_status(text: str) -> Query | int:
    """The tree, or the status of the refusal; anything else would be raised."""
    try:
        return query(text)[0]
    except Problem as problem:
        return problem.status


VALUES = st.text(st.characters(exclude_characters="\0", codec="utf-8"), max_size=30)


@given(VALUES)
def test_a_value_stays_whole(value: str) -> None:
    """Whatever is compared with arrives as it was sent."""
    found, values = condition(urlencode({"a": f"eq.{value}"}))
    assert found == Filter(Path("a"), "eq", 0)
    assert values == [value]


@given(VALUES)
def test_a_quoted_value_stays_whole(value: str) -> None:
    """Within a tree and a list as well, in quotes."""
    quoted = '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    found, values = condition(urlencode({"and": f"(a.eq.{quoted},b.in.({quoted}))"}))
    assert found == Logic("and", (Filter(Path("a"), "eq", 0), Filter(Path("b"), "in", 1)))
    assert values == [value, array_literal([value])]


@given(st.lists(st.tuples(VALUES, VALUES), max_size=6))
def test_parsing_ends_in_a_tree_or_a_refusal(pairs: list[tuple[str, str]]) -> None:
    """No text makes the parser fail in another way."""
    hash(tree_or_status(urlencode(pairs)))


PIECES = st.sampled_from(
    ["(", ")", ",", ".", '"', "\\", "eq", "in", "not", "and", "or", "is", "null", "any", "{", "}",
     "a", "1", "->", "->>", ":", "::", "!", "*", "...", "inner", "count()", " ", "-", "desc"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=25).map("".join), st.sampled_from(["select", "order", "or", "a"]))
def test_grammar_of_pieces(text: str, name: str) -> None:
    """Neither do the words of the language in any order."""
    assert tree_or_status(urlencode({name: text})) not in range(500, 600)
