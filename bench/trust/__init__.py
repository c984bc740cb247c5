"""How far the certificate of the photon cut-off can be trusted: ``python -m bench.trust``."""
