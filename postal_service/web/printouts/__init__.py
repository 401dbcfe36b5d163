"""Papers that a dossier's own record is told on: an agency's acts, the control slip, a transfer to ask for."""
