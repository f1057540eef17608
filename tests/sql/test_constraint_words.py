"""What a refusal of PostgreSQL says of a class table, in codes of the model."""

from __future__ import annotations

import psycopg
import pytest

from tests.fix_meta import Definitions
from tests.fix_views import renew


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        (
            "insert into api.lend_book (isbn, title) values ('1', 'The Trial')",
            "lend.book: there is a row with this isbn, title already",
        ),
        (
            "insert into api.lend_book (number, isbn) values ('B1', '2')",
            "lend.book: there is a row with this number already",
        ),
        (
            "insert into api.lend_loan (book) values (999)",
            "lend.loan: book has to refer to a row that is there",
        ),
        (
            "insert into api.lend_loan (others) values ('{999}')",
            "lend.loan: others has to refer to a row that is there",
        ),
        (
            "insert into api.lend_comic (number) values ('C1'), ('C1')",
            "lend.comic: there is a row with this number already",
        ),
    ],
)
def test_keys_and_references_by_code(
    definitions: Definitions, statement: str, words: str | None
) -> None:
    """Keys of several columns, numbers, references single and multiple, inherited columns."""
    definitions.create_class(
        "lend.book",
        {
            "number": {"type": "text", "sequence": "B{#}"},
            "isbn": {"type": "text"},
            "title": {"type": "text"},
        },
        keys=[["isbn", "title"]],
    )
    definitions.create_class("lend.comic", {"artist": {"type": "text"}}, parent="lend.book")
    definitions.create_class(
        "lend.loan",
        {
            "book": {"type": "reference", "class": "lend.book"},
            "others": {"type": "reference", "class": "lend.book", "multiple": True},
        },
    )
    renew(definitions)
    conn = definitions.conn
    conn.execute("insert into api.lend_book (isbn, title) values ('1', 'The Trial')")
    with pytest.raises(psycopg.IntegrityError) as caught, conn.transaction():
        conn.execute(statement.encode())
    refused = (caught.value.diag.table_name, caught.value.diag.constraint_name)
    assert conn.execute("select meta.constraint_words(%s, %s)", refused).fetchone() == (words,)


def test_other_constraints_have_no_words(definitions: Definitions) -> None:
    """Limits say their own, tables elsewhere keep what PostgreSQL says."""
    asked = definitions.conn.execute(
        "select meta.constraint_words('class', 'class_pkey'),"
        " meta.constraint_words('datarow_1', 'no such'), meta.constraint_words(null, null),"
        " meta.constraint_words('link_1; drop', '\"')"
    )
    assert asked.fetchone() == (None, None, None, None)
