"""The kept name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.session.preferences import (
    keep_word,
    kept_word,
    one_line,
    read_author,
    word_file,
    write_author,
)


@pytest.mark.parametrize("name", ["", "Dr. Åsa Öberg", "  two  words\n"])
def test_a_kept_name_comes_back_as_one_line(tmp_path, name):
    path = tmp_path / "settings" / "author.txt"
    assert read_author(path) == ""
    write_author(path, name)
    assert read_author(path) == one_line(name)


@given(st.text())
def test_one_line_is_one_line_and_stays_as_it_is(name):
    assert len(one_line(name).splitlines()) <= 1
    assert one_line(one_line(name)) == one_line(name)


def test_a_kept_word_comes_back_and_any_other_is_the_usual_one():
    words = ("dark", "light")
    assert kept_word("theme", words, "dark") == "dark"
    keep_word("theme", "light")
    assert kept_word("theme", words, "dark") == "light"
    word_file("theme").write_bytes(b"\xff\x00 gr\xfcn")
    assert kept_word("theme", words, "dark") == "dark"
