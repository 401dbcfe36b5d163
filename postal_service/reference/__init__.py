"""Facts the product ships with, each with its source. Read here, decided nowhere: no rule lives in this package."""
