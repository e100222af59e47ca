"""Label colours: the export's own first, else the palette in order, readable on black."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from viewer.model.ontology import Ontology

# As in resources/theme/tokens.json, in order: searched for the largest smallest difference as seen
# with normal, protan and deutan eyes, and away from every CT grey.
PALETTE = (
    "#54B4F0",
    "#E4A800",
    "#CC48A8",
    "#FCF000",
    "#549C6C",
    "#0078FC",
    "#A8840C",
    "#90CC84",
    "#54E4FC",
    "#CCFC9C",
    "#E478C0",
    "#9CF0C0",
    "#F05460",
    "#CCD860",
    "#00C090",
    "#E40CE4",
    "#C06C9C",
    "#E49054",
    "#9C783C",
    "#F09CCC",
)
NEUTRAL = "#B9C1C9"  # of labels that colours say nothing of; the token image-text-2
VERDICT_COLORS: Mapping[str, str] = MappingProxyType(
    {"none": NEUTRAL, "accepted": PALETTE[14], "rejected": PALETTE[12], "needs_change": PALETTE[1]}
)
LEAST_CONTRAST = 3.0  # against the black halo


@lru_cache(maxsize=64)
def class_colors(ontology: Ontology) -> Mapping[str, str]:
    """Return the drawing colour "#rrggbb" of each class id."""
    colors: dict[str, str] = {}
    without = 0
    for label in ontology.by_id.values():
        if label.color is not None and is_color(label.color):
            colors[label.id] = readable(label.color)
        else:
            colors[label.id] = PALETTE[without % len(PALETTE)]
            without += 1
    return MappingProxyType(colors)


def is_color(text: str) -> bool:
    """Return whether the text is "#rrggbb"."""
    digits = text[1:].lower()
    return len(text) == 7 and text[0] == "#" and all(c in "0123456789abcdef" for c in digits)


@lru_cache(maxsize=4096)
def readable(color: str) -> str:
    """Return the colour, mixed with white until it stands 3:1 against black.

    Source: WCAG 2.x contrast ratio, (L + 0.05) / (0 + 0.05).
    """
    rgb = [int(color[at : at + 2], 16) for at in (1, 3, 5)]
    for step in range(33):
        mixed = [value + (255 - value) * step / 32 for value in rgb]
        if (luminance(mixed) + 0.05) / 0.05 >= LEAST_CONTRAST:
            if step == 0:
                return color
            return "#" + "".join(f"{round(value):02x}" for value in mixed)
    return color


def luminance(rgb: list[float]) -> float:
    """Return the WCAG relative luminance of 0 to 255 sRGB values."""
    linear = [
        value / 255 / 12.92 if value / 255 <= 0.04045 else ((value / 255 + 0.055) / 1.055) ** 2.4
        for value in rgb
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
