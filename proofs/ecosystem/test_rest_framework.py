import pytest
from django.urls import path
from rest_framework.authtoken.views import obtain_auth_token
from rest_framework.generics import RetrieveUpdateAPIView
from rest_framework.permissions import IsAuthenticated
from rest_framework.serializers import ModelSerializer

from players.forms import DETAILS
from proofs.ecosystem.players_site import Player, replaceable
from shared_tests.people import ADA, PASSWORD, details_of
from shared_tests.visitor import Visitor


@replaceable
class PlayerSerializer(ModelSerializer):
    class Meta:
        model = Player
        fields = ("username", "email", *DETAILS)
        read_only_fields = ("username",)


class Me(RetrieveUpdateAPIView):
    serializer_class = PlayerSerializer
    permission_classes = (IsAuthenticated,)

    def get_object(self):
        return self.request.user


urlpatterns = [path("api/token/", obtain_auth_token), path("api/me/", Me.as_view())]
SHOWN = {"username": "ada", "email": "ada@example.com", **details_of(ADA)}


@pytest.fixture(scope="module")
def app(ada):
    """A program that has Ada's token."""
    credentials = {"username": "ada", "password": PASSWORD}
    token = Visitor().post("/api/token/", credentials).json()["token"]
    return Visitor(headers={"Authorization": f"Token {token}"})


def change(app, **changes):
    return app.client.patch("/api/me/", changes, content_type="application/json")


def test_a_session_reads_the_own_account(ada):
    assert ada.get("/api/me/").json() == SHOWN, "the API shows"


def test_a_token_reads_the_own_account(app):
    assert app.get("/api/me/").json() == SHOWN, "the API shows"


def test_a_token_changes_a_detail(app, ada):
    answer = change(app, zoom_id="lovelace")
    assert answer.status_code == 200, "the API answers"
    assert answer.json() == {**SHOWN, "zoom_id": "lovelace"}, "the API shows"
    assert ada.profile()["zoom_id"] == "lovelace", "the profile shows"


def test_a_taken_detail_is_refused(app, grace):
    assert change(app, discord_id="GRACE#1906").status_code == 400, "the API answers"
