"""Evidence: the Merkle tree over stored events, the sealer, the export and the verifier."""
