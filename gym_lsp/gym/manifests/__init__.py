"""What a `manifest.yaml` may hold; `gym_lsp.gym.manifest` checks it.

`model` has the keys with their types, `spdx` the grammar of license expressions, and `licenses` translates between the
names of licenses in datasets, in manifests and in everyday use.
"""
