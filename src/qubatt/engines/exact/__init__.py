"""Exact engine: symmetry-reduced ρ, propagated by compiled kernels."""
