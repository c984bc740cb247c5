"""qubatt against solved physics; README.md derives every closed form."""
