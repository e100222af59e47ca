"""What tests of widgets start from: a session over the demo study, or a whole window over it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot
from studies import demo_session
from windows import Person, opened_window

from viewer.session.session import Session


@pytest.fixture
def session(qtbot: QtBot) -> Session:
    """A session over the demo study, as after opening it."""
    return demo_session()


@pytest.fixture
def person(qtbot: QtBot) -> Iterator[Person]:
    """A person at a window of 1280 x 800 over the demo study."""
    with opened_window(qtbot) as someone:
        yield someone


@pytest.fixture
def empty(qtbot: QtBot) -> Iterator[Person]:
    """A person at a window in which nothing is open."""
    with opened_window(qtbot, demo=False) as someone:
        yield someone
