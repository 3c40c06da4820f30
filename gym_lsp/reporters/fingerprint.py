"""Names for findings that stay the same while lines move, so that a CI service can tell old ones from new."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from pathlib import PurePath

from gym_lsp.diagnostic import Diagnostic
from gym_lsp.reporters.paths import relative_path


def fingerprints(diagnostics: Iterable[Diagnostic], directory: PurePath) -> list[str]:
    """One hexadecimal name for each finding, in their order, no two alike.

    It is made of the rule, the path, the key path and the message. Findings that agree in all of these are told
    apart by their order.
    """
    seen: Counter[str] = Counter()
    names: list[str] = []
    for diagnostic in diagnostics:
        path = relative_path(diagnostic.path, directory)
        identity = json.dumps([diagnostic.rule, path, list(diagnostic.key_path), diagnostic.message])
        names.append(hashlib.sha256(f"{identity}{seen[identity]}".encode()).hexdigest())
        seen[identity] += 1
    return names
