"""Who may talk to the server, and what its pages may load."""

from __future__ import annotations

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient
from starlette.types import Scope

from torchdojo.web.gate import BODY_LIMIT, Gate, loopback_hosts

TOKEN = "the-key"
ORIGIN = "http://127.0.0.1:8123"


async def echo(request: Request) -> Response:
    body = await request.body()
    return PlainTextResponse(f"{request.method} {request.url.path} {len(body)}")


def refuse(scope: Scope, status: int, fact: str, cure: str) -> Response:
    return PlainTextResponse(f"{fact} {cure}", status_code=status)


@pytest.fixture
def client() -> TestClient:
    app = Starlette(routes=[Route("/{path:path}", echo, methods=["GET", "POST", "PUT"])])
    gated = Gate(app, token=TOKEN, hosts=loopback_hosts("127.0.0.1"), refuse=refuse)
    return TestClient(gated, base_url=ORIGIN, follow_redirects=False)


@pytest.fixture
def inside(client: TestClient) -> TestClient:
    client.cookies.set("torchdojo-8123", TOKEN)
    return client


def test_the_first_address_is_exchanged_for_a_cookie_and_the_key_leaves_the_address(client: TestClient) -> None:
    reply = client.get("/exercises?from=3&token=the-key")
    assert reply.status_code == 303
    assert reply.headers["location"] == "/exercises?from=3"
    cookie = reply.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert client.get("/exercises").status_code == 200


def test_the_exchange_never_leads_to_another_machine(client: TestClient) -> None:
    assert client.get("http://127.0.0.1:8123//elsewhere.example/?token=the-key").headers["location"].startswith("/else")


@pytest.mark.parametrize("address", ["/", "/?token=guess", "/?token="])
def test_without_the_key_nothing_is_shown(client: TestClient, address: str) -> None:
    reply = client.get(address)
    assert reply.status_code == 403
    assert "terminal" in reply.text


def test_the_key_of_another_start_does_not_open(client: TestClient) -> None:
    client.cookies.set("torchdojo-8123", "yesterday")
    assert client.get("/").status_code == 403


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8123", "127.0.0.1.evil.example", "", "[::1"])
def test_a_foreign_host_name_is_refused_even_with_the_key(inside: TestClient, host: str) -> None:
    assert inside.get("/", headers={"host": host}).status_code == 400


@pytest.mark.parametrize("host", ["localhost:8123", "LOCALHOST:8123", "[::1]:8123", "127.0.0.1:8123"])
def test_the_loopback_names_are_served(inside: TestClient, host: str) -> None:
    assert inside.get("/", headers={"host": host, "cookie": f"torchdojo-8123={TOKEN}"}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": ORIGIN, "sec-fetch-site": "same-origin"},
        {"origin": ORIGIN},
    ],
)
def test_our_own_pages_may_write(inside: TestClient, headers: dict[str, str]) -> None:
    assert inside.put("/api/x", content=b"{}", headers=headers).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example", "sec-fetch-site": "cross-site"},
        {"origin": "http://127.0.0.1:9999", "sec-fetch-site": "same-site"},
        {"origin": "http://127.0.0.1:9999"},
        {"origin": "null"},
        {"sec-fetch-site": "none"},
        {},
    ],
)
def test_other_pages_may_not_write(inside: TestClient, headers: dict[str, str]) -> None:
    assert inside.post("/api/x", content=b"{}", headers=headers).status_code == 403


def test_another_page_may_link_to_us_but_not_read_or_frame_us(inside: TestClient) -> None:
    link = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
    assert inside.get("/", headers=link).status_code == 200
    assert inside.get("/", headers=link | {"sec-fetch-dest": "iframe"}).status_code == 403
    assert inside.get("/", headers={"sec-fetch-site": "same-site", "sec-fetch-mode": "no-cors"}).status_code == 403


def test_a_body_past_the_limit_is_refused_whether_or_not_its_length_is_declared(inside: TestClient) -> None:
    ours = {"origin": ORIGIN}
    assert inside.post("/api/x", content=b"x" * BODY_LIMIT, headers=ours).status_code == 200
    assert inside.post("/api/x", content=b"x" * (BODY_LIMIT + 1), headers=ours).status_code == 413
    in_pieces = iter([b"x" * BODY_LIMIT, b"x"])
    assert inside.post("/api/x", content=in_pieces, headers=ours).status_code == 413


def test_every_answer_carries_a_policy_that_allows_nothing_from_elsewhere(client: TestClient) -> None:
    def policy(reply: httpx2.Response) -> dict[str, str]:
        return dict(part.split(" ", 1) for part in reply.headers["content-security-policy"].split("; "))

    first, second = policy(client.get("/")), policy(client.get("/static/site.css"))
    assert first["default-src"] == "'none'"
    assert first["script-src"] == "'self'"
    assert first["frame-ancestors"] == "'none'"
    assert "unsafe" not in " ".join(first.values())
    assert first["style-src"] != second["style-src"]
