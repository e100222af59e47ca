"""The words of window presets."""

from __future__ import annotations

import pytest

from viewer.media.volume import Window
from viewer.ui.window.preset_box import window_words


@pytest.mark.parametrize(
    ("window", "words"),
    [
        (Window(40.0, 400.0, "soft tissue"), "Soft tissue 400 / 40"),
        (Window(-600.4, 1500.2), "Window 1500 / \N{MINUS SIGN}600"),
        (Window(0.00175, 0.00249, "auto", "LINEAR_EXACT"), "Auto 0.00249 / 0.00175"),
    ],
)
def test_small_windows_keep_their_figures(window: Window, words: str) -> None:
    assert window_words(window) == words
