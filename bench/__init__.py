"""Benchmark: qubatt, QuTiP and dynamiqs on the same problems at the same accuracy."""
