from django.urls import path
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework_simplejwt.views import TokenObtainPairView, TokenRefreshView

from players.forms import ProfileForm
from proofs.ecosystem.attempt import expect
from proofs.ecosystem.players_site import ADA, PASSWORD, by_username, details_of, register
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


class Operation:
    def a_token_is_had_for_the_password(self):
        register()
        credentials = {"username": "ada", "password": PASSWORD}
        self.tokens = Visitor().post("/api/token/", credentials).json()
        expect("the answer holds", sorted(self.tokens), ["access", "refresh"])

    def its_user_is_the_player(self):
        expect("the API shows", self._me(self.tokens["access"]).json(), SHOWN)

    def it_can_be_refreshed(self):
        new = Visitor().post("/api/token/refresh/", {"refresh": self.tokens["refresh"]}).json()
        expect("the API shows", self._me(new["access"]).json(), SHOWN)

    def it_ends_with_the_account(self):
        by_username("ada").delete()
        expect("the API answers", self._me(self.tokens["access"]).status_code, 401)

    def _me(self, access):
        return Visitor(headers={"Authorization": f"Bearer {access}"}).get("/api/me/")
