"""Take a dossier in: procedure, closed checklist, applicant, fees, seal; then the papers to print."""
