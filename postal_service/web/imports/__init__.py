"""An administrator sends a file in, reads what would become of each row, and has it saved whole or not at all."""
