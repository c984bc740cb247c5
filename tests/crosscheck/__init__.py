"""qubatt against QuTiP, against explicit matrices, and engine against engine."""
