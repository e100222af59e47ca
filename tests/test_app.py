"""Without a display the same window becomes a picture."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from viewer.app import has_display

PICTURE = """
import sys
from viewer.app import picture
sys.exit(picture([], sys.argv[1], (1280, 800), demo="study"))
"""


def test_the_window_is_drawn_into_a_file_whose_path_is_printed(tmp_path: Path) -> None:
    out = tmp_path / "window.png"
    env = {key: value for key, value in os.environ.items() if "DISPLAY" not in key}
    env.pop("QT_QPA_PLATFORM", None)
    done = subprocess.run(
        [sys.executable, "-c", PICTURE, str(out)],
        env=env,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.strip() == str(out)
    image = QImage(str(out))
    assert (image.width(), image.height()) == (1280, 800)
    shades = {image.pixelColor(x, 427).lightness() for x in range(300, 690, 3)}
    assert len(shades) > 20


def test_a_display_is_what_the_environment_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    assert not has_display()
    monkeypatch.setenv("DISPLAY", ":1")
    assert has_display()
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.delenv("DISPLAY")
    assert has_display()
