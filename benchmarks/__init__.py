"""Measurements that are run by hand; the results stand in docs/benchmarks."""
