"""What one release of NeMo Gym accepts and does, as data.

Releases differ, and users work with several. `profile` reads a release from its source by way of `facts` (names and
models), `behaviour` (what the parser does) and `version`; `sandbox_providers` reads the arguments of its providers.
`builtin` and `sandbox_arguments` hold NeMo Gym 0.7.0 for when no source is installed.
"""
