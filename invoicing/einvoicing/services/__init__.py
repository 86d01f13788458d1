"""What can be done to an electronic invoice, one verb per file."""

from invoicing.einvoicing.services.record_collection import Collection, record_collections
from invoicing.einvoicing.services.record_status import record_status

__all__ = ["Collection", "record_collections", "record_status"]
