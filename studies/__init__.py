"""Studies that are shipped: grids in TOML files, and what is read off them."""
