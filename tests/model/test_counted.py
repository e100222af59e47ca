"""Numbers of things in words."""

from viewer.model.counted import counted


def test_one_thing_is_one_and_thousands_are_told_apart() -> None:
    assert [counted(n, "label") for n in (0, 1, 1200)] == ["0 labels", "1 label", "1,200 labels"]
    assert counted(2, "entry", "entries") == "2 entries"
