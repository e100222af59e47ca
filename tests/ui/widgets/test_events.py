"""Laws of the classes that events need."""

from __future__ import annotations

import subprocess
import sys

MADE = """
from PySide6 import QtGui, QtWidgets
from viewer.ui.widgets.events import name_events
def made(): return [f"{m.__name__}.{n}" for m in (QtGui, QtWidgets) for n in vars(m) if n in NAMES]
NAMES = ("QMouseEvent", "QWheelEvent", "QDropEvent", "QGraphicsSceneHoverEvent")
before = made()
name_events()
print(len(before), len(made()))
"""


def test_events_have_their_classes_before_anything_else_names_them() -> None:
    done = subprocess.run([sys.executable, "-c", MADE], capture_output=True, text=True, check=True)
    before, after = map(int, done.stdout.split())
    assert before < after == 4
