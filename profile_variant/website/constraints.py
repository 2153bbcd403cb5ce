from django.core.exceptions import ValidationError
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import UniqueConstraint, Value
from django.db.models.functions import Lower
from django.db.models.lookups import Exact


def same_text(field, value):
    """Equal as the unique indexes see it.

    iexact compares with UPPER(), which disagrees with LOWER() on some letters (İ, ı).
    """
    return Exact(Lower(field), Lower(Value(value)))


def in_lower_case(text):
    """As the unique indexes see it: beyond ASCII, each database has a LOWER() of its own."""
    if text.isascii():
        return text.lower()
    with connection.cursor() as cursor:
        cursor.execute("SELECT LOWER(%s)", [text])
        return cursor.fetchone()[0]


class CaseInsensitiveUnique(UniqueConstraint):
    """UniqueConstraint(Lower("field"), …) whose error belongs to that field.

    Django reports an expression's violation on the whole form.
    """

    def validate(self, model, instance, exclude=None, using=DEFAULT_DB_ALIAS):
        try:
            super().validate(model, instance, exclude, using)
        except ValidationError as error:
            # Django reports a violation where the database fails to answer, too.
            with connections[using].cursor() as cursor:
                cursor.execute("SELECT 1")
            [column] = self.expressions[0].get_source_expressions()
            raise ValidationError({column.name: error}) from error
