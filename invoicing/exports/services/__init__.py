"""Services of the exports: one verb per file."""

from invoicing.exports.services.export_fec import export_fec, export_interim_fec
from invoicing.exports.services.request_export import request_export, request_fec, request_interim_fec
from invoicing.exports.services.restart_export import restart_export
from invoicing.exports.services.run_export import run_export

__all__ = [
    "export_fec",
    "export_interim_fec",
    "request_export",
    "request_fec",
    "request_interim_fec",
    "restart_export",
    "run_export",
]
