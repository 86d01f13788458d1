"""Reading quotes."""
