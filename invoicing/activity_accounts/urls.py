"""Addresses of the activity's account."""

from django.urls import path

from invoicing.activity_accounts.views import accountant, own, staff

urlpatterns = [
    path("compte/", own.statement, name="statement"),
    path("compte/lignes/", own.lines, name="statement-lines"),
    path("compte/tableur/", own.xlsx, name="statement-xlsx"),
    path("compte/etat-des-comptes/", own.pdf, name="statement-pdf"),
    path("combien-puis-je-me-payer/", own.pay, name="pay"),
    path("services-mutualises/", own.pooled, name="pooled-account"),
    path("gestion/comptes-activites/", staff.StatementsView.as_view(), name="statements"),
    path("gestion/provisions-selon-la-regle/", accountant.ProvisionsDueView.as_view(), name="provisions-due"),
    path("gestion/reprise-de-soldes/", accountant.openings, name="openings-import"),
    path("gestion/comptes-activites/<int:pk>/", staff.StatementView.as_view(), name="activity-statement"),
    path(
        "gestion/comptes-activites/<int:pk>/lignes/",
        staff.StatementLinesView.as_view(),
        name="activity-statement-lines",
    ),
    path("gestion/comptes-activites/<int:pk>/etat-des-comptes/", staff.statement_pdf, name="activity-statement-pdf"),
]
