"""The post office side: custody of dossiers, hand-over, delivery, and the desk's pages."""
