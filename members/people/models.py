"""User accounts and people."""

from typing import Any, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from cae_backoffice.core.access import HoldsRoles, Right, Role, has_right
from cae_backoffice.core.text import stored_search_key
from members.people.enums import Gender


class UserQuerySet(models.QuerySet["User"]):
    """Accounts that someone may see."""

    def visible_to(self, user: HoldsRoles) -> Self:
        """Every account for those who manage access; nobody else's but one's own."""
        if has_right(user, Right.MANAGE_USERS):
            return self
        return self.filter(pk=getattr(user, "pk", None))


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    """Finds accounts by e-mail without regard to case."""

    def get_by_natural_key(self, username: str | None) -> "User":
        """The account of this e-mail address, whatever its case."""
        return self.get(email=(username or "").strip().lower())  # type: ignore[no-any-return]

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":  # noqa: ANN401
        """Django's `createsuperuser`: the first administrator of a new installation."""
        user: User = self.model(email=email.strip().lower(), roles=[Role.ADMINISTRATOR, Role.MANAGER], **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """An account that signs in by e-mail. Rights come from `roles` through the table in core.access, nothing else."""

    email = models.EmailField("courriel", unique=True)
    full_name = models.CharField("nom", max_length=120)
    roles = ArrayField(models.CharField(max_length=20, choices=Role), verbose_name="rôles", default=list, blank=True)
    is_active = models.BooleanField("compte ouvert", default=True)
    created_at = models.DateTimeField("créé le", auto_now_add=True)
    search = stored_search_key("full_name", "email")

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["full_name"]

    class Meta:
        verbose_name = "compte"
        verbose_name_plural = "comptes"
        ordering = ["full_name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(email=models.functions.Lower("email")),
                name="members_user_email_lower",
                violation_error_message="Le courriel s’écrit en minuscules.",
            ),
            models.CheckConstraint(
                condition=Q(roles__contained_by=[role.value for role in Role]),
                name="members_user_known_roles",
                violation_error_message="Un de ces rôles n’existe pas.",
            ),
        ]

    def __str__(self) -> str:
        return self.full_name

    def get_full_name(self) -> str:
        """What the admin's frame calls the person."""
        return self.full_name

    @property
    def is_staff(self) -> bool:
        """Whether Django's admin opens at all: the right to use the back office."""
        return has_right(self, Right.USE_BACKOFFICE)

    def has_perm(self, _perm: str, _obj: object = None) -> bool:
        """Django's permissions are not used: every admin class asks `has_right`."""
        return False

    def has_module_perms(self, _app_label: str) -> bool:
        """See `has_perm`."""
        return False


class PersonQuerySet(models.QuerySet["Person"]):
    """People that someone may see."""

    def visible_to(self, user: HoldsRoles) -> Self:
        """All for the staff who follow members; those one advises; else oneself."""
        if has_right(user, Right.VIEW_ALL_MEMBERS):
            return self
        user_id = getattr(user, "pk", None)
        own = Q(user_id=user_id)
        if has_right(user, Right.VIEW_ADVISED_MEMBERS):
            own |= Q(adviser_id=user_id)
        return self.filter(own) if user.is_active and user_id else self.none()


class Person(models.Model):
    """Someone the cooperative follows, from the first meeting (candidate) to after the exit."""

    first_name = models.CharField("prénom", max_length=60)
    last_name = models.CharField("nom", max_length=60)
    gender = models.CharField("genre", max_length=1, choices=Gender, default=Gender.OTHER)
    birth_date = models.DateField("date de naissance", null=True, blank=True)
    email = models.EmailField("courriel", blank=True)
    phone = models.CharField("téléphone", max_length=20, blank=True)
    street = models.CharField("adresse", max_length=120, blank=True)
    postcode = models.CharField("code postal", max_length=10, blank=True)
    city = models.CharField("ville", max_length=80, blank=True)
    candidate_since_on = models.DateField("candidat depuis le")
    adviser = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="advised_people",
        limit_choices_to={"roles__contains": [Role.ADVISER]},
        verbose_name="accompagnateur",
    )
    user = models.OneToOneField(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="person", verbose_name="compte"
    )
    search = stored_search_key("last_name", "first_name")

    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name = "personne"
        verbose_name_plural = "personnes"
        ordering = ["search", "id"]
        indexes = [models.Index(fields=["search", "id"], name="members_person_search")]
        constraints = [
            models.CheckConstraint(
                condition=Q(birth_date__isnull=True) | Q(birth_date__lt=models.F("candidate_since_on")),
                name="members_person_born_before",
                violation_error_message="La date de naissance précède la première rencontre.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}"
