"""One workspace at one moment: its files, what each of them is, and the runs that they are part of.

Everything is worked out on demand and remembered, so a question about one file reads little more than that file, and a
question about all of them reads each file once. `gym_lsp.memo` says what the next moment takes over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from pathlib import PurePath
from types import MappingProxyType
from typing import TYPE_CHECKING
from weakref import proxy

from gym_lsp.commands.parts import DOCUMENTS
from gym_lsp.compose.config import Config, Provenance, Table
from gym_lsp.compose.recipe import Recipe, read_recipe
from gym_lsp.compose.run import Composition, Environment, Run, compose
from gym_lsp.compose.secrets import NONE, Secrets, masked_program, masked_source, secrets_in, secrets_in_broken
from gym_lsp.compose.servers import Judge, Judged
from gym_lsp.compose.source import ConfigFile, config_file, embedded_in, stretch_alone
from gym_lsp.files import DirectoryEntry, Files, Kind, Outside, Overlay, Unreadable, absolute, walk
from gym_lsp.gym.embedding import NEMO_RL, Embedding
from gym_lsp.gym.layout import ROWS
from gym_lsp.gym.release.profile import BUILTIN, Profile, read_profile
from gym_lsp.gym.roots import InstallRoot, SearchRoots, extra_roots, search_roots
from gym_lsp.memo import Memo, large, lasting, query
from gym_lsp.syntax import Atom
from gym_lsp.syntax.stretches import Stretch
from gym_lsp.workspace.change import Change
from gym_lsp.workspace.fence import Fence, Fenced, fence_around
from gym_lsp.workspace.glance import Screen, screen_of, top_level_keys
from gym_lsp.workspace.names import Definition, NameIndex, definitions_in
from gym_lsp.workspace.place import GYM_FOLDERS, YAML
from gym_lsp.workspace.recognise import FileKind, has_telling_place, may_embed_run, recognise
from gym_lsp.workspace.root import Boundary
from gym_lsp.workspace.settings import Settings
from gym_lsp.workspace.tree import Tree, Walked, stale
from gym_lsp.workspace.uses import Defined, Use, definitions, uses

if TYPE_CHECKING:
    from gym_lsp.gym.fields import Model
    from gym_lsp.gym.release.sandbox_providers import SandboxProvider
    from gym_lsp.gym.server_class import ServerClass, ServerClasses
    from gym_lsp.gym.task_data import TaskData, Unusable


class Workspace:
    """The view on one root folder.

    `disk` holds the files as they are at this moment, open documents included. `root` is the working directory of the
    runs. `environment` is the process environment; of its variables only the names are ever used, but for those that
    are NeMo Gym's own settings. `profile_of` reads the profile of an install root, for those who keep it from one
    workspace to the next. `named` are files and folders that the user has named, apart from `search_dirs`. Without
    `is_deep`, only the files directly in the root belong to the workspace.
    """

    def __init__(
        self,
        disk: Files,
        root: PurePath,
        settings: Settings | None = None,
        install: InstallRoot | None = None,
        search_dirs: tuple[PurePath, ...] = (),
        environment: Mapping[str, str] = MappingProxyType({}),
        profile_of: Callable[[Files, PurePath], Profile] = read_profile,
        memo: Memo | None = None,
        *,
        named: tuple[PurePath, ...] = (),
        fence: Fence | None = None,
        is_deep: bool = True,
    ) -> None:
        self.disk = disk
        self.root = root
        self.settings = Settings() if settings is None else settings
        self.install = install
        self.search_dirs = search_dirs
        self.environment = environment
        self.profile_of = profile_of
        self.is_deep = is_deep
        self.memo = Memo() if memo is None else memo
        self.fence = self._fence(named) if fence is None else fence
        # A strong reference would be a cycle, so that a replaced snapshot would wait for the garbage collector.
        this = proxy(self)
        self.files = Tree(disk, self.memo, self.fence, lambda: this.screen)

    def _fence(self, named: tuple[PurePath, ...]) -> Fence:
        extra = (absolute(folder, self.root) for folder in extra_roots(self.environment))
        return fence_around(
            self.disk,
            self.root,
            named=(*named, *self.search_dirs, *extra),
            install=None if self.install is None else self.install.path,
            settings=self.settings,
        )

    def with_texts(self, texts: Mapping[PurePath, str]) -> Workspace:
        """Return the same workspace with some files changed, or made, in memory."""
        created = frozenset(path for path in texts if self.files.kind(path) is None)
        other = self._with(Overlay(self.disk, texts), self.memo.after())
        other.memo.outdate(stale(other.files, Change(frozenset(texts) - created, created)))
        return other

    def changed(self, disk: Files, change: Change) -> Workspace:
        """Return the workspace after a change, which takes over every answer that the change does not reach."""
        other = self._with(disk, self.memo.after())
        other.files.lead()
        other.memo.outdate(stale(other.files, change))
        return other

    def shared(self) -> Workspace:
        """Return the same workspace for another thread. The two share their answers, and nothing else that changes."""
        return self._with(self.disk, self.memo.shared())

    def _with(self, disk: Files, memo: Memo) -> Workspace:
        return Workspace(
            disk,
            self.root,
            self.settings,
            self.install,
            self.search_dirs,
            self.environment,
            self.profile_of,
            memo,
            fence=self.fence,
            is_deep=self.is_deep,
        )

    # The environment of every run

    @property
    @query
    def profile(self) -> Profile:
        return BUILTIN if self.install is None else self.profile_of(Fenced(self.disk, self.fence), self.install.path)

    @property
    def screen(self) -> Screen:
        return screen_of(self.profile)

    @property
    @query
    def search(self) -> SearchRoots:
        return search_roots(
            self.files,
            search_dirs=(*self.search_dirs, *self.settings.search_dirs),
            working_directory=self.root,
            install_root=None if self.install is None else self.install.path,
            environ=self.environment,
            profile=self.profile,
        )

    @query
    def sandbox_provider(self, name: str) -> SandboxProvider | None:
        """Return a sandbox provider of the install root, read from its source; None if it has none of that name."""
        if self.install is None:
            return None
        # To read Python source is costly to start with, and most questions have nothing to do with it.
        from gym_lsp.gym.release.sandbox_providers import sandbox_provider

        return sandbox_provider(self.files.programs(), self.install.path, name)

    @query
    def server_class(self, server_type: str, implementation: str, entrypoint: str) -> ServerClass | None:
        """Return the class that a server's program starts; None if there is no such program or it does not show one."""
        return self._server_classes().find(server_type, implementation, entrypoint)

    @query
    def task_data(self, server_type: str, implementation: str) -> TaskData | None:
        """Return the schema of the rows of a server; None if it has none that can be read."""
        return self._server_classes().task_data(server_type, implementation)

    @query
    def unusable_task_data(self, server_type: str, implementation: str) -> Unusable | None:
        """Return why NeMo Gym cannot use the schema of the rows of a server; None if it may use it."""
        return self._server_classes().unusable_task_data(server_type, implementation)

    @query
    def _server_classes(self) -> ServerClasses:
        # As costly to start with as reading the source of a provider.
        from gym_lsp.gym.server_class import ServerClasses

        installed = None if self.install is None else self.install.path
        return ServerClasses(self.files.programs(), self.search.roots, installed)

    @property
    @query
    def command_flags(self) -> Mapping[str, frozenset[str]]:
        """The flags of the commands of the install root whose flags can be read from its source."""
        if self.install is None:
            return {}
        # As costly to start with as reading the source of a provider.
        from gym_lsp.gym.release.command_flags import command_flags

        return command_flags(self.files.programs(), self.install.path)

    def server_model(self, server_type: str, implementation: str, entrypoint: str) -> Model | None:
        """Return the fields that a server's own config class has; None if they cannot be read."""
        found = self.server_class(server_type, implementation, entrypoint)
        return None if found is None else found.config

    def forget_source(self) -> None:
        """Let go of the Python source that led to answers which are known now."""
        classes = self.memo.peek(Workspace._server_classes, self)
        if classes is not None:
            classes.forget_source()

    # Files

    @property
    @query
    def members(self) -> tuple[PurePath, ...]:
        """The YAML files that belong to the root, those that the settings exclude left out."""
        return tuple(path for path in self.files_below(self.root) if not self.settings.excludes(path))

    @property
    @query
    def member_set(self) -> frozenset[PurePath]:
        """The members, for a fast test of many files."""
        return frozenset(self.members)

    @property
    def is_listed(self) -> bool:
        """Whether the members are known without another walk."""
        return self.memo.holds(Workspace._below, self, self.root)

    def files_below(self, folder: PurePath) -> tuple[PurePath, ...]:
        """Return the YAML files of the root that are below a folder, those that the settings exclude included."""
        return self._below(folder).files

    def nested_roots(self, folder: PurePath) -> tuple[PurePath, ...]:
        """Return the roots below a folder that are nested in this one, those that the settings exclude left out.

        Their files do not belong to this root.
        """
        return tuple(root for root in self._below(folder).nested if not self.settings.excludes(root))

    def links_outside(self, folder: PurePath) -> tuple[PurePath, ...]:
        """Return the folders below a folder that are links to the outside, which are not entered."""
        return tuple(path for path in self._below(folder).outside if not self.settings.excludes(path))

    @query
    def _below(self, folder: PurePath) -> Walked:
        if not self.is_deep and folder == self.root:
            entries = self.files.entries(folder)
            return Walked(tuple(folder / entry.name for entry in entries if _is_yaml(entry)))
        return self.files.walk(self.root, folder, YAML)

    @property
    def library(self) -> tuple[PurePath, ...]:
        """The YAML files of the install root and the extra search roots, except for those of the workspace.

        A file that an earlier root shadows is left out: no entry of `config_paths` leads to it.
        """
        return self._library()

    @query
    def _library(self) -> tuple[PurePath, ...]:
        own, search = set(self.members), self.search
        found: list[PurePath] = []
        spelled: set[str] = set()
        for root in search.roots:
            if root == self.root:
                spelled.update(map(search.spell, self.members))
                continue
            for path in chain.from_iterable(self.files.walk(root, root / folder, YAML).files for folder in GYM_FOLDERS):
                name = search.spell(path)
                if path not in own and name not in spelled:
                    found.append(path)
                    spelled.add(name)
        return tuple(found)

    def text(self, path: PurePath) -> str | None:
        """Return the text of a file, or None if it cannot be read."""
        try:
            return self.files.read(path)
        except Unreadable:
            return None

    def load(self, path: PurePath) -> ConfigFile:
        """Return a file, parsed and lifted. Raises files.Unreadable and files.Missing."""
        loaded = self._loaded(path)
        if isinstance(loaded, Unreadable):
            raise loaded.again()
        return loaded

    @query
    @large
    def _loaded(self, path: PurePath) -> ConfigFile | Unreadable:
        earlier = self.memo.earlier(Workspace._loaded, self, path)
        document = earlier.document if isinstance(earlier, ConfigFile) else None
        try:
            return config_file(path, self.files.read(path), earlier=document)
        except Unreadable as error:
            return error.again()

    @query
    def stretch_alone(self, path: PurePath, name: str) -> ConfigFile:
        """Return the stretch of a file that begins with a key as if the file had no other text.

        The result is the same object as long as the stretch has the same text, wherever it is in the file.
        """
        return stretch_alone(path, self._stretch(path, name))

    @query
    def _stretch(self, path: PurePath, name: str) -> Stretch:
        return self.load(path).document.stretch(name)

    def is_outside(self, path: PurePath) -> bool:
        """Return whether a file is outside of the fence, so that nothing of it must be shown."""
        return not self.files.is_inside(path)

    def load_outside(self, path: PurePath) -> ConfigFile:
        """Return a file like `load`, also if it is outside of the fence. Nothing that it contains may be shown."""
        loaded = self._loaded_outside(path)
        if isinstance(loaded, Unreadable):
            raise loaded.again()
        return loaded

    @query
    @large
    def _loaded_outside(self, path: PurePath) -> ConfigFile | Unreadable:
        try:
            return config_file(path, self.files.read_outside(path))
        except Unreadable as error:
            return error.again()

    @query
    @lasting
    def kind(self, path: PurePath) -> FileKind:
        """Return what a file is to NeMo Gym; OTHER if it cannot be read."""
        if path.suffix in (ROWS, *DOCUMENTS) or not self.may_be_gym(path):
            # An editor shows rows and documents, too. They are not YAML, and can be long.
            return FileKind.OTHER
        loaded = self._loaded(path)
        if isinstance(loaded, Unreadable):
            return FileKind.OTHER
        # Where the workspace itself lies says nothing about its files.
        found = recognise(self.spelled(path), loaded.document, self.profile)
        if found is FileKind.OTHER and self.settings.includes(path):
            return FileKind.CONFIG
        may_embed = found is FileKind.OTHER and may_embed_run(loaded.document, self.embedding_of(path))
        return FileKind.RECIPE if may_embed and self.recipe(path).is_one else found

    def embedding_of(self, path: PurePath) -> Embedding:
        """Return how a file embeds a run, if it is a recipe."""
        return self.settings.embedding_of(path) or NEMO_RL

    @query
    @large
    def recipe(self, path: PurePath) -> Recipe:
        """Return a file as its training framework reads it."""
        return read_recipe(path, self, self.files, frozenset(self.environment), self.embedding_of(path))

    def may_be_gym(self, path: PurePath) -> bool:
        """Return whether a file can belong to NeMo Gym, judged by its place, or else by a glance at its text."""
        return self._is_gym_by_place(path) or self.files.glance(path).may_be_gym

    def _is_gym_by_place(self, path: PurePath) -> bool:
        spelled = self.search.spell(path)
        if spelled.partition("/")[0] in _FOLDERS or has_telling_place(spelled):
            return True
        return self.settings.includes(path) or self.settings.embedding_of(path) is not None

    @query
    def spelled(self, path: PurePath) -> str:
        """Return a path as a `config_paths` entry would spell it: relative to the first search root that holds it."""
        return self.search.spell(path)

    # Working ahead

    def index_names(self) -> Iterator[None]:
        """Work out what a question about a single file needs to know of all others, a little with each step."""
        _ = self.profile
        yield
        # What is listed is remembered.
        is_listed = self.memo.peek(Workspace._library, self) is not None
        if self.is_deep and not is_listed:
            yield from self._list(self.root, self.root)
        if self._contains_only_roots:
            return
        for root in () if is_listed else self.search.roots:
            if root != self.root:
                yield from chain.from_iterable(self._list(root, root / folder) for folder in GYM_FOLDERS)
        for path in (*self.members, *self.library):
            self.top_level_keys(path)
            yield

    def index_files(self) -> Iterator[float]:
        """Work out what questions about all files need, a file with each step; yield the share that is done."""
        paths = () if self._contains_only_roots else (*self.members, *self.library)
        for done, path in enumerate(paths, start=1):
            self.index_file(path)
            yield done / len(paths)

    def index_file(self, path: PurePath) -> None:
        """Work out what questions about all files need to know of one."""
        if self.kind(path) is FileKind.CONFIG:
            self.uses(path)

    def _list(self, root: PurePath, folder: PurePath) -> Iterator[None]:
        """List the folders below one of a search root, one with each step."""
        yield from (None for _ in walk(self.files, folder, YAML, Boundary(self.files, root).leaves_out))

    @property
    def _contains_only_roots(self) -> bool:
        """Whether this is a folder of several roots without files of its own, so that it is hardly asked anything."""
        return not self.members and bool(self.nested_roots(self.root))

    # Runs

    @query
    @large
    def compose(self, run: Run) -> Composition:
        """Return the composition of a run. Raises OverrideError."""
        configs = _Everywhere(self) if run.sees_outside else self
        environment = Environment(
            configs, self.files, self.search, self.profile, _SharedJudge(self), frozenset(self.environment), self.recipe
        )
        return compose(run, environment)

    @query
    def secrets(self, run: Run) -> Secrets:
        """Return the secrets of the files and the overrides of a run. Raises OverrideError."""
        composition = self.compose(run)
        known = secrets_in(composition.config) if run.overrides else NONE
        return known.union(self.secrets_of_file(file.path) for file in composition.sources)

    @query
    def secrets_of_file(self, path: PurePath) -> Secrets:
        """Return the secrets of a file, none if it cannot be read."""
        loaded = self._loaded(path)
        if isinstance(loaded, Unreadable):
            return NONE
        if loaded.document.stretches:
            return NONE.union(self._secrets_in_stretch(path, stretch.name) for stretch in loaded.document.stretches)
        return secrets_in(loaded.config).union([secrets_in_broken(loaded.document)])

    @query
    def _secrets_in_stretch(self, path: PurePath, name: str) -> Secrets:
        return secrets_in(self.stretch_alone(path, name).config)

    @query
    @lasting
    def shown(self, path: PurePath) -> str:
        """Return the text of a file in which each character of a secret is replaced; empty if it cannot be read."""
        if path.suffix not in YAML:
            return masked_program(self.text(path) or "")
        loaded = self._loaded(path)
        if isinstance(loaded, Unreadable):
            return ""
        is_config = self.kind(path) in (FileKind.CONFIG, FileKind.RECIPE)
        known = self.secrets(self._run_of(path)) if is_config else self.secrets_of_file(path)
        return masked_source(loaded.document, known)

    def title_of(self, run: Run) -> str:
        """Return a run as people see it: its root configs, or its recipe; empty if it has neither."""
        return " + ".join(run.roots) if run.recipe is None else self.spelled(run.recipe)

    def own_run(self, path: PurePath) -> Composition:
        """Return the run whose only root is this file, with the stand-in model; of a recipe, the run that it embeds.

        The first is what `gym env validate --config` checks.
        """
        return self.compose(self._run_of(path))

    def known_run(self, path: PurePath) -> Composition | None:
        """Return the own run of a file if it is composed already, else None."""
        run = self.memo.peek(Workspace._run_of, self, path)
        return None if run is None else self.memo.peek(Workspace.compose, self, run)

    @query
    def _run_of(self, path: PurePath) -> Run:
        if self.kind(path) is FileKind.RECIPE:
            return Run.embedded(path)
        spelled = self.spelled(path)
        # A file that another root shadows can only be named by its whole path.
        return Run((spelled if self.search.resolve(self.files, spelled) == path else path.as_posix(),))

    def declared_runs(self) -> Iterator[Composition]:
        """Yield the compositions that the settings say the project really uses."""
        for roots in self.settings.runs.values():
            yield self.compose(Run(roots))

    def is_as_written(self, name: Atom, block: Table) -> bool:
        """Whether a top-level block of a run is the very one of the file that it comes from.

        What is worked out about such a block can be shared by all runs that have it.
        """
        if block.origin.provenance is not Provenance.WRITTEN:
            return False
        config = self.config(block.origin.path)
        return config is not None and config.entries.get(name) is block

    @query
    @large
    def judged(self, path: PurePath) -> Mapping[Atom, Judged]:
        """Return what each top-level block of a file is, as the file has it."""
        loaded = self._loaded(path)
        if isinstance(loaded, Unreadable):
            return {}
        known: dict[Atom, Judged] = {}
        for stretch in loaded.document.stretches:
            known |= self._judged_in_stretch(path, stretch.name)
        return {name: judged for name, _, judged in Judge(self.profile, known).servers(loaded.config)}

    @query
    def _judged_in_stretch(self, path: PurePath, name: str) -> Mapping[Atom, Judged]:
        config = self.stretch_alone(path, name).config
        return {name: judged for name, _, judged in Judge(self.profile).servers(config)}

    def gym_part(self, path: PurePath) -> ConfigFile:
        """Return the part of a file that is a config of NeMo Gym: all of it, or of a recipe the embedded mapping.

        Places are those in the file, and key paths begin in the part. Raises files.Unreadable and files.Missing.
        """
        return self._embedded(path) if self.kind(path) is FileKind.RECIPE else self.load(path)

    @query
    @large
    def _embedded(self, path: PurePath) -> ConfigFile:
        return embedded_in(self.load(path), self.embedding_of(path).path)

    @query
    def uses(self, path: PurePath) -> tuple[Use, ...]:
        """Return every use of a name in a file; of a recipe, in the run that it embeds."""
        loaded = self._loaded(path)
        if isinstance(loaded, Unreadable):
            return ()
        if self.kind(path) is FileKind.RECIPE:
            loaded = self._embedded(path)
        if not loaded.document.stretches:
            return tuple(uses(loaded, self.profile))
        found: list[Use] = []
        for start, stretch in loaded.document.placed_stretches():
            found.extend(use.moved(start) for use in self._uses_in_stretch(path, stretch.name))
        return tuple(found)

    @query
    def _uses_in_stretch(self, path: PurePath, name: str) -> tuple[Use, ...]:
        return tuple(uses(self.stretch_alone(path, name), self.profile))

    @query
    def definitions(self, path: PurePath) -> tuple[Defined, ...]:
        """Return the top-level keys of a file; of a recipe, those of the run that it embeds."""
        loaded = self._loaded(path)
        return () if isinstance(loaded, Unreadable) else tuple(definitions(self.gym_part(path), self.profile))

    # Names

    @property
    def names(self) -> NameIndex:
        """The top-level names of every file in the search roots, those of the workspace first."""
        return NameIndex(self)

    @query
    @lasting
    def top_level_keys(self, path: PurePath) -> tuple[str, ...]:
        """Return what looks like a top-level key of a file."""
        if not self._is_gym_by_place(path) and not (seen := self.files.glance(path)).may_be_gym:
            return seen.keys
        known = top_level_keys(self.text(path) or "")
        if not known and (config := self.config(path)) is not None:
            # A mapping in braces, or one that is indented.
            known = tuple(str(key) for key in config.entries)
        return known

    @query
    def definitions_in(self, path: PurePath) -> tuple[Definition, ...]:
        """Return the top-level names of a file, with what each of them is."""
        config = self.config(path)
        return () if config is None else definitions_in(path, config, self.profile)

    def config(self, path: PurePath) -> Table | None:
        """Return the configuration that a file holds, or None if it cannot be read."""
        loaded = self._loaded(path)
        return None if isinstance(loaded, Unreadable) else loaded.config

    def below(self, paths: tuple[PurePath, ...]) -> tuple[PurePath, ...]:
        """The YAML files at or below some paths; files that are named are taken whatever they are called."""
        found: dict[PurePath, None] = {}
        for path in paths:
            if self.files.kind(path) is Kind.DIRECTORY:
                inside = self.files_below(path)
                found.update(dict.fromkeys(each for each in inside if not self.settings.excludes(each)))
            else:
                found[path] = None
        return tuple(found)

    def documents_below(self, paths: tuple[PurePath, ...]) -> tuple[PurePath, ...]:
        """The shell scripts and the Markdown at or below some paths."""
        found: dict[PurePath, None] = {}
        for path in paths:
            if self.files.kind(path) is Kind.DIRECTORY:
                inside = self.files.walk(self.root, path, DOCUMENTS).files
                found.update(dict.fromkeys(each for each in inside if not self.settings.excludes(each)))
            elif path.suffix in DOCUMENTS:
                found[path] = None
        return tuple(found)


class _Everywhere:
    """The files of a run, those outside of the fence included."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def load(self, path: PurePath) -> ConfigFile:
        try:
            return self._workspace.load(path)
        except Outside:
            return self._workspace.load_outside(path)


_FOLDERS = frozenset(GYM_FOLDERS)


def _is_yaml(entry: DirectoryEntry) -> bool:
    return entry.kind is Kind.FILE and entry.name.endswith(YAML)


class _SharedJudge(Judge):
    """Judges the blocks of a run; one that is still as its file has it is judged once for all runs."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace.profile)
        self._workspace = workspace
        self._judged: dict[PurePath, Mapping[Atom, Judged]] = {}

    def judge(self, name: Atom, block: Config) -> Judged:
        if isinstance(block, Table) and self._workspace.is_as_written(name, block):
            path = block.origin.path
            if path not in self._judged:
                self._judged[path] = self._workspace.judged(path)
            return self._judged[path][name]
        return super().judge(name, block)
