"""How long tests wait for what must come: only so long that a test which hangs ends at some time.

A busy machine can be slower by any factor, so no test fails because something took some seconds. What must be quick is
tested by `tests.counting`, in executed lines.
"""

from __future__ import annotations

PATIENCE = 900.0
"""Seconds."""
