"""How the tables came to be, step by step. What stands here is history: a step is never edited."""
