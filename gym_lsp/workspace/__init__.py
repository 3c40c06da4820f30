"""Many files over time: settings, snapshots, and the index of what they define and refer to."""
