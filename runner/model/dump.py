"""Model files written from the instance: readable, and equal to what was applied."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import psycopg
import yaml

from .tree import meaning

FLOW_WIDTH = 88
FOLDS = frozenset("\r\x85\u2028\u2029")  # YAML reads them as line ends


class Flow(dict[str, Any]):
    """A mapping that is written in one line."""


class FlowList(list[Any]):
    """A list that is written in one line."""


class Writer(yaml.SafeDumper):
    """Texts in blocks, keys in the order given, no aliases."""

    def ignore_aliases(self, data: Any) -> bool:
        """Equal values are written out each time."""
        return True


def _text(writer: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = None
    if FOLDS & set(text) or not isinstance(meaning(text), str):
        style = '"'
    elif "\n" in text:
        style = "|"
    return writer.represent_scalar("tag:yaml.org,2002:str", text, style)


def _number(writer: yaml.SafeDumper, number: Decimal) -> yaml.ScalarNode:
    text = f"{number:f}"
    kind = "float" if "." in text else "int"
    return writer.represent_scalar(f"tag:yaml.org,2002:{kind}", text)


def _flow(writer: yaml.SafeDumper, mapping: Flow) -> yaml.MappingNode:
    return writer.represent_mapping("tag:yaml.org,2002:map", mapping.items(), flow_style=True)


def _flow_list(writer: yaml.SafeDumper, items: FlowList) -> yaml.SequenceNode:
    return writer.represent_sequence("tag:yaml.org,2002:seq", items, flow_style=True)


Writer.add_representer(str, _text)
Writer.add_representer(Decimal, _number)
Writer.add_representer(Flow, _flow)
Writer.add_representer(FlowList, _flow_list)


def dump(conn: psycopg.Connection[Any], model: str) -> str:
    """A model of the instance as the text of a model file; NotFound when there is none."""
    row = conn.execute("select meta.dump_model(%s)::text", (model,)).fetchone()
    content = json.loads(row[0] if row else "null", parse_float=Decimal)
    places = dict(conn.execute("select code, place from meta.model_sections()"))
    order: dict[str, list[str]] = {}
    for place, key in conn.execute("select place, key from meta.vocabulary order by position"):
        order.setdefault(place, []).append(key)
    return write(ordered(content, places, order))


def ordered(
    content: dict[str, Any], places: Mapping[str, str], order: Mapping[str, list[str]]
) -> dict[str, Any]:
    """The keys of a model in the order of the vocabulary, short values in one line."""

    def definition(place: str, value: dict[str, Any]) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for key in order[place]:
            if place == "class" and key == "columns" and key in value:
                columns = sorted(value[key].items(), key=lambda item: int(item[1]["position"]))
                made[key] = {code: definition("column", column) for code, column in columns}
            elif key in value and (place, key) != ("column", "position"):
                made[key] = short(value[key])
        return short(made) if place == "column" else made

    result: dict[str, Any] = {}
    for key in order["file"]:
        if key not in content:
            continue
        place = "class" if key == "classes" else places.get(key)
        if place is None:
            result[key] = content[key] if key == "parameters" else short(content[key])
        else:
            result[key] = {
                code: definition(place, value) for code, value in sorted(content[key].items())
            }
    return result


def short(value: Any) -> Any:
    """A list, or a mapping of short single-line values, becomes one line."""
    if isinstance(value, list):
        return FlowList(short(item) for item in value)
    if isinstance(value, dict) and value:
        plain = [item for item in value.values() if not isinstance(item, dict | list)]
        width = sum(len(f"{key}: {item}, ") for key, item in value.items())
        if (
            len(plain) == len(value)
            and width <= FLOW_WIDTH
            and "\n" not in "".join(map(str, plain))
        ):
            return Flow(value)
    return value


def write(content: dict[str, Any]) -> str:
    """YAML with an empty line between the definitions of classes and between sections."""
    parts = []
    for key, value in content.items():
        text = yaml.dump(
            {key: value}, Dumper=Writer, allow_unicode=True, sort_keys=False,
            default_flow_style=False, width=1_000_000,
        )  # fmt: skip
        parts.append(text)
    return "".join(
        ("\n" if index and text.count("\n") > 1 else "") + text for index, text in enumerate(parts)
    )
