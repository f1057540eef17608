"""JSON lines and XML: records whose values have names or paths."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from .files import BadFile
from .rows import MOST_CHARACTERS, Row

ELEMENT = 20
"""What an element counts for beside its text: it takes memory without any."""


class JsonLines:
    """One object a line."""

    def __init__(self, text: io.TextIOBase, sources: list[str], separator: str) -> None:
        self.text = text
        self.fields = sources
        self.separator = separator

    def __iter__(self) -> Iterator[Row]:
        """The objects; a line that is none is a row with a problem."""
        line = 0
        while text := self.text.readline(MOST_CHARACTERS):
            line += 1
            if not text.strip():
                continue
            if len(text) == MOST_CHARACTERS and not text.endswith(("\n", "\r")):
                while (rest := self.text.readline(MOST_CHARACTERS)) and not rest.endswith("\n"):
                    pass
                yield Row(line, self._nothing(), f"is longer than {MOST_CHARACTERS:,} characters")
                continue
            try:
                found = json.loads(
                    text, parse_float=_Number, parse_int=_Number, parse_constant=_refuse
                )
                values = self._values(found)
            except (ValueError, RecursionError) as error:
                yield Row(line, self._nothing(), f"is no JSON: {error}")
                continue
            if values is None:
                yield Row(line, self._nothing(), "is no JSON object")
            else:
                yield Row(line, values)

    def _values(self, found: Any) -> list[str | None] | None:
        if not isinstance(found, dict):
            return None
        return [self._text(_value(found, source)) for source in self.fields]

    def _nothing(self) -> list[str | None]:
        return [None] * len(self.fields)

    def _text(self, value: Any) -> str | None:
        if value is None or isinstance(value, str):
            return value
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, list) and not any(isinstance(item, dict | list) for item in value):
            return self.separator.join(self._text(item) or "" for item in value)
        return _written(value)


class _Number(str):
    """The digits of a number, as they stood there."""


def _written(value: Any) -> str:
    if isinstance(value, _Number):
        return value
    if isinstance(value, dict):
        members = (f"{_written(name)}: {_written(item)}" for name, item in value.items())
        return "{" + ", ".join(members) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_written, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no value")


def _value(found: dict[str, Any], source: str) -> Any:
    if source in found or "." not in source:
        return found.get(source)
    value: Any = found
    for name in source.split("."):
        if not isinstance(value, dict):
            return None
        value = value.get(name)
    return value


class _Target:
    """Takes the events of the parser; elements of finished records are not kept."""

    def __init__(self, item: list[str], sources: list[str]) -> None:
        self.item = item
        self.sources = sources
        self.path: list[str] = []
        self.elements: list[Element] = []
        self.done: list[Element] = []
        self.size = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.path.append(_local(tag))
        if self.elements or self.path == self.item:
            element = Element(_local(tag), {_local(k): v for k, v in attributes.items()})
            self.size += ELEMENT + sum(len(value) for value in attributes.values())
            self._limit()
            if self.elements:
                self.elements[-1].append(element)
            self.elements.append(element)

    def data(self, text: str) -> None:
        if not self.elements:
            return
        self.size += len(text)
        self._limit()
        element = self.elements[-1]
        if len(element):
            element[-1].tail = (element[-1].tail or "") + text
        else:
            element.text = (element.text or "") + text

    def end(self, tag: str) -> None:
        self.path.pop()
        if self.elements:
            element = self.elements.pop()
            if not self.elements:
                self.size = 0
                self.done.append(element)

    def close(self) -> None:
        pass

    def _limit(self) -> None:
        if self.size > MOST_CHARACTERS:
            raise BadFile(f"a record is longer than {MOST_CHARACTERS:,} characters")


class XmlRecords:
    """The elements of one path; their values by paths such as `address/city`, `@id`, `.`."""

    def __init__(self, stream: io.BufferedReader, item: str, sources: list[str]) -> None:
        self.stream = stream
        self.item = item.strip("/").split("/")
        self.fields = sources
        for source in sources:
            try:
                _at(Element("record"), source)
            except (SyntaxError, TypeError, KeyError, StopIteration) as error:
                raise BadFile(f'the path "{source}" cannot be followed') from error

    def __iter__(self) -> Iterator[Row]:
        """The records; their line is their number, because XML needs no lines."""
        target = _Target(self.item, self.fields)
        parser = DefusedXMLParser(target=target, forbid_dtd=True)
        number = 0
        try:
            while data := self.stream.read(65536):
                parser.feed(data)
                for element in target.done:
                    number += 1
                    yield Row(number, [_at(element, source) for source in self.fields])
                target.done.clear()
            parser.close()
        except DefusedXmlException as error:
            raise BadFile(f"the file declares entities or a document type: {error}") from error
        except (ParseError, LookupError, ValueError) as error:
            raise BadFile(f"the file is no well-formed XML: {error}") from error
        for element in target.done:
            number += 1
            yield Row(number, [_at(element, source) for source in self.fields])


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _at(element: Element, source: str) -> str | None:
    path, _, attribute = source.partition("@")
    path = path.strip("/")
    found = element if path in ("", ".") else element.find(path)
    if found is None:
        return None
    if attribute:
        return found.get(attribute)
    return "".join(found.itertext())
