"""The storage of results: files, and the grid that combines them."""
