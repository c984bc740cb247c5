"""Exact engine: ρ on the blocks that symmetries leave, propagated by compiled kernels."""
