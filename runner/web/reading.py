"""A plan as a SELECT: fields, embedded resources by lateral joins, conditions, order."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import count

from psycopg import sql

from .catalogue import Catalogue, Relation, Relationship
from .conditions import column, comparison
from .joining import Join, asked, asks_embedded, output_name, spread_columns, spread_names
from .plan import Embedded, Node, names_embedded
from .problem import Problem
from .statement import Parameters, compose, join, name
from .tree import Condition, Field, Logic, Term

NUMBERED = re.compile(r"_\d+$|^[ejo]\d+$")
"""Names that an alias made here could have."""
LONGEST = 50
"""Bytes of an alias before its number."""


class Reading:
    """Composes the SELECTs of one statement."""

    def __init__(
        self, catalogue: Catalogue, parameters: Parameters, max_rows: int | None = None
    ) -> None:
        self._catalogue = catalogue
        self._parameters = parameters
        self._max_rows = max_rows
        self._numbers = count(1)

    def select(
        self,
        node: Node,
        source: sql.Composable,
        *,
        link: tuple[Relationship, str] | None = None,
        marker: bool = False,
        filtered: bool = True,
    ) -> sql.Composed:
        """Rows of a node; link ties them to a row of the resource around it."""
        alias = self._alias_of(node.relation, top=link is None)
        joins, columns = self._columns(node, alias)
        if marker:
            columns.append(sql.SQL('true as "-there"'))
        conditions = self._conditions(node, alias, joins) if filtered else []
        source = compose("{} as {}", source, name(alias))
        if link is not None:
            junction, tied = self._tie(*link, alias)
            conditions.extend(tied)
            if junction is not None:
                source = compose("{}, {}", junction, source)
        parts: list[sql.Composable] = [compose("select {} from {}", join(", ", columns), source)]
        parts.extend(j.joined for j in joins)
        if conditions:
            parts.append(compose("where {}", join(" and ", conditions)))
        if node.aggregates:
            parts.extend(self._group(node, alias, joins))
        if node.order:
            terms = [self._term(node, alias, term) for term in node.order]
            parts.append(compose("order by {}", join(", ", terms)))
        if filtered:
            parts.extend(self._range(node, single=link is not None and link[0].to_one))
        return join(" ", parts)

    def counted(self, node: Node, source: sql.Composable) -> sql.Composed:
        """Rows that the node has without its limits."""
        alias = self._alias_of(node.relation, top=True)
        joins, _ = self._columns(node, alias, needed_only=True)
        conditions = self._conditions(node, alias, joins)
        parts: list[sql.Composable] = [compose("select 1 from {} as {}", source, name(alias))]
        parts.extend(j.joined for j in joins)
        if conditions:
            parts.append(compose("where {}", join(" and ", conditions)))
        return join(" ", parts)

    def relation(self, relation: Relation) -> sql.Identifier:
        """The qualified name."""
        return name(relation.schema, relation.name)

    def conditions(self, node: Node, alias: str) -> list[sql.Composable]:
        """Conditions on the columns of a node, for statements that write.

        One about an embedded resource is refused: without it more rows would be written.
        """
        for condition in node.conditions:
            if asks_embedded(node, condition):
                raise Problem(
                    400,
                    "PGRST127",
                    "Feature not implemented",
                    details="Conditions about the presence of an embedded resource are not"
                    " implemented in requests that write.",
                )
        return self._conditions(node, alias, [])

    def order(self, node: Node, alias: str) -> sql.Composable:
        """The order of a node by its own columns."""
        return join(", ", [self._term(node, alias, term) for term in node.order])

    def field(self, relation: Relation | None, alias: str, item: Field) -> sql.Composable:
        """A field with its name in the answer."""
        if item.path is not None and item.path.name == "*" and item.aggregate is None:
            return compose("{}.*", name(alias))
        value = self._value(relation, alias, item)
        if item.aggregate is not None:
            value = (
                sql.SQL("pg_catalog.count(*)")
                if item.path is None
                else compose(f"pg_catalog.{item.aggregate}({{}})", value)
            )
            value = self._cast(value, item.aggregate_cast)
        return compose("{} as {}", value, name(output_name(item)))

    def _value(self, relation: Relation | None, alias: str, item: Field) -> sql.Composable:
        if item.path is None:
            return sql.SQL("")
        return self._cast(column(self._parameters, relation, alias, item.path), item.cast)

    def _cast(self, value: sql.Composable, cast: str | None) -> sql.Composable:
        if cast is None:
            return value
        known = self._catalogue.types.get(cast)
        if known is None:
            raise Problem(400, "42704", f'type "{cast}" does not exist')
        return compose("cast({} as {})", value, sql.SQL(known))

    def _alias(self, letter: str) -> str:
        return f"{letter}{next(self._numbers)}"

    def _alias_of(self, relation: Relation | None, *, top: bool) -> str:
        """The name of the relation, which errors of PostgreSQL then show."""
        base = relation.name if relation is not None else "result"
        if top and not NUMBERED.search(base) and len(base.encode()) < LONGEST:
            return base
        return self._alias(base.encode()[:LONGEST].decode(errors="ignore") + "_")

    def _columns(
        self, node: Node, alias: str, *, needed_only: bool = False
    ) -> tuple[list[Join], list[sql.Composable]]:
        joins: list[Join] = []
        columns: list[sql.Composable] = []
        for item in node.items:
            if isinstance(item, Field):
                columns.append(self.field(node.relation, alias, item))
                continue
            if needed_only and item.embed.join != "inner" and not asked(node, item):
                continue
            made = self._join(item, alias, grouped=node.aggregates)
            joins.append(made)
            columns.extend(made.columns)
        return joins, columns

    def _join(self, embedded: Embedded, outer: str, *, grouped: bool) -> Join:
        alias = self._alias("e")
        target = self._catalogue.relations[embedded.way.target]
        rows = self.select(
            embedded.node,
            self.relation(target),
            link=(embedded.way, outer),
            marker=embedded.embed.spread and embedded.way.to_one,
        )
        inner = embedded.embed.join == "inner"
        kind = sql.SQL("inner" if inner else "left")
        if embedded.way.to_one and embedded.embed.spread:
            joined = compose("{} join lateral ({}) as {} on true", kind, rows, name(alias))
            return Join(embedded, joined, spread_columns(alias, embedded), name(alias, "-there"))
        if embedded.way.to_one:
            body = compose("select pg_catalog.row_to_json(r) as j from ({}) as r", rows)
            on: sql.Composable = sql.SQL("true")
        elif embedded.embed.spread:
            keys = spread_names(embedded)
            body = compose(
                'select {}, pg_catalog.count(*) > 0 as "-there" from ({}) as r',
                join(
                    ", ",
                    [
                        compose("coalesce(pg_catalog.json_agg(r.{0}), '[]') as {0}", name(key))
                        for key in keys
                    ],
                ),
                rows,
            )
            on = compose("{}", name(alias, "-there")) if inner else sql.SQL("true")
            joined = compose("{} join lateral ({}) as {} on {}", kind, body, name(alias), on)
            return Join(
                embedded,
                joined,
                spread_columns(alias, embedded),
                compose("nullif({}, false)", name(alias, "-there")),
            )
        else:
            body = compose("select pg_catalog.json_agg(r) as j from ({}) as r", rows)
            on = compose("{} is not null", name(alias, "j")) if inner else sql.SQL("true")
        joined = compose("{} join lateral ({}) as {} on {}", kind, body, name(alias), on)
        value: sql.Composable = name(alias, "j")
        if not embedded.way.to_one:
            value = compose("coalesce({}, '[]')", value)
        if grouped:  # json has no equality
            value = compose("({}::text)::json", value)
        shown: list[sql.Composable] = []
        if embedded.node.items:
            shown.append(compose("{} as {}", value, name(embedded.embed.key)))
        return Join(embedded, joined, shown, name(alias, "j"))

    def _tie(
        self, way: Relationship, outer: str, alias: str
    ) -> tuple[sql.Composable | None, list[sql.Composable]]:
        found: list[sql.Composable] = []
        if way.junction is not None:
            between = self._alias("j")
            found.extend(
                compose("{} = {}", name(between, mine), name(outer, theirs))
                for theirs, mine in way.junction.source_columns
            )
            found.extend(
                compose("{} = {}", name(between, mine), name(alias, theirs))
                for theirs, mine in way.junction.target_columns
            )
            return compose("{} as {}", name(*way.junction.relation), name(between)), found
        for mine, theirs in way.columns:
            template = {
                None: "{1} = {0}",
                "source": "{1} = any ({0})",
                "target": "{0} = any ({1})",
            }[way.array]
            found.append(compose(template, name(outer, mine), name(alias, theirs)))
        if way.discriminator is not None:
            side, column_name, value = way.discriminator
            where = name(outer if side == "source" else alias, column_name)
            found.append(compose("{} = {}", where, self._parameters.constant(value)))
        return None, found

    def _conditions(self, node: Node, alias: str, joins: list[Join]) -> list[sql.Composable]:
        return [self._condition(node, alias, c, joins) for c in node.conditions]

    def _condition(
        self, node: Node, alias: str, condition: Condition, joins: list[Join]
    ) -> sql.Composable:
        if isinstance(condition, Logic):
            parts = [self._condition(node, alias, c, joins) for c in condition.children]
            found = compose("({})", join(f" {condition.operator} ", parts))
            return compose("not {}", found) if condition.negated else found
        embedded = names_embedded(node, condition)
        if embedded is None:
            return comparison(self._parameters, node.relation, alias, condition)
        there = next(j.there for j in joins if j.embedded is embedded)
        absent = (condition.value == "null") != condition.negated
        return compose("{} is null" if absent else "{} is not null", there)

    def _group(self, node: Node, alias: str, joins: list[Join]) -> list[sql.Composable]:
        keys = [
            compose("{}.*", name(alias))
            if item.path is not None and item.path.name == "*"
            else self._value(node.relation, alias, item)
            for item in node.fields
            if item.aggregate is None
        ]
        keys.extend(part for made in joins for part in made.grouped)
        return [compose("group by {}", join(", ", keys))] if keys else []

    def _term(self, node: Node, alias: str, term: Term) -> sql.Composable:
        direction = " desc" if term.descending else " asc"
        if term.nulls_first is not None:
            direction += " nulls first" if term.nulls_first else " nulls last"
        if term.relation is None:
            value = column(self._parameters, node.relation, alias, term.path)
            return compose("{}" + direction, value)
        embedded = node.embedded(term.relation)
        if embedded is None:
            raise TypeError(f"the plan has not checked {term.relation}")
        other = self._alias("o")
        target = self._catalogue.relations[embedded.way.target]
        _, tied = self._tie(embedded.way, alias, other)
        value = column(self._parameters, target, other, term.path)
        found = compose(
            "(select {} from {} as {} where {} limit 1)",
            value,
            self.relation(target),
            name(other),
            join(" and ", tied),
        )
        return compose("{}" + direction, found)

    def _range(self, node: Node, *, single: bool) -> Iterable[sql.Composable]:
        most = None if single else self._max_rows
        if node.limit is not None:
            limit: sql.Composable = self._parameters.slot(node.limit)
            if most is not None:
                limit = compose("least({}, {})", compose("{}::bigint", limit), sql.Literal(most))
            yield compose("limit {}", limit)
        elif most is not None:
            yield compose("limit {}", sql.Literal(most))
        if node.offset is not None:
            yield compose("offset {}", self._parameters.slot(node.offset))
