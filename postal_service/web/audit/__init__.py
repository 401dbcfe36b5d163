"""The auditor's view of the ledger: how it stands, a check, a sample, proofs to take away."""
