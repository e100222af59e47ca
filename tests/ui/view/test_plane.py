"""What the status line says of the pixel under the pointer."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from composed import volume

from viewer.ui.view.plane import probe_text


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.00175, "0.00175"),
        (-0.5, "\N{MINUS SIGN}0.5"),
        (12.345, "12.35"),
        (40.0, "40"),
        (1e300, "1e+300"),
        (np.nan, "no number"),
        (np.inf, "infinite"),
        (-np.inf, "\N{MINUS SIGN}infinite"),
    ],
)
def test_every_value_that_a_pixel_can_have_has_words(value: float, words: str) -> None:
    made = volume()
    pixels = np.full(made.pixels.shape, value, np.float64)
    media = replace(made, pixels=pixels, ready=np.ones(made.count, np.bool_))
    said = probe_text(media, (2.0, 3.0, 1.0)).split("  ·  ")[1]
    assert f"{said} ".startswith(f"{words} ")
