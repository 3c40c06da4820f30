"""What the registries and the catalog share.

They look in default folders (`default_roots`), read configs without composing them (`raw_config`), and take the domain
and the description of a config from there (`config_metadata`).
"""
