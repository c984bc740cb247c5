"""Where results of a study are stored: files, and the grid made of them."""
