"""Speed, as ratios to a limit or another path in the same run: machines are shared and noisy, so nothing asserts a time."""
