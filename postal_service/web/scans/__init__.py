"""Papers of a dossier as files: one person scans, another looks and accepts or sends back."""
