"""Ruin and recreate in compiled kernels, with every constraint a day can have."""
