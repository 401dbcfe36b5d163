"""What the office's pages let a watching machine count, served beside the phones' API."""

from dataclasses import replace

from werkzeug.test import Client

from postal_service.cli.serving import both_apps
from postal_service.runtime import Runtime

TOKEN = "k" * 40


def test_pages_are_counted_beside_the_phones_and_name_nobody(runtime: Runtime) -> None:
    watched = replace(runtime, settings=replace(runtime.settings, metrics_token=TOKEN))
    client = Client(both_apps(watched))
    assert client.get("/items/BH000000005VN?next=049000000001").status_code == 302
    assert client.get("/049000000001").status_code == 404
    assert client.get("/api/v1/me").status_code == 401
    assert client.get("/readyz").status_code == 200
    assert client.get("/metrics").status_code == 404

    told = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).text

    counted = [
        line for line in told.splitlines() if line.startswith("postal_http_request_seconds_c")
    ]
    assert {line.removeprefix("postal_http_request_seconds_count") for line in counted} == {
        '{app="office",method="GET",route="/items/<number>",status="3xx"} 1.0',
        '{app="office",method="GET",route="",status="4xx"} 1.0',
        '{app="phones",method="GET",route="/api/v1/me",status="4xx"} 1.0',
        '{app="phones",method="GET",route="/readyz",status="2xx"} 1.0',
        '{app="phones",method="GET",route="/metrics",status="4xx"} 1.0',
    }
    assert "BH000000005VN" not in told
    assert "049000000001" not in told
