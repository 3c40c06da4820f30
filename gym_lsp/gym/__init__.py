"""NeMo Gym's vocabulary, read and never imported.

What a release of NeMo Gym accepts and where its components lie: server and dataset models, error classes, the
registries that list environments, agents, models and resources servers, sandbox blocks, and the profile of a
release. Only `config_types` needs pydantic, and only it and `sandbox` need OmegaConf, so nothing is imported here.
"""
