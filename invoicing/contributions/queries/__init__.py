"""What contributions read: the rule in force and its decisions, the figures, the reckoning of a month, replays."""
