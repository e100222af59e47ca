"""What the oracle of Labelbox's exports finds wrong in a file."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def faults(shared: Path) -> Callable[[Path], set[str]]:
    """Return what does not agree in a file's rows of v2; shapes may be drawn anywhere."""
    spec = importlib.util.spec_from_file_location("oracle", shared / "oracles/labelbox_oracle.py")
    assert spec is not None
    assert spec.loader is not None
    oracle = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(oracle)

    def found(path: Path) -> set[str]:
        report = oracle.Report(quiet=True)
        report.add = lambda level, where, text: report.items.append((level, where, text))
        for number, row in oracle.read_rows(path):
            if "data_row" in row:
                oracle.check_export_row(report, str(number), row, None)
        errors = {text for level, _, text in report.items if level == "ERROR"}
        return {text for text in errors if "outside the" not in text}

    return found
