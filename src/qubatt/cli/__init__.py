"""The command line: the same names and options as the Python arguments."""
