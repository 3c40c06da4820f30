"""New components from nothing: the files of an environment, a server, an agent, a sandbox or a training recipe."""

from __future__ import annotations
