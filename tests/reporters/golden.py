"""The files under `data/golden`: the sample report in each format, approved by a person.

`python -m tests.reporters.golden` writes them again. Read the difference before you commit it.
"""

from __future__ import annotations

import re
from pathlib import Path

import gym_lsp
from gym_lsp.reporters import FORMATS, statistics
from tests.reporters.sample import CLEAN, REPORT

GOLDEN = Path(__file__).parent / "data" / "golden"
VERSION_HERE = f'"semanticVersion": "{gym_lsp.__version__}"'
ANY_VERSION = '"semanticVersion": "VERSION"'


def outputs() -> dict[str, str]:
    """File name to text. Colors are spelled `{1;31}`, so that the files can be read."""
    texts: dict[str, str] = {}
    for name, report in (("findings", REPORT), ("clean", CLEAN)):
        for format_name, render in FORMATS.items():
            texts[f"{name}.{format_name}.txt"] = render(report, color=False, width=80)
        texts[f"{name}.statistics.txt"] = statistics.render(report, color=False, width=80)
    texts["findings.full.color.txt"] = FORMATS["full"](REPORT, color=True, width=80)
    texts["findings.concise.color.txt"] = FORMATS["concise"](REPORT, color=True, width=80)
    texts["findings.full.narrow.txt"] = FORMATS["full"](REPORT, color=False, width=48)
    return {name: _portable(text) for name, text in texts.items()}


def _portable(text: str) -> str:
    return re.sub("\x1b\\[([0-9;]*)m", r"{\1}", text).replace(VERSION_HERE, ANY_VERSION)


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    for name, text in outputs().items():
        (GOLDEN / name).write_text(text, encoding="utf-8", newline="")
