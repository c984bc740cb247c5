"""Steady states: the limit of exp(t𝓛)ρ(0), their number, and the Liouvillian gap."""
