"""The formats that are known, in the order they are asked."""

from __future__ import annotations

from viewer.formats import mdai
from viewer.formats.format import Format

FORMATS: tuple[Format, ...] = (mdai.FORMAT,)
