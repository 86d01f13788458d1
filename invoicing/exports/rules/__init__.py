"""Pure rules of what is exported: the FEC and its linter, the files of accounting software, the VAT return."""
