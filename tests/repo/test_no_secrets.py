"""Nothing private is committed: no token, no path of somebody's machine, no place that packages came from."""

from __future__ import annotations

import re

import pytest

from tests.repo.sources import list_tracked_files, relative

# In pieces, so that this file itself does not hold what it looks for.
PATTERNS = {
    "a path of a machine": r"(?<![\w.:-])/(?:root|work|home/\w+|Users/\w+)/|\b[A-Z]:\\+Users\\",
    "a Discord token": r"\b[A-Za-z\d_-]{23,28}\.[A-Za-z\d_-]{6,7}\.[A-Za-z\d_-]{27,}\b",
    "a webhook's address": r"discord(?:app)?\.com/api/webhooks/\d{17,}/[\w-]{40,}",
    "a private key": r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----",
    "an access token": r"\b(?:gh[pousr]_[A-Za-z\d]{30,}|github_pat_\w{30,}|AKIA[A-Z\d]{16})\b",
    "a package index": r"--?(?:extra-)?index-url|--?find-links|PIP_(?:EXTRA_)?INDEX_URL",
}

SAMPLES = {
    "a path of a machine": ["see /" + "root/x", '"/' + 'work/main"', "C:\\" + "Users\\ann"],
    "a Discord token": ["MTA5" + "a" * 20 + ".GabcDe." + "x" * 38],
    "a webhook's address": ["https://discord.com/api/" + "webhooks/" + "1" * 18 + "/" + "t" * 68],
    "a private key": ["-----BEGIN RSA " + "PRIVATE KEY-----"],
    "an access token": ["ghp" + "_" + "a" * 36],
    "a package index": ["pip install --extra-" + "index-url x"],
}


def list_findings(text: str) -> list[str]:
    """List what a text holds that must not be committed, with its lines."""
    return [
        f"line {number}: {meaning}"
        for number, line in enumerate(text.splitlines(), start=1)
        for meaning, pattern in PATTERNS.items()
        if re.search(pattern, line)
    ]


def test_tracked_files_hold_nothing_private() -> None:
    """No tracked file holds a token, a key, a machine's path or a package index."""
    findings: list[str] = []
    for path in list_tracked_files():
        data = path.read_bytes()
        if b"\0" in data:  # a picture or a font
            continue
        findings.extend(f"{relative(path)}, {finding}" for finding in list_findings(data.decode("utf-8")))
    assert findings == []


def test_files_that_hold_secrets_are_not_tracked() -> None:
    """No database, `.env` or key file is tracked."""
    suspicious = re.compile(r"(?:^|/)\.env$|\.(?:db|db-wal|db-shm|sqlite3?|pem|key|log)$")
    assert [relative(path) for path in list_tracked_files() if suspicious.search(relative(path))] == []


@pytest.mark.parametrize(("meaning", "sample"), [(k, s) for k, samples in SAMPLES.items() for s in samples])
def test_each_kind_is_found(meaning: str, sample: str) -> None:
    """What must not be committed is recognised."""
    assert list_findings(sample) == [f"line 1: {meaning}"]


@pytest.mark.parametrize(
    "text",
    ["https://example.org/work/x", "sqlite:////srv/laurel/laurel.db", "leveling_core.store.LevelingStore"],
)
def test_ordinary_text_is_not_found(text: str) -> None:
    """Addresses, database URLs and dotted names are no findings."""
    assert list_findings(text) == []
