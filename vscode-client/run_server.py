"""Runs the gym-lsp in the folder `libs` beside this file: the server that the extension for VS Code carries.

    python -I -S -X pycache_prefix=FOLDER run_server.py [ARGUMENT...]     the arguments are those of gym-lsp

Python searches only its standard library and `libs`: with `-I`, no variable, no user folder and not the current folder
changes that, and with `-S`, no package or `.pth` file of the environment does. Compiled modules have the version of
their Python in their names, so `libs` has those of several versions side by side. Bytecode goes to FOLDER.

Any Python that the extension finds runs this file, to find out whether it can run the server. So the file must be
readable for old ones. Exit code 3 means that this Python cannot; the reason is on standard error.
"""

import os
import sys

OLDEST = (3, 11)
CANNOT_RUN = 3


def problem(version, is_isolated):
    """Return why the server cannot run, `None` if it can."""
    if version < OLDEST:
        return "is version %d.%d; gym-lsp needs %d.%d or newer" % (version[0], version[1], OLDEST[0], OLDEST[1])
    if not is_isolated:
        return "was started without -I and -S"
    try:
        # The compiled packages, whose modules are there for some versions only.
        import _ruamel_yaml
        import msgspec
    except ImportError as error:
        build = "%s %d.%d" % (sys.implementation.name, version[0], version[1])
        return "is %s, for which the extension has no compiled modules (%s)" % (build, error)
    return None


def main():
    """Run gym-lsp, or end with the reason why this Python cannot."""
    # After the standard library, so that no package replaces a part of it.
    sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "libs"))
    reason = problem(sys.version_info[:2], bool(getattr(sys.flags, "isolated", 0) and sys.flags.no_site))
    if reason is not None:
        sys.stderr.write("gym-lsp: this Python %s\n" % reason)
        sys.exit(CANNOT_RUN)

    from gym_lsp.cli import run

    run()


if __name__ == "__main__":
    main()
