"""The signed heads of the ledger, open to everybody: what stands on a paper is compared with what stands here."""
