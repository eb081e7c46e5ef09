"""What git and ssh say when something fails, as they said it, and what that is taken for."""

from __future__ import annotations

import pytest

from cozygen.deliver.git_access import Access, Login
from cozygen.deliver.git_address import Address, parse_address
from cozygen.deliver.git_process import Result
from cozygen.deliver.git_verdict import failure, is_local, refusal, verdict

HTTP = "fatal: unable to access 'https://h/x.git/': "
SSH = "\nfatal: Could not read from remote repository."
SAID = [
    (HTTP + "Could not resolve host: h", "CZ9201"),
    (HTTP + "Failed to connect to h port 443 after 0 ms: Couldn't connect to server", "CZ9201"),
    (HTTP + "gnutls_handshake() failed: An unexpected TLS packet was received.", "CZ9201"),
    (HTTP + "The requested URL returned error: 407", "CZ9201"),
    ("ssh: Could not resolve hostname h: Name or service not known" + SSH, "CZ9201"),
    ("ssh: connect to host h port 22: Connection refused" + SSH, "CZ9201"),
    ("ssh: connect to host h port 22: Connection timed out" + SSH, "CZ9201"),
    (HTTP + "Operation too slow. Less than 100 bytes/sec transferred the last 30 seconds", "CZ9202"),
    ("fatal: Authentication failed for 'https://h/x.git/'", "CZ9203"),
    ("fatal: could not read Username for 'https://h': terminal prompts disabled", "CZ9203"),
    (HTTP + "The requested URL returned error: 403", "CZ9203"),
    ("git@h: Permission denied (publickey)." + SSH, "CZ9203"),
    ('Load key "k": invalid format\ngit@h: Permission denied (publickey).' + SSH, "CZ9203"),
    ("Host key verification failed." + SSH, "CZ9204"),
    ("@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @\nHost key verification failed." + SSH, "CZ9204"),
    ("No ED25519 host key is known for h and you have requested strict checking." + SSH, "CZ9204"),
    ("remote: Repository not found.\nfatal: repository 'https://h/x.git/' not found", "CZ9205"),
    ("fatal: '/x.git' does not appear to be a git repository" + SSH, "CZ9205"),
    ("fatal: invalid gitfile format: /etc/passwd" + SSH, "CZ9205"),
    ("error: remote unpack failed: unable to create temporary object directory", "CZ9207"),
    (HTTP + "The requested URL returned error: 413", "CZ9207"),
    ("error: RPC failed; HTTP 413 curl 22 The requested URL returned error: 413", "CZ9207"),
    ("remote: fatal: unable to write loose object file: No space left on device", "CZ9207"),
    ("error: object file ./objects/ab/cd is empty\nfatal: loose object abcd is corrupt", "CZ9208"),
    ("fatal: remote did not send all necessary objects", "CZ9208"),
    ("remote: fatal: bad tree object 1234", "CZ9208"),
    (
        "error: RPC failed; curl 52 Empty reply from server\nfatal: the remote end hung up unexpectedly",
        "CZ9209",
    ),
    ("fatal: expected 'packfile'", "CZ9209"),
    (HTTP + "The requested URL returned error: 502", "CZ9209"),
    ("error: RPC failed; HTTP 503 curl 22 The requested URL returned error: 503", "CZ9209"),
    (HTTP + "The requested URL returned error: 429", "CZ9209"),
    ("kex_exchange_identification: Connection closed by remote host" + SSH, "CZ9209"),
    (HTTP + "SSL certificate problem: unable to get local issuer certificate", "CZ9210"),
    (HTTP + "server certificate verification failed. CAfile: none CRLfile: none", "CZ9210"),
    ("fatal: the moon is in the wrong quarter", "CZ9212"),
]


@pytest.mark.parametrize(("said", "code"), SAID)
def test_a_verdict(said: str, code: str) -> None:
    assert verdict(Result(128, b"", said)).id == code


@pytest.mark.parametrize(
    ("said", "local"),
    [
        ("fatal: write error: No space left on device\nfatal: index-pack failed", True),
        ("error: --shallow-file died of signal 25\nfatal: index-pack failed", True),
        ("fatal: Unable to create temporary file '/x': Read-only file system", True),
        ("remote: fatal: write error: No space left on device\nfatal: index-pack failed", False),
        ("fatal: early EOF\nfatal: index-pack failed", False),
    ],
)
def test_whose_disk_is_full(said: str, local: bool) -> None:
    assert is_local(Result(128, b"", said)) is local


def pushed(reason: str, said: str = "") -> Result:
    return Result(
        1, f"To origin\n!\tabc:refs/heads/main\t[remote rejected] ({reason})\nDone\n".encode(), said
    )


@pytest.mark.parametrize(
    ("result", "lost"),
    [
        (pushed("fetch first"), True),
        (pushed("failed to update ref"), True),
        (pushed("cannot lock ref 'refs/heads/main': is at 1 but expected 2"), True),
        (pushed("pre-receive hook declined"), False),
        (
            pushed(
                "failed to update ref", "remote: error: 'refs/heads/a' exists; cannot create 'refs/heads/a/b'"
            ),
            False,
        ),
    ],
)
def test_a_refusal_or_a_lost_race(result: Result, lost: bool) -> None:
    found = refusal(result)
    assert found is not None
    assert found.lost is lost


def told(said: str, url: str = "https://h/x.git") -> str:
    address = parse_address(url)
    assert isinstance(address, Address)
    return failure(Login(address, Access()), "read", Result(128, b"", said)).diagnostic.message


def test_who_asks_for_a_login() -> None:
    asks = "fatal: could not read Username for 'https://%s': terminal prompts disabled"
    assert "it asks for a login, and there are no credentials for it" in told(asks % "h")
    assert "it redirects to other:8443, for which there are no credentials" in told(asks % "other:8443")


def test_what_ssh_says_is_not_left_out() -> None:
    changed = (
        "@@@@@@@\n@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\n@@@@@@@\n"
        "The fingerprint for the ED25519 key sent by the remote host is\nSHA256:abc+/1.\n"
        "Please contact your system administrator.\nHost key verification failed.\n"
        "fatal: Could not read from remote repository.\n\nPlease make sure you have the correct access rights\n"
        "and the repository exists.\n"
    )
    assert told(changed, "git@h:x.git") == (
        "cannot read git@h:x.git: WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!; Host key verification failed.; "
        "the key that it sent has the fingerprint SHA256:abc+/1"
    )
    denied = "git@h: Permission denied (publickey).\r\nfatal: Could not read from remote repository.\n"
    assert told(denied, "git@h:x.git") == "cannot read git@h:x.git: git@h: Permission denied (publickey)."
    assert told("fatal: Could not read from remote repository.").endswith(
        "Could not read from remote repository."
    )
