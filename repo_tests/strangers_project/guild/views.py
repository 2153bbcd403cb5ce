from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.views.generic import CreateView

from guild.forms import JoinForm
from guild.models import Member


class Join(CreateView):
    form_class = JoinForm
    template_name = "guild/join.html"
    success_url = "/login/"


@permission_required("auth.view_user", raise_exception=True)
def roll(request):
    names = Member.objects.order_by("user__username").values_list("user__username", flat=True)
    return HttpResponse(", ".join(names))
