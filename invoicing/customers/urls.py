"""Addresses of the customers' pages."""

from django.urls import path

from invoicing.customers.views import contacts, customers, duplicates, imports, places

urlpatterns = [
    path("clients/nouveau/", customers.create, name="customer-create"),
    path("clients/<int:pk>/modifier/", customers.edit, name="customer-edit"),
    path("clients/<int:pk>/archiver/", customers.archive, name="customer-archive"),
    path("clients/<int:pk>/adresses/nouvelle/", places.add_address, name="address-create"),
    path("clients/adresses/<int:pk>/modifier/", places.edit_address, name="address-edit"),
    path("clients/<int:pk>/facturation/nouvelle/", places.add_billing_address, name="billingaddress-create"),
    path("clients/facturation/<int:pk>/modifier/", places.edit_billing_address, name="billingaddress-edit"),
    path("clients/facturation/<int:pk>/retirer/", places.remove_address, name="billingaddress-remove"),
    path("clients/<int:pk>/contacts/nouveau/", contacts.add_contact, name="contact-create"),
    path("clients/contacts/<int:pk>/modifier/", contacts.edit_contact, name="contact-edit"),
    path("clients/contacts/<int:pk>/effacer/", contacts.erase_contact, name="contact-erase"),
    path("clients/importer/", imports.import_customers, name="customer-import"),
    path("clients/importer/modele.csv", imports.template, name="customer-import-template"),
    path("clients/doublons/", duplicates.duplicates, name="customer-duplicates"),
    path("clients/<int:pk>/distinct/", duplicates.distinct, name="customer-distinct"),
    path("gestion/clients/doublons/", duplicates.DuplicatesView.as_view(), name="duplicates-report"),
]
