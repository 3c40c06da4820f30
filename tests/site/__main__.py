"""Build the site into a folder, and check it.

    python -m tests.site FOLDER

The folder is replaced. It needs no web server: open its `index.html`.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.site.content import differences
from tests.site.links import mistakes
from tests.site.staging import stage

_SHIM = "https://unpkg.com/iframe-worker/shim"
"""What the generator loads so that the search works without a web server; ours is `worker.js`."""

_NOT_NEEDED = ("404.html", "sitemap.xml")
"""Both need the address of the site, which is not known."""


def main(arguments: list[str] | None = None) -> int:
    """Run the command line of the module's docstring and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.site")
    parser.add_argument("folder", type=Path)
    folder: Path = parser.parse_args(arguments).folder
    with tempfile.TemporaryDirectory() as scratch:
        work = Path(scratch).resolve()
        stage(work)
        command = [sys.executable, "-m", "zensical", "build", "--strict", "--config-file", str(work / "zensical.toml")]
        done = subprocess.run(command, cwd=work, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            print(done.stdout, done.stderr, sep="", file=sys.stderr)
            return 1
        site = work / "site"
        for name in _NOT_NEEDED:
            (site / name).unlink()
        _own_worker(site)
        found = [*mistakes(site), *differences(site)]
        if found:
            print(*found, sep="\n", file=sys.stderr)
            return 1
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(site, folder)
    count = sum(1 for _ in folder.rglob("*.html"))
    print(f"{count} pages written; open {folder / 'index.html'}")
    return 0


def _own_worker(site: Path) -> None:
    """Let each page load our own script in place of the one from another host."""
    shutil.copyfile(Path(__file__).with_name("worker.js"), site / "worker.js")
    for path in site.rglob("*.html"):
        up = "../" * (len(path.relative_to(site).parts) - 1)
        path.write_text(path.read_text("utf-8").replace(_SHIM, f"{up}worker.js"), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    sys.exit(main())
