"""`gym-lsp --check --cache`: a check that takes over what an earlier one found out.

If nothing is different, the earlier outcome is reported without opening a workspace. Otherwise, only the files that the
difference reaches are checked again: `keeping.py`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import PurePath

from msgspec import DecodeError
from msgspec.structs import replace

from gym_lsp.cache.encoding import decoder
from gym_lsp.cache.identity import environment, identity
from gym_lsp.cache.observed import Hidden, differing
from gym_lsp.cache.store import Cache, Stored
from gym_lsp.cli.concluding import conclude
from gym_lsp.cli.failure import UsageError
from gym_lsp.cli.options import Options
from gym_lsp.cli.outcome import Outcome, ShownTexts, Texts
from gym_lsp.cli.places import working_directory
from gym_lsp.cli.streams import print_message
from gym_lsp.files import Disk, Kind, Remembered, Unreadable, Unwritable, absolute


def check_with_cache(options: Options, folder: str) -> int:
    """Carry out `--check` with what is kept in a folder."""
    if not folder:
        # An empty variable in a CI job must not silently turn the cache off.
        raise UsageError("`--cache` needs the name of a folder")
    own = absolute(folder)
    if Disk().kind(own) is Kind.FILE:
        raise UsageError(f"--cache {folder}: expected a folder, found a file")
    cache = Cache(own, _key(options))
    # What is compared is what the check goes on with.
    files = Remembered(Hidden(Disk(), own))
    stored = cache.read()
    difference = None if stored is None else differing(stored.observations, files)
    if stored is not None and not difference and (outcome := _outcome(stored)) is not None:
        texts = ShownTexts(_Texts(options, stored.shown))
        code = conclude(options, outcome, texts)
        if not texts.seen.keys() <= stored.shown.keys():
            shown = stored.shown | texts.seen
            keep(cache, lambda: replace(stored, shown=shown), options)
        return code
    from gym_lsp.cli.keeping import check_and_keep

    known = None if stored is None or difference is None else (stored, difference)
    return check_and_keep(options, files, known, lambda make: keep(cache, make, options))


def keep(cache: Cache, make: Callable[[], Stored], options: Options) -> None:
    """Write to the cache. A check that cannot write has done its work nevertheless."""
    try:
        cache.write(make)
    except Unwritable as error:
        if not options.quiet:
            print_message(f"--cache {options.cache}: nothing was kept: {error.reason}; name another folder")


def _key(options: Options) -> Iterator[str]:
    yield from identity()
    yield str(working_directory())
    yield repr(
        (
            options.paths,
            options.config,
            options.recipe,
            options.standalone,
            options.rows,
            options.docs,
            options.search_dir,
            options.gym_root,
            options.select,
            options.ignore,
            options.exclude,
            options.settings,
            options.isolated,
        )
    )
    yield from environment(os.environ)


def _outcome(stored: Stored) -> Outcome | None:
    try:
        return decoder(Outcome).decode(stored.outcome)
    except DecodeError:
        return None


class _Texts:
    """The texts of a check that was not carried out again. `known` are those that were shown before."""

    def __init__(self, options: Options, known: dict[str, str]) -> None:
        self._options = options
        self._known = known
        self._opened: Texts | None = None

    def text(self, path: PurePath) -> str:
        try:
            return Disk().read(path)
        except Unreadable:
            # The command line is a text, too.
            return self._open().text(path)

    def shown(self, path: PurePath) -> str:
        text = self._known.get(str(path))
        return self._open().shown(path) if text is None else text

    def _open(self) -> Texts:
        if self._opened is None:
            # To find out what is secret in a text takes the whole workspace.
            from gym_lsp.cli.checking import TextsOf
            from gym_lsp.cli.jobs import jobs

            self._opened = TextsOf([job.workspace for job in jobs(self._options, Disk())], self._options)
        return self._opened
