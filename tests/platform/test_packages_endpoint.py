import pytest

from cozygen.platform.packages_endpoint import NotAURLError, api_server, url_host


@pytest.mark.parametrize(
    ("endpoint", "host", "port"),
    [
        ("https://10.0.0.1:7443", "10.0.0.1", "7443"),
        ("https://api.example.org", "api.example.org", "6443"),
        ("http://api:8080/", "api", "8080"),
        ("https://user:secret@api:1/x?y#z", "api", "1"),
        ("HTTPS://API", "API", "6443"),
        ("", "", "6443"),
        ("api.example.org", "", "6443"),
        ("api.example.org:6443", "", "6443"),
        ("https://a:", "a", ""),
        ("https://[fd00::1]:6443", "[fd00", ""),
    ],
)
def test_what_the_chart_cuts_out_of_an_endpoint(endpoint: str, host: str, port: str) -> None:
    assert api_server(endpoint) == (host, port)


@pytest.mark.parametrize(
    "endpoint",
    [
        "10.0.0.1:6443",
        "://x",
        "https://a:port",
        "https://a b",
        "https://[fd00::1",
        "https://a/%zz",
        "https://a\x01",
    ],
)
def test_what_go_refuses(endpoint: str) -> None:
    with pytest.raises(NotAURLError):
        url_host(endpoint)
