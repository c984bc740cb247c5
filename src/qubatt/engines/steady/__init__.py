"""Steady states: the limit of exp(t𝓛)ρ(0), how many there are, and the Liouvillian gap."""
