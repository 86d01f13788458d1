"""Reading customers: lists and choices, to whom one writes, suspected duplicates."""

from invoicing.customers.queries.customers import (
    Recipient,
    billing_addresses,
    billing_place,
    contacts_visible_to,
    customer_list,
    customers_to_invoice,
    delivery_addresses,
    matching,
    own_customers,
    recipients,
)
from invoicing.customers.queries.duplicates import (
    Block,
    SimilarCustomer,
    SuspectedPair,
    blocks_of_activities,
    own_suspected_pairs,
    similar_customers,
    suspected_pairs,
)
from invoicing.customers.queries.imports import (
    COLUMNS,
    ImportLine,
    import_lines,
    proposed_mapping,
)

__all__ = [
    "COLUMNS",
    "Block",
    "ImportLine",
    "Recipient",
    "SimilarCustomer",
    "SuspectedPair",
    "billing_addresses",
    "billing_place",
    "blocks_of_activities",
    "contacts_visible_to",
    "customer_list",
    "customers_to_invoice",
    "delivery_addresses",
    "import_lines",
    "matching",
    "own_customers",
    "own_suspected_pairs",
    "proposed_mapping",
    "recipients",
    "similar_customers",
    "suspected_pairs",
]
