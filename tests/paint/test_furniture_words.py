"""The permanent words of a view are read whole where they fit, and begin with their beginning."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication

from viewer.paint.furniture import lines_within
from viewer.paint.text import metrics

WORDS = st.lists(st.text("abcW", min_size=1, max_size=12), min_size=1, max_size=30)


@pytest.fixture(autouse=True)
def _application(qapp: QApplication) -> None:
    assert qapp is not None


@given(WORDS, st.integers(60, 600), st.integers(1, 5))
def test_words_are_broken_into_lines_and_only_the_last_is_cut(words, width, most):
    font = metrics(QFont("Inter", 11))
    lines = lines_within(" ".join(words), font, width, most)
    assert 1 <= len(lines) <= most
    assert all(font.horizontalAdvance(line) <= width + 1 for line in lines)
    shown = " ".join(lines).split()
    if not any("…" in line for line in lines):
        assert shown == words
    assert words[0].startswith(shown[0].rstrip("…"))


def test_nothing_to_say_is_no_line():
    assert lines_within("", metrics(QFont("Inter", 11)), 100, 3) == []
