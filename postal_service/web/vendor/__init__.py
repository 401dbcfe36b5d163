"""Which browser libraries the pages load, and how they come here; no third-party file is committed."""
