import pytest
from django.urls import path
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework_simplejwt.views import TokenObtainPairView, TokenRefreshView

from players.forms import ProfileForm
from proofs.ecosystem.players_site import by_username
from shared_tests.people import ADA, PASSWORD, details_of
from shared_tests.visitor import Visitor


class Me(APIView):
    permission_classes = (IsAuthenticated,)

    def get(self, request):
        return Response(ProfileForm(instance=request.user).initial)


urlpatterns = [
    path("api/token/", TokenObtainPairView.as_view()),
    path("api/token/refresh/", TokenRefreshView.as_view()),
    path("api/me/", Me.as_view()),
]
SHOWN = {"email": "ada@example.com", **details_of(ADA)}


@pytest.fixture(scope="module")
def tokens(ada):
    credentials = {"username": "ada", "password": PASSWORD}
    return Visitor().post("/api/token/", credentials).json()


def me(access):
    return Visitor(headers={"Authorization": f"Bearer {access}"}).get("/api/me/")


def test_a_token_is_had_for_the_password(tokens):
    assert sorted(tokens) == ["access", "refresh"], "the answer holds"


def test_its_user_is_the_player(tokens):
    assert me(tokens["access"]).json() == SHOWN, "the API shows"


def test_it_can_be_refreshed(tokens):
    new = Visitor().post("/api/token/refresh/", {"refresh": tokens["refresh"]}).json()
    assert me(new["access"]).json() == SHOWN, "the API shows"


def test_it_ends_with_the_account(tokens):
    by_username("ada").delete()
    assert me(tokens["access"]).status_code == 401, "the API answers"
