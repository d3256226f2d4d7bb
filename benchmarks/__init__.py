"""What is measured and kept in docs/benchmarks.md (`make bench`): ratios of one run, no gates."""
