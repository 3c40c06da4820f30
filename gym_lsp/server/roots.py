"""The roots that one connection needs: those of the client's folders, those nested in them, and those of documents."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath

from gym_lsp.files import Files, is_below
from gym_lsp.workspace.root import Root, root_of


class Roots:
    """The client's folders and open documents, each with its root, and the nested roots that walks have found."""

    def __init__(self) -> None:
        self.folders: dict[PurePath, Root] = {}
        """The client's folders. The root of a folder is above it if it is a part of a checkout."""
        self._documents: dict[PurePath, Root] = {}
        self._nested: dict[PurePath, tuple[PurePath, ...]] = {}
        self.changes = 0
        """How often a folder or the root of a document has come or gone."""

    def open_folder(self, files: Files, folder: PurePath) -> Root:
        """Add a folder of the client, or find its root again. Return the root."""
        root = root_of(files, folder, folder)
        if self.folders.get(folder) != root:
            self.folders[folder] = root
            self.changes += 1
        return root

    def close_folder(self, folder: PurePath) -> bool:
        """Remove a folder of the client. Return whether it was there."""
        self.changes += 1
        return self.folders.pop(folder, None) is not None

    def open_document(self, files: Files, path: PurePath) -> None:
        """Add the root of a document, unless one of the client's folders takes the document without it.

        Outside these folders, a document that no root contains belongs to one of them, if there are any.
        """
        folder = self.folder_of(path)
        root = root_of(files, path, folder)
        if folder is not None or root.is_deep or not self.folders:
            if self._documents.get(path) != root:
                self._documents[path] = root
                self.changes += 1
        else:
            self.close_document(path)

    def open_below(self, files: Files, path: PurePath) -> None:
        """Add the root of a document that is of no interest outside of all roots and folders."""
        if self.folder_of(path) is not None or root_of(files, path).is_deep:
            self.open_document(files, path)
        else:
            self.close_document(path)

    def close_document(self, path: PurePath) -> None:
        """Remove the root of a document, if it has one of its own."""
        if self._documents.pop(path, None) is not None:
            self.changes += 1

    def set_nested(self, nested: Mapping[PurePath, tuple[PurePath, ...]]) -> None:
        """Replace the nested roots, given by the root that contains them."""
        self._nested = dict(nested)

    def of_document(self, path: PurePath) -> PurePath | None:
        """Return the root that an open document has, whatever the folders are."""
        root = self._documents.get(path)
        return None if root is None else root.path

    def folder_of(self, path: PurePath) -> PurePath | None:
        """Return the innermost folder of the client that contains a path."""
        holding = [folder for folder in self.folders if is_below(path, folder)]
        return max(holding, key=lambda folder: len(folder.parts), default=None)

    def needed(self) -> dict[PurePath, Root]:
        """Return all roots that something needs, those of folders first."""
        found = self.of_folders()
        for root in self._documents.values():
            # A folder needs all files below its root, also if a single document has the same root.
            if root.is_deep or root.path not in found:
                found[root.path] = root
        return found

    def of_folders(self) -> dict[PurePath, Root]:
        """Return the roots of the client's folders, and those nested in them."""
        found: dict[PurePath, Root] = {}
        pending = [*self.folders.values()]
        while pending:
            root = pending.pop(0)
            if root.path not in found:
                found[root.path] = root
                pending.extend(map(Root, self._nested.get(root.path, ())))
        return found
