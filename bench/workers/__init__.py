"""One persistent process per library; those of the peers do not import qubatt."""
