"""Values of `data` as MD.ai spells them, and as it does not; bytes for Hypothesis."""

from __future__ import annotations

import json

from hypothesis import strategies as st

ODD = ["true", "null", '"1"', "NaN", "1e999", "-1e999", "9" * 400, "9" * 30, "1e9", "-0", "[]"]
plain = st.integers(-9, 99).map(str) | st.floats(0, 512).map(repr)
number = st.one_of(plain, plain, plain, st.sampled_from(ODD), st.floats().map(json.dumps))


def listed(items: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.lists(items, max_size=5).map(lambda found: "[" + ", ".join(found) + "]")


pair = st.tuples(plain, plain).map(lambda two: f"[{two[0]},{two[1]}]")
vertices = st.one_of(listed(pair), listed(plain), listed(pair | number), listed(listed(number)))
values = st.one_of(number, vertices, listed(vertices), listed(listed(st.sampled_from("01"))))
names = ["x", "y", "width", "height", "cx", "cy", "rx", "ry"]
names += ["vertices", "foreground", "background", "mask", "more"]
FILLED = {
    "bbox": dict.fromkeys(("x", "y", "width", "height"), number),
    "location": dict.fromkeys(("x", "y"), number),
    "ellipse": dict.fromkeys(("cx", "cy", "rx", "ry"), number),
    "line": {"vertices": vertices},
    "polygon": {"vertices": vertices},
    "freeform": {"vertices": vertices},
    "mask": {"foreground": listed(vertices), "background": listed(vertices)},
}


def spelled(members: list[tuple[str, str]]) -> bytes:
    return ("{" + ",".join(f'"{name}":{value}' for name, value in members) + "}").encode()


@st.composite
def data_of_mode(draw: st.DrawFn) -> tuple[str, bytes]:
    """Return a mode and the bytes of a `data` value, mostly of that mode."""
    mode = draw(st.sampled_from(sorted(FILLED)))
    members = [(name, draw(value)) for name, value in FILLED[mode].items()]
    if draw(st.booleans()):
        members += draw(st.lists(st.tuples(st.sampled_from(names), values), max_size=2))
    if draw(st.booleans()):
        members = draw(st.permutations(members))[draw(st.integers(0, 1)) :]
    return mode, spelled(members)
