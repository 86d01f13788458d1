"""What is done about contributions, one verb per file."""

from invoicing.contributions.services.load_settings import load_contribution_settings
from invoicing.contributions.services.render_statement import render_statement, statement_name
from invoicing.contributions.services.reverse_run import reverse_run
from invoicing.contributions.services.run_contributions import (
    ask_run,
    fail_run,
    report_progress,
    run_contributions,
)
from invoicing.contributions.services.save_decision import save_override, save_waiver
from invoicing.contributions.services.save_rule import adopt_rule, propose_rule, withdraw_proposal

__all__ = [
    "adopt_rule",
    "ask_run",
    "fail_run",
    "load_contribution_settings",
    "propose_rule",
    "render_statement",
    "report_progress",
    "reverse_run",
    "run_contributions",
    "save_override",
    "save_waiver",
    "statement_name",
    "withdraw_proposal",
]
