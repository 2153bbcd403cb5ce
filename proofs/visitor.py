"""A person with a browser, as in the shared suite, but of a site that runs elsewhere."""

from typing import Any
from urllib.parse import urljoin

import requests

from proofs.sites import Site
from shared_tests.visitor import Visitor as VisitorOfTests


class Visitor(VisitorOfTests):
    """Posts forms over HTTPS, with the CSRF token that the form's page gave.

    Its responses are those of `requests`: `status_code`, `content`, `headers`. Redirections are
    not followed. Raises requests.RequestException where the site does not answer in time.
    """

    def __init__(self, site: Site, timeout: float = 30) -> None:
        self.site, self.timeout = site, timeout
        self.session = requests.Session()
        self.session.verify = site.ca
        self.session.trust_env = False  # no proxy of the machine's

    def get(self, path: str, data: Any = None, **options: Any) -> Any:
        return self.session.get(
            urljoin(self.site.url, path),
            params=data,
            timeout=self.timeout,
            allow_redirects=False,
            **options,
        )

    def post(self, path: str, data: Any = None, **options: Any) -> Any:
        url = urljoin(self.site.url, path)
        if "csrftoken" not in self.session.cookies:
            self.get("/login/")
        token = self.session.cookies.get("csrftoken", "")
        return self.session.post(
            url,
            data={"csrfmiddlewaretoken": token, **(data or {})},
            headers={"Referer": url},
            timeout=self.timeout,
            allow_redirects=False,
            **options,
        )
