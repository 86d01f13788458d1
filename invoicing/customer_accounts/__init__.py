"""The account of a customer: all its documents and what it owes, the private page where it reads them."""
