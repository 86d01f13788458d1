"""The pages of quotes: of those who write them, and of the customers who answer."""
