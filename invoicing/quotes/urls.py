"""Addresses of the quotes' pages; those with a secret are the customers'."""

from django.urls import path

from invoicing.quotes.views import acts, own, public

urlpatterns = [
    path("devis/", own.quotes, name="quote-list"),
    path("devis/nouveau/", own.create, name="quote-create"),
    path("devis/totaux/", own.live_totals, name="quote-totals"),
    path("devis/modeles/<int:pk>/partir/", acts.begin, name="quotetemplate-begin"),
    path("devis/modeles/<int:pk>/supprimer/", acts.drop_template, name="quotetemplate-delete"),
    path("devis/<int:pk>/", own.detail, name="quote-detail"),
    path("devis/<int:pk>/modifier/", own.edit, name="quote-edit"),
    path("devis/<int:pk>/envoyer/", acts.send, name="quote-send"),
    path("devis/<int:pk>/courriel/", acts.mail, name="quote-mail"),
    path("devis/<int:pk>/lien/", acts.link, name="quote-link"),
    path("devis/<int:pk>/retirer/", acts.withdraw, name="quote-withdraw"),
    path("devis/<int:pk>/supprimer/", acts.delete, name="quote-delete"),
    path("devis/<int:pk>/dupliquer/", acts.duplicate, name="quote-duplicate"),
    path("devis/<int:pk>/reviser/", acts.revise, name="quote-revise"),
    path("devis/<int:pk>/modele/", acts.keep, name="quote-keep"),
    path("devis/<int:pk>/reponse/", acts.answer, name="quote-answer"),
    path("devis/<int:pk>/pdf/", own.pdf, name="quote-pdf"),
    path("devis/<secret:secret>/", public.read, name="quote-public"),
    path("devis/<secret:secret>/pdf/", public.pdf, name="quote-public-pdf"),
    path("devis/<secret:secret>/conditions/", public.conditions, name="quote-public-conditions"),
    path("devis/<secret:secret>/totaux/", public.totals, name="quote-public-totals"),
    path("devis/<secret:secret>/accepter/", public.accept, name="quote-public-accept"),
    path("devis/<secret:secret>/refuser/", public.refuse, name="quote-public-refuse"),
]
