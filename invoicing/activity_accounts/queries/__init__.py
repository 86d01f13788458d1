"""What is read for the activity's account: its months, its lines, what stands beside it, and its proof."""
