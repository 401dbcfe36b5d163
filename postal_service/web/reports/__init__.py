"""The figures of a unit and a period, on a page and as files; a head sees his own part only."""
