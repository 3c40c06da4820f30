"""What gym-lsp knows about NeMo Gym. It reads NeMo Gym as text and never imports it.

Most modules and packages mirror one of NeMo Gym and have its name: `config_types`, `errors`, `registry`,
`agent_registry`, `model_registry`, `resources_server_registry`, `manifest`, `prompt`, `sandbox`. The others are

- `fields`: the types of fields as data, and the values that pydantic accepts for them (`lax`)
- `layout`: key paths, and the keys and file names that every release has
- `vocabulary`, `meanings`: the words of the config language, and sentences that explain its keys
- `roots`, `server_folder`, `server_class`: where NeMo Gym and its servers are, and which class a server is
- `catalog`: the environments and benchmarks of the search roots
- `release`: what one release of NeMo Gym accepts and does
- `python`: Python source, read without running it
- `discovery`: what the registries share
- `manifests`: the model of a manifest, and licenses

Only `config_types` imports pydantic, and only `config_types` and `sandbox` import OmegaConf. Both are slow to import,
so this module imports nothing.
"""
