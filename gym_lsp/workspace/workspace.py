"""One workspace at one moment: its files, what each of them is, and the runs that they are part of.

Everything is worked out on demand and kept, so a question about one file reads little more than that file, and a
question about all of them reads each file once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping
from functools import cached_property
from itertools import chain
from pathlib import PurePath
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar, cast

from gym_lsp.compose.config import Table
from gym_lsp.compose.run import Composition, Environment, Run, compose
from gym_lsp.compose.servers import Judge
from gym_lsp.compose.source import ConfigFile, config_file
from gym_lsp.files import Files, Kind, Overlay, Remembered, Unreadable, walk
from gym_lsp.gym.release.profile import BUILTIN, Profile, read_profile
from gym_lsp.gym.roots import InstallRoot, SearchRoots, search_roots
from gym_lsp.workspace.change import Change
from gym_lsp.workspace.names import Definition, NameIndex, definitions_in, top_level_keys
from gym_lsp.workspace.recognise import GYM_FOLDERS, FileKind, recognise
from gym_lsp.workspace.settings import Settings
from gym_lsp.workspace.uses import Defined, Use, definitions, uses

if TYPE_CHECKING:
    from gym_lsp.gym.fields import Model
    from gym_lsp.gym.release.sandbox_providers import SandboxProvider
    from gym_lsp.gym.server_class import ServerClass, ServerClasses

T = TypeVar("T")
YAML = (".yaml", ".yml")
_OF_PROGRAMS = (".py", ".toml", ".txt", "")
"""What decides which program a server is and what its class says, or may be a folder that holds it: no config."""


class Workspace:
    """The view on one root folder.

    `root` is the working directory of the runs. `environment` is the process environment; of its variables only the
    names are ever used, but for those that are NeMo Gym's own settings. `profile_of` reads the profile of an install
    root, for those who keep it from one workspace to the next.
    """

    def __init__(
        self,
        files: Files,
        root: PurePath,
        settings: Settings | None = None,
        install: InstallRoot | None = None,
        search_dirs: tuple[PurePath, ...] = (),
        environment: Mapping[str, str] = MappingProxyType({}),
        profile_of: Callable[[Files, PurePath], Profile] = read_profile,
    ) -> None:
        self.root = root
        self.settings = Settings() if settings is None else settings
        self.install = install
        self.search_dirs = search_dirs
        self.environment = environment
        self.profile_of = profile_of
        self._remembered = Remembered(files)
        self.files: Files = self._remembered
        self._texts: dict[PurePath, str | Unreadable] = {}
        self._loaded: dict[PurePath, ConfigFile] = {}
        self._runs: dict[Run, Composition] = {}
        self._uses: dict[PurePath, tuple[Use, ...]] = {}
        self._keys: dict[PurePath, tuple[str, ...]] = {}
        self._kept_of: dict[PurePath, dict[Hashable, object]] = {}
        self._kinds: dict[PurePath, FileKind] = {}
        self._judge: Judge | None = None
        self._providers: dict[str, SandboxProvider | None] = {}
        self._server_classes: ServerClasses | None = None
        self._spelled: dict[PurePath, str] = {}
        self._own: dict[PurePath, Run] = {}
        self._kept: dict[Hashable, object] = {}

    def with_texts(self, texts: Mapping[PurePath, str]) -> Workspace:
        """The same workspace with some files changed, or made, in memory."""
        created = frozenset(path for path in texts if self.files.kind(path) is None)
        return self.changed(Overlay(self.files, texts), Change(frozenset(texts) - created, created))

    def changed(self, files: Files, change: Change) -> Workspace:
        """Return the workspace after a change, which shares what is known of all other paths."""
        paths = change.paths
        other = Workspace(
            files, self.root, self.settings, self.install, self.search_dirs, self.environment, self.profile_of
        )
        self._hand_on(other, "profile")
        other._judge = self._judge
        other._texts = {path: text for path, text in self._texts.items() if path not in paths}
        other._loaded = {path: file for path, file in self._loaded.items() if path not in paths}
        other._uses = {path: uses for path, uses in self._uses.items() if path not in paths}
        other._keys = {path: keys for path, keys in self._keys.items() if path not in paths}
        other._kept_of = {path: kept for path, kept in self._kept_of.items() if path not in paths}
        other._kinds = {path: kind for path, kind in self._kinds.items() if path not in paths}
        other._runs = {run: known for run, known in self._runs.items() if known.reads.isdisjoint(paths)}
        if not change.created_or_deleted:
            other._spelled, other._own = self._spelled, self._own
            other._remembered = other.files = Remembered(files, self._remembered.kinds, self._remembered.listings)
            self._hand_on(other, "search", "members", "library")
        if not any(path.suffix in _OF_PROGRAMS for path in paths):
            other._providers, other._server_classes = self._providers, self._server_classes
        elif self._server_classes is not None:
            other._server_classes = self._server_classes.changed(other.files, other.search.roots, paths)
        return other

    def _hand_on(self, other: Workspace, *names: str) -> None:
        """Give what is known here to the next snapshot; what is not known yet is worked out when it is asked for."""
        other.__dict__.update({name: self.__dict__[name] for name in names if name in self.__dict__})

    # The environment of every run

    @cached_property
    def profile(self) -> Profile:
        return BUILTIN if self.install is None else self.profile_of(self.files, self.install.path)

    @cached_property
    def search(self) -> SearchRoots:
        return search_roots(
            self.files,
            search_dirs=(*self.search_dirs, *self.settings.search_dirs),
            working_directory=self.root,
            install_root=None if self.install is None else self.install.path,
            environ=self.environment,
            profile=self.profile,
        )

    @cached_property
    def run_environment(self) -> Environment:
        return Environment(
            self, self.files, self.search, self.profile, self._judge_of_release, frozenset(self.environment)
        )

    @property
    def _judge_of_release(self) -> Judge:
        if self._judge is None:
            self._judge = Judge(self.profile)
        return self._judge

    def sandbox_provider(self, name: str) -> SandboxProvider | None:
        """A sandbox provider of the install root, read from its source once; None where it has none of that name."""
        if self.install is None:
            return None
        if name not in self._providers:
            # To read Python source is costly to start with, and most questions have nothing to do with it.
            from gym_lsp.gym.release.sandbox_providers import sandbox_provider

            self._providers[name] = sandbox_provider(self.files, self.install.path, name)
        return self._providers[name]

    def server_class(self, server_type: str, implementation: str, entrypoint: str) -> ServerClass | None:
        """The class that a server's program starts; None where there is no such program or it does not tell."""
        if self._server_classes is None:
            # As costly to start with as reading the source of a provider.
            from gym_lsp.gym.server_class import ServerClasses

            installed = None if self.install is None else self.install.path
            self._server_classes = ServerClasses(self.files, self.search.roots, installed)
        return self._server_classes.find(server_type, implementation, entrypoint)

    def settle(self) -> None:
        """Let go of what led to answers that are known now, and is unlikely to be asked for again."""
        if self._server_classes is not None:
            self._server_classes.forget_source()

    def server_model(self, server_type: str, implementation: str, entrypoint: str) -> Model | None:
        """The fields that a server's own config class has; None where they cannot be read."""
        found = self.server_class(server_type, implementation, entrypoint)
        return None if found is None else found.config

    def kept(self, question: Hashable, answer: Callable[[], T]) -> T:
        """What `answer` gives, asked once in the life of this snapshot.

        For what the layers above work out. A question is a tuple that begins with the function that asks it.
        """
        if question not in self._kept:
            self._kept[question] = answer()
        return cast("T", self._kept[question])

    def kept_of(self, path: PurePath, question: Hashable, answer: Callable[[], T]) -> T:
        """What `answer` gives, asked once as long as a file stays as it is: it must look at nothing but that file."""
        kept = self._kept_of.setdefault(path, {})
        if question not in kept:
            kept[question] = answer()
        return cast("T", kept[question])

    # Files

    @cached_property
    def members(self) -> tuple[PurePath, ...]:
        """The YAML files below the root, those that the settings exclude left out."""
        return tuple(path for path in walk(self.files, self.root, YAML) if not self.settings.excludes(path))

    @cached_property
    def library(self) -> tuple[PurePath, ...]:
        """The YAML files of the install root and the extra search roots, those of the workspace left out."""
        own = set(self.members)
        found: dict[PurePath, None] = {}
        for root in self.search.roots:
            if root == self.root:
                continue
            for folder in GYM_FOLDERS:
                found.update(dict.fromkeys(walk(self.files, root / folder, YAML)))
        return tuple(path for path in found if path not in own)

    def text(self, path: PurePath) -> str | None:
        """The text of a file, None where it cannot be read."""
        try:
            return self._read(path)
        except Unreadable:
            return None

    def load(self, path: PurePath) -> ConfigFile:
        """A file, parsed and lifted, each once. Raises files.Unreadable and files.Missing."""
        loaded = self._loaded.get(path)
        if loaded is None:
            loaded = self._loaded[path] = config_file(path, self._read(path))
        return loaded

    def _read(self, path: PurePath) -> str:
        text = self._texts.get(path)
        if text is None:
            try:
                text = self.files.read(path)
            except Unreadable as error:
                text = error.again()
            self._texts[path] = text
        if isinstance(text, Unreadable):
            raise text.again()
        return text

    def kind(self, path: PurePath) -> FileKind:
        """What a file is to NeMo Gym; OTHER where it cannot be read."""
        known = self._kinds.get(path)
        if known is None:
            known = self._kinds[path] = self._recognised(path)
        return known

    def _recognised(self, path: PurePath) -> FileKind:
        try:
            document = self.load(path).document
        except Unreadable:
            return FileKind.OTHER
        # Where the workspace itself lies says nothing about its files.
        found = recognise(self.spelled(path), document, self.profile)
        return FileKind.CONFIG if found is FileKind.OTHER and self.settings.includes(path) else found

    def spelled(self, path: PurePath) -> str:
        """The path as a `config_paths` entry would spell it: relative to the first search root that it lies in."""
        known = self._spelled.get(path)
        if known is None:
            known = self._spelled[path] = self.search.spell(path)
        return known

    # Working ahead

    def index_names(self) -> Iterator[None]:
        """Work out what a question about a single file needs to know of all others, a little with each step."""
        _ = self.profile
        yield
        if not {"members", "library"} <= self.__dict__.keys():
            for folder in (self.root, *(root / name for root in self.search.roots for name in GYM_FOLDERS)):
                # What is listed is remembered.
                yield from (None for _ in walk(self.files, folder, YAML))
        for path in (*self.members, *self.library):
            self._top_level_keys(path)
            yield

    def index_files(self) -> Iterator[float]:
        """Work out what questions about all files need, a file with each step; the share that is done."""
        paths = (*self.members, *self.library)
        for done, path in enumerate(paths, start=1):
            if self.kind(path) is FileKind.CONFIG:
                self.uses(path)
            yield done / len(paths)

    # Runs

    def composed(self, path: PurePath) -> Composition | None:
        """The own run of a file if it is known already. The same object as long as nothing that it reads changes."""
        run = self._own.get(path)
        return None if run is None else self._runs.get(run)

    def read_below(self, folders: Collection[PurePath]) -> Iterator[PurePath]:
        """The paths below some folders that an answer depends on, whether they were there or not."""
        asked = frozenset(folders)
        read = set(chain(self._texts, self._kinds, *(known.reads for known in self._runs.values())))
        return (path for path in read if not asked.isdisjoint(path.parents))

    def compose(self, run: Run) -> Composition:
        known = self._runs.get(run)
        if known is None:
            known = self._runs[run] = compose(run, self.run_environment)
        return known

    def unchanged_runs(self, before: Workspace) -> frozenset[Run]:
        """The runs that are composed already, and just as they were in an earlier snapshot."""
        known = before._runs
        return frozenset(run for run, composition in self._runs.items() if known.get(run) is composition)

    def only_values_changed(self, before: Workspace, paths: Iterable[PurePath]) -> bool:
        """Whether some files, in which alone the content may differ from an earlier snapshot, are configs that define
        the same names as before."""
        return all(
            path.suffix in YAML
            and before.kind(path) is self.kind(path) is FileKind.CONFIG
            and before._top_level_keys(path) == self._top_level_keys(path)
            and before._definitions_in(path) == self._definitions_in(path)
            for path in paths
        )

    def own_run(self, path: PurePath) -> Composition:
        """The run whose only root is this file, with the stand-in model: what `gym env validate --config` checks."""
        run = self._own.get(path)
        if run is None:
            spelled = self.spelled(path)
            # A file that another root shadows can only be named by its whole path.
            root = spelled if self.search.resolve(self.files, spelled) == path else path.as_posix()
            run = self._own[path] = Run((root,))
        return self.compose(run)

    def declared_runs(self) -> Iterator[Composition]:
        """The compositions that the settings say the project really uses."""
        for roots in self.settings.runs.values():
            yield self.compose(Run(roots))

    def uses(self, path: PurePath) -> tuple[Use, ...]:
        """Every use of a name in a file."""
        known = self._uses.get(path)
        if known is None:
            try:
                file = self.load(path)
            except Unreadable:
                return ()
            known = self._uses[path] = tuple(uses(file, self.profile))
        return known

    def definitions(self, path: PurePath) -> tuple[Defined, ...]:
        """The top-level keys of a file."""
        try:
            return tuple(definitions(self.load(path), self.profile))
        except Unreadable:
            return ()

    # Names

    @cached_property
    def names(self) -> NameIndex:
        """The top-level names of every file in the search roots, those of the workspace first."""
        return NameIndex(
            self._named_files(),
            self._top_level_keys,
            self._config,
            self._definitions_in,
            self.profile,
            self.settings.provides,
        )

    def _named_files(self) -> Iterator[PurePath]:
        yield from self.members
        yield from self.library

    def _top_level_keys(self, path: PurePath) -> tuple[str, ...]:
        known = self._keys.get(path)
        if known is None:
            known = top_level_keys(self.text(path) or "")
            if not known and (config := self._config(path)) is not None:
                # A mapping in braces, or one that is indented.
                known = tuple(str(key) for key in config.entries)
            self._keys[path] = known
        return known

    def _definitions_in(self, path: PurePath) -> tuple[Definition, ...]:
        def answer() -> tuple[Definition, ...]:
            config = self._config(path)
            return () if config is None else definitions_in(path, config, self.profile)

        return self.kept_of(path, definitions_in, answer)

    def _config(self, path: PurePath) -> Table | None:
        try:
            return self.load(path).config
        except Unreadable:
            return None

    def below(self, paths: tuple[PurePath, ...]) -> tuple[PurePath, ...]:
        """The YAML files at or below some paths; files that are named are taken whatever they are called."""
        found: dict[PurePath, None] = {}
        for path in paths:
            if self.files.kind(path) is Kind.DIRECTORY:
                inside = self.members if path == self.root else walk(self.files, path, YAML)
                found.update(dict.fromkeys(each for each in inside if not self.settings.excludes(each)))
            else:
                found[path] = None
        return tuple(found)
