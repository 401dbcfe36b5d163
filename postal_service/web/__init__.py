"""Pages for desk, counter, agency, manager, citizen and auditor. Rendered on the server; a script only improves them."""
