"""What every test runs in: no display, no network, a home of its own."""

from __future__ import annotations

import atexit
import gc
import os
import shutil
import socket
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn

import pytest

MEMORY, ROOM_BYTES = Path("/dev/shm"), 8 << 30
if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM_BYTES:  # no test waits for a disk
    tempfile.tempdir = os.environ["TMPDIR"] = str(MEMORY)

HOME = Path(tempfile.mkdtemp(prefix="overread-tests-"))
atexit.register(shutil.rmtree, HOME, ignore_errors=True)
MADE = Path(os.environ.setdefault("OVERREAD_TESTS_MADE", str(HOME / "made")))  # of all processes
os.environ["HOME"] = str(HOME)
os.environ["XDG_CACHE_HOME"] = str(HOME / "cache")
os.environ["XDG_CONFIG_HOME"] = str(HOME / "config")
os.environ["XDG_DATA_HOME"] = str(HOME / "data")
os.environ["XDG_STATE_HOME"] = str(HOME / "state")
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from hypothesis import HealthCheck, settings  # noqa: E402  (after the home is moved)
from sampled import some_of  # noqa: E402

settings.register_profile(
    "quick",
    max_examples=15,
    stateful_step_count=20,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.register_profile(
    "soak",
    max_examples=1000,
    stateful_step_count=80,
    deadline=None,
    database=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)
settings.load_profile("soak" if os.environ.get("OVERREAD_SOAK") else "quick")

PROJECT_ROOT = Path(__file__).resolve().parent.parent
INTERNET = (socket.AF_INET, socket.AF_INET6)
LOOK_UPS = ("getaddrinfo", "gethostbyname", "gethostbyname_ex", "gethostbyaddr", "getnameinfo")


class NetworkUsed(BaseException):
    """An internet socket or a name look-up; a BaseException, so that no `except` hides it."""


def pytest_configure(config: pytest.Config) -> None:
    """Tell of the marks that tests bear."""
    config.addinivalue_line("markers", "some(count): so many of the cases in a short run")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave a sample of the cases of each law that is marked with `some`."""
    laws: dict[str, list[pytest.Item]] = {}
    for item in items:
        if item.get_closest_marker("some"):
            laws.setdefault(item.nodeid.partition("[")[0], []).append(item)
    left: set[pytest.Item] = set()
    for alike in laws.values():
        (count,) = alike[0].get_closest_marker("some").args
        left |= {*alike}.difference(some_of(alike, count))
    config.hook.pytest_deselected(items=[*left])
    items[:] = [item for item in items if item not in left]


gc.disable()  # a thread of a video would destroy the widgets that it found in garbage
MANY_OBJECTS, MANY_ROUNDS = 300_000, 8


def pytest_collection_finish() -> None:
    """What was collected stays until the end: no search for garbage goes through it again."""
    gc.collect()
    gc.freeze()


def pytest_runtest_logfinish() -> None:
    """Collect on the main thread what tests left behind, once it is much."""
    young, _, rounds = gc.get_count()
    if young > MANY_OBJECTS or rounds > MANY_ROUNDS:
        gc.collect()


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder `shared` beside the project: real series, exports and oracles."""
    folder = PROJECT_ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("needs the folder `shared` of real series and exports beside the project")
    return folder


@pytest.fixture(scope="session")
def films() -> Path:
    """The folder of films, each of which one process writes for all that run tests."""
    folder = MADE / "films"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    """Begin as somebody who has chosen nothing yet: what another test had kept is gone."""
    for kept in ("state", "config"):
        shutil.rmtree(HOME / kept, ignore_errors=True)


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fail the test on any internet socket or name look-up, even on one caught by the program."""
    used: list[str] = []

    def refuse(what: str) -> NoReturn:
        used.append(what)
        raise NetworkUsed(what)

    real_socket = socket.socket

    class LocalSocket(real_socket):
        def __init__(self, family: int = -1, *args: object, **kwargs: object) -> None:
            if family in INTERNET or (family == -1 and kwargs.get("fileno") is None):
                refuse(f"socket of family {family}")
            super().__init__(family, *args, **kwargs)

    def refused(name: str) -> Callable[..., NoReturn]:
        return lambda *args, **kwargs: refuse(f"{name}{args}")

    monkeypatch.setattr(socket, "socket", LocalSocket)
    for name in LOOK_UPS:
        monkeypatch.setattr(socket, name, refused(name))
    yield
    assert not used, f"the network was used: {', '.join(used)}"
