"""Benchmarks: `./dev bench`. Each figure stands beside a baseline of the same run: machines are noisy."""
