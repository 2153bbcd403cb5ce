"""django-simple-history puts its historical models here."""
