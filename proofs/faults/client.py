"""The shared suite's visitor on a site that runs elsewhere, over HTTPS."""

import re
from typing import Any
from urllib.parse import urljoin

import requests

from harness.sites import Site
from shared_tests.visitor import Visitor

LIMIT = 30  # seconds, the longest that any answer may take


class Client(Visitor):
    """Posts forms with the CSRF token that the form's page gave, and reads every error page.

    Its responses are those of `requests`: `status_code`, `content`, `headers`. Redirections are
    not followed. Raises requests.ConnectionError where the site does not answer, AssertionError
    where it is late, or answers an error with anything but its own page for that.
    """

    def __init__(self, site: Site) -> None:
        self.site = site
        self.session = requests.Session()
        self.session.verify = site.ca
        self.session.trust_env = False  # no proxy of the machine's
        page = (site.variant.path / "website/templates/500.html").read_text()
        self.error_page = re.sub(r"\{#.*?#\}", "", page)

    def get(self, path: str, data: Any = None, **options: Any) -> Any:
        return self._request("GET", path, params=data, **options)

    def post(self, path: str, data: Any = None, **options: Any) -> Any:
        if "csrftoken" not in self.session.cookies:
            self.get("/login/")
        token = {"csrfmiddlewaretoken": self.session.cookies.get("csrftoken", "")}
        referer = {"Referer": urljoin(self.site.url, path)}
        return self._request(
            "POST", path, data={**token, **(data or {})}, headers=referer, **options
        )

    def _request(self, method: str, path: str, **options: Any) -> Any:
        url = urljoin(self.site.url, path)
        try:
            response = self.session.request(
                method, url, timeout=LIMIT, allow_redirects=False, **options
            )
        except requests.ReadTimeout:
            raise AssertionError(f"there was no answer within {LIMIT} seconds") from None
        if response.status_code < 400:
            return response
        page = self.error_page
        if response.status_code == 400:  # as the site shows it to a request without a fault
            page = self.session.get(self.site.url, headers={"Host": "elsewhere.example"}).text
        assert response.text == page, f"{path}: {response.status_code} with a page of its own"
        return response
