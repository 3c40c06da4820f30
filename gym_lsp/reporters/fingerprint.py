"""Fingerprints of findings without line numbers, so that a CI service can distinguish old findings from new ones."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from pathlib import PurePath

from gym_lsp.diagnostic import Diagnostic
from gym_lsp.reporters.paths import relative_path


def fingerprints(diagnostics: Iterable[Diagnostic], directory: PurePath) -> list[str]:
    """Return a unique hexadecimal fingerprint for each finding, in their order.

    It is made from the rule, the path, the key path and the message. Findings that have all of these in common are
    distinguished by their order.
    """
    seen: Counter[str] = Counter()
    names: list[str] = []
    for diagnostic in diagnostics:
        path = relative_path(diagnostic.path, directory)
        identity = json.dumps([diagnostic.rule, path, list(diagnostic.key_path), diagnostic.message])
        names.append(hashlib.sha256(f"{identity}{seen[identity]}".encode()).hexdigest())
        seen[identity] += 1
    return names
