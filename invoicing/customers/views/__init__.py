"""The customers' pages of those who carry activities."""
