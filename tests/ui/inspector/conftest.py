"""What tests of the inspector start from."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot
from studies import shown

from viewer.session.session import Session
from viewer.ui.inspector.inspector import Inspector


@pytest.fixture
def inspector(session: Session, qtbot: QtBot) -> Inspector:
    """An inspector over the demo study."""
    made = Inspector(session)
    qtbot.addWidget(made)
    shown(made, 320, 900)
    return made
