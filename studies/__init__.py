"""Studies in the repository: grids in TOML files, and the evaluation of their results."""
