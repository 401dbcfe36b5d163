"""A second factor that its owner lost for good: one asks for its removal, an administrator grants it."""
