from django.urls import path
from rest_framework.authtoken.views import obtain_auth_token
from rest_framework.generics import RetrieveUpdateAPIView
from rest_framework.permissions import IsAuthenticated
from rest_framework.serializers import ModelSerializer

from players.forms import DETAILS
from proofs.ecosystem.attempt import expect, replaceable
from proofs.ecosystem.players_site import ADA, GRACE, PASSWORD, Player, details_of, register
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


class Operation:
    def a_session_reads_the_own_account(self):
        self.ada = register()
        expect("the API shows", self.ada.get("/api/me/").json(), SHOWN)

    def a_token_reads_the_own_account(self):
        credentials = {"username": "ada", "password": PASSWORD}
        token = Visitor().post("/api/token/", credentials).json()["token"]
        self.app = Visitor(headers={"Authorization": f"Token {token}"})
        expect("the API shows", self.app.get("/api/me/").json(), SHOWN)

    def a_token_changes_a_detail(self):
        changes = {"zoom_id": "lovelace"}
        answer = self.app.client.patch("/api/me/", changes, content_type="application/json")
        expect("the API answers", (answer.status_code, answer.json()), (200, {**SHOWN, **changes}))
        expect("the profile shows", self.ada.profile()["zoom_id"], "lovelace")

    def a_taken_detail_is_refused(self):
        register(GRACE)
        changes = {"discord_id": "GRACE#1906"}
        answer = self.app.client.patch("/api/me/", changes, content_type="application/json")
        expect("the API answers", answer.status_code, 400)
