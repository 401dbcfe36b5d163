"""The first screen of a desk, a counter and an agency: a live scan field and three stacks."""
