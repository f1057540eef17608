"""Reading a parameter from left to right: names, quoted values, JSON paths."""

from __future__ import annotations

import re

from .problem import Problem, parse_problem
from .tree import Path, Step

NAME = re.compile(r"[\w $]+(?:-(?!>)[\w $]*)*")
JSON_KEY = re.compile(r"(?:[^-:.,()>]|-(?!>))+")
JSON_INDEX = re.compile(r"-?\d{1,9}(?=->|::|[.,)]|$)")
DEPTH = 60
"""Deepest nesting of parentheses."""


class Scanner:
    """A text and the place where reading has come to."""

    def __init__(self, text: str, what: str) -> None:
        self.text = text
        self.what = what
        self.at = 0
        self._depth = 0

    def fail(self, expected: str) -> Problem:
        """The error to raise: what was expected here."""
        return parse_problem(self.what, self.text, self.at, expected)

    def done(self) -> bool:
        """True at the end of the text."""
        return self.at >= len(self.text)

    def peek(self, token: str) -> bool:
        """True when the token comes next."""
        return self.text.startswith(token, self.at)

    def take(self, token: str) -> bool:
        """Step over the token if it comes next."""
        if not self.text.startswith(token, self.at):
            return False
        self.at += len(token)
        return True

    def need(self, token: str) -> None:
        """Step over the token, which must come next."""
        if not self.take(token):
            raise self.fail(f'"{token}"')

    def match(self, pattern: re.Pattern[str]) -> str | None:
        """Step over what the pattern matches here."""
        found = pattern.match(self.text, self.at)
        if found is None:
            return None
        self.at = found.end()
        return found[0]

    def end(self) -> None:
        """Refuse what is left."""
        if not self.done():
            raise self.fail("end of input")

    def deeper(self) -> None:
        """Enter parentheses; too many of them are refused."""
        self._depth += 1
        if self._depth > DEPTH:
            raise self.fail(f"at most {DEPTH} levels of nesting")

    def higher(self) -> None:
        """Leave parentheses."""
        self._depth -= 1

    def quoted(self) -> str | None:
        """A value in double quotes, in which a backslash protects the next character."""
        if not self.peek('"'):
            return None
        begin, self.at = self.at, self.at + 1
        found: list[str] = []
        while not self.done():
            character = self.text[self.at]
            self.at += 1
            if character == '"':
                return "".join(found)
            if character == "\\" and not self.done():
                character = self.text[self.at]
                self.at += 1
            found.append(character)
        self.at = begin
        raise self.fail('a closing "')

    def name(self) -> str:
        """A name: letters, digits, _, $, space and -, or anything in quotes."""
        quoted = self.quoted()
        if quoted is not None:
            return quoted
        found = self.match(NAME)
        if found is None or not found.strip():
            raise self.fail("field name (* or [a..z0..9_$])")
        return found.strip(" ")

    def path(self) -> Path:
        """A name with JSON steps."""
        return Path(self.name(), self.steps())

    def steps(self) -> tuple[Step, ...]:
        """JSON steps, possibly none."""
        found: list[Step] = []
        while self.take("->"):
            as_text = self.take(">")
            index = self.match(JSON_INDEX)
            if index is not None:
                found.append(Step(as_text, int(index)))
                continue
            key = self.quoted()
            if key is None:
                key = self.match(JSON_KEY)
            if key is None:
                raise self.fail("a key or an index")
            found.append(Step(as_text, key))
        return tuple(found)
