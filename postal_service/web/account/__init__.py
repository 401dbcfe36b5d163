"""Sign in, sign out, language, working unit, password, and what one has looked at."""
