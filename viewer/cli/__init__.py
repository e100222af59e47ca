"""The command line: what `overread` does without a window, and which paths a window opens."""

from __future__ import annotations

import argparse
import importlib
import io
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, cast

from viewer import __version__
from viewer.cli.words import check_there, plain
from viewer.demo import STUDY, VENDORS
from viewer.errors import CannotRead, OverreadError

OpenWindow = Callable[[Sequence[str], str | None], int]  # paths, or the name of a demo
REFUSED = 2  # the exit code of everything that ends with a sentence on stderr
INTERRUPTED = 130  # as a shell reports an interrupt
PIPE_CLOSED = 141  # as a shell reports a closed pipe


class CommandModule(Protocol):
    """What the module of a command has."""

    def add_arguments(self, parser: argparse.ArgumentParser, /) -> None:
        """Declare its options."""
        ...

    def run(self, options: argparse.Namespace, /) -> int:
        """Do it and return the exit code."""
        ...


@dataclass(frozen=True)
class Command:
    """One word of the command line; its module is imported only when it is used."""

    name: str
    module: str
    help: str


COMMANDS: tuple[Command, ...] = (
    Command("info", "viewer.cli.info", "list media, exports, matches and problems"),
    Command("render", "viewer.cli.render", "draw a picture into a PNG, as the window shows it"),
    Command("save", "viewer.cli.save", "write an export unedited, byte for byte"),
)
EPILOG = "\n".join(
    [
        "commands (overread COMMAND --help):",
        *(f"  {command.name:8} {command.help}" for command in COMMANDS),
        "  demo     open the demo study, a generated thorax with labels; with a video, as a vendor",
        f"           exports them: overread demo {'|'.join(VENDORS)}",
        "",
        "For research and label review. Not for diagnosis.",
    ]
)


def main(arguments: Sequence[str], open_window: OpenWindow) -> int:
    """Run one command line and return the exit code.

    `open_window` opens a window over some paths; it is given, since the window lies beside.
    """
    _print_any_name()
    try:
        code = _dispatched(list(arguments), open_window)
        sys.stdout.flush()
    except OverreadError as error:
        return refused(str(error))
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            return _pipe_closed()
        return refused(f"{error.filename or 'A file'}: {error.strerror or error}.")
    except KeyboardInterrupt:
        print("overread: stopped.", file=sys.stderr)
        return INTERRUPTED
    return code


def refused(sentence: str) -> int:
    """Say on stderr why nothing was done."""
    print(f"overread: {plain(sentence)}", file=sys.stderr)
    return REFUSED


def _print_any_name() -> None:
    """Let a name that the terminal's encoding lacks be printed as an escape, not as a failure."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _dispatched(arguments: list[str], open_window: OpenWindow) -> int:
    first = arguments[0] if arguments else ""
    if first == "_index":
        return _index(arguments[1:])
    if first == "_video":
        return _video()
    for command in COMMANDS:
        if command.name == first:
            module = cast("CommandModule", importlib.import_module(command.module))
            parser = argparse.ArgumentParser(f"overread {first}", description=command.help)
            module.add_arguments(parser)
            return module.run(parser.parse_args(arguments[1:]))
    options = _window_parser().parse_args(arguments)
    demo = _demo_asked(options.paths)
    if demo is None:
        check_there(options.paths)
    return open_window([] if demo else options.paths, demo)


def _demo_asked(words: Sequence[str]) -> str | None:
    """Return the name of the demo that is to be opened; None for paths.

    Raises:
        CannotRead: there is no such demo, and nothing under these words as paths.
    """
    match words:
        case ["demo"]:
            return STUDY
        case ["demo", name] if name in VENDORS:
            return name
        case ["demo", *others] if not any(map(os.path.lexists, words)):
            *names, last = VENDORS
            raise CannotRead(
                f"There is no demo called {' '.join(others)!r}; it is {', '.join(names)} or {last}."
            )
        case _:
            return None


def _window_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "overread",
        usage="overread [PATH ...]\n       overread COMMAND ...",
        description="Open medical images and label exports in a window.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"overread {__version__}")
    parser.add_argument(
        "paths",
        nargs="*",
        metavar="PATH",
        help="folders, images, videos, zips, label exports (JSON)",
    )
    return parser


def _index(arguments: list[str]) -> int:
    """Serve the window as its reading child process."""
    from viewer.formats.child import serve

    return serve(arguments)


def _video() -> int:
    """Serve the window as its process that decodes videos."""
    from viewer.media.video.server import serve

    return serve()


def _pipe_closed() -> int:
    """End quietly when the reader of stdout is gone, such as `head`."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return PIPE_CLOSED
