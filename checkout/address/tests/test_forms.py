import pytest
from django.utils import translation

from checkout.address.forms import CountryField
from checkout.address.models import Country


@pytest.mark.django_db
@translation.override("de")
def test_countries_stand_in_the_order_of_the_language():
    for code, name in [("ZA", "South Africa"), ("AT", "Austria"), ("PL", "Poland")]:
        Country.objects.update_or_create(
            iso_3166_1_a2=code, defaults={"printable_name": name}
        )
    countries = Country.objects.filter(pk__in=["ZA", "AT", "PL"])

    names = [name for _code, name in CountryField(countries).choices]

    assert names == ["Österreich", "Polen", "Südafrika"]
