"""The couriers' phones: whose they are, which still wait, and what they sent that did not enter the ledger."""
