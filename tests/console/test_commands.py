"""What holds for every command of `store`: help, settings, places that are wrong, exit codes."""

from __future__ import annotations

import errno
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from storage.json_files import files
from tests.console.support import ROOT, Shell, environment, run_process
from tests.storage.support import names_in

COMMANDS = ["check", "repair", "backup", "restore", "copy"]
OF_ONE_STORE = ["check", "repair", "backup"]
"""Those that need a store that is there."""


def test_the_help_tells_of_every_command(shell: Shell) -> None:
    """`--help` of the bot leads to `store`, that of `store` to each command and the exit codes."""
    assert "store" in shell.run("--help").out
    said = shell.store("--help")
    assert said.code == 0
    for name in COMMANDS:
        assert f"\n    {name} " in said.out
    assert "exit codes: 0 " in said.out


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_explains_itself(shell: Shell, tmp_path: Path, name: str) -> None:
    """Its help says what it does and shows examples that begin as one has to type them; nothing is made."""
    said = shell.store(name, "--help")
    assert said.code == 0
    assert "\nexamples:\n" in said.out
    assert f"\n  python bot.py store {name}" in said.out
    assert max(len(line) for line in said.out.splitlines()) <= 100
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_is_documented(shell: Shell, name: str) -> None:
    """The guide for self-hosters names every command with all its options and arguments."""
    text = (ROOT / "docs" / "self-hosting.md").read_text(encoding="utf-8")
    said = shell.store(name, "--help").out
    options = set(re.findall(r"(?<!\S)--[a-z-]+", said))
    arguments = re.findall(r"^  ([A-Z]+) ", said, re.MULTILINE)
    assert re.search(rf"^\| `store {name}\b", text, re.MULTILINE)
    assert [word for word in (*sorted(options), *arguments) if word not in text] == []


def test_installed_it_goes_by_its_own_name(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the wheel the command is `laurel`, and its help says so."""
    monkeypatch.setattr(sys, "argv", ["/usr/local/bin/laurel"])
    said = shell.store("check", "--help")
    assert said.out.startswith("usage: laurel store check")
    assert "\n  laurel store check\n" in said.out


def test_without_a_command_the_help_is_shown(shell: Shell) -> None:
    """`store` alone is no command; exit code 2."""
    said = shell.store()
    assert (said.code, said.out) == (2, "")
    assert "check " in said.err


@pytest.mark.parametrize("arguments", [["mend"], ["check", "--fast"], ["copy", "sqlite:///a.db"]])
def test_what_is_not_known_is_refused(shell: Shell, arguments: list[str]) -> None:
    """A command, option or argument that is wrong or missing: exit code 2, with how it is used."""
    said = shell.store(*arguments)
    assert said.code == 2
    assert "usage: python bot.py " in said.err


@pytest.mark.parametrize("name", OF_ONE_STORE)
@pytest.mark.parametrize(
    ("store", "code", "told"),
    [
        ("memory:", 2, "a store in memory"),
        ("laurel", 2, "laurel is no place for a store. Write sqlite:///laurel.db"),
        ("mysql:///laurel", 2, "is no place for a store"),
        ("", 2, "is no place for a store"),
        ("sqlite:///nowhere.db", 1, "There is no store at "),
        ("json:///nowhere", 1, "There is no store at "),
        ("sqlite:///no/folder/at/all.db", 1, "no/folder/at does not exist. Make it"),
        ("json:///no/folder/at/all", 1, "no/folder/at does not exist. Make it"),
    ],
)
def test_a_store_that_is_none_is_told(
    shell: Shell, tmp_path: Path, name: str, store: str, code: int, told: str
) -> None:
    """A wrong URL is a wrong usage, a store that is not there a failure; nothing is made."""
    said = shell.store(name, "--store", store)
    assert (said.code, said.out) == (code, "")
    assert told in said.err
    assert "--store" in said.err
    assert list(tmp_path.iterdir()) == []


def test_the_settings_name_the_store(shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without --store it is LAUREL_STORE, which the message then names with the full path of the file."""
    said = shell.store("check")
    assert said.code == 1
    assert f"{tmp_path / 'laurel.db'}, which is where LAUREL_STORE points" in said.err
    monkeypatch.setenv("LAUREL_STORE", "memory:")
    assert shell.store("check").err.startswith("LAUREL_STORE: a store in memory")


def test_where_a_path_was_looked_for_is_told_of_relative_ones(shell: Shell, tmp_path: Path) -> None:
    """That a path without a fourth slash depends on the folder helps only whoever wrote such a one."""
    assert "without a fourth slash" in shell.store("check", "--store", "sqlite:///no.db").err
    assert "fourth slash" not in shell.store("check", "--store", f"sqlite:///{tmp_path / 'no.db'}").err


@pytest.mark.usefixtures("laurel_db")
@pytest.mark.parametrize("name", OF_ONE_STORE)
def test_a_store_that_lacks_its_manifest_is_there(shell: Shell, tmp_path: Path, name: str) -> None:
    """Files without their manifest are damage, beside backups too, and not a store that is nowhere."""
    assert shell.store("copy", "sqlite:///laurel.db", "json:///files").code == 0
    (tmp_path / "files" / "backups").mkdir()
    (tmp_path / "files" / "manifest.json").unlink()
    said = shell.store(name, "--store", "json:///files")
    assert said.code == 1
    assert "manifest.json: it is missing, while other files of the store are there" in said.err


@pytest.mark.parametrize("name", OF_ONE_STORE)
def test_a_log_without_its_database_is_told(shell: Shell, tmp_path: Path, name: str) -> None:
    """Where the database was deleted its log may hold what nothing else does: it is to be kept."""
    (tmp_path / "laurel.db-wal").write_bytes(b"x")
    said = shell.store(name)
    assert said.code == 1
    assert "its log laurel.db-wal is still there" in said.err
    assert names_in(tmp_path, "*") == ["laurel.db-wal"]


@pytest.mark.parametrize("name", OF_ONE_STORE)
def test_a_database_in_which_nothing_is(shell: Shell, tmp_path: Path, name: str) -> None:
    """An empty file is told as what it is, and not as the file of another program."""
    (tmp_path / "laurel.db").touch()
    said = shell.store(name)
    assert said.code == 1
    assert "nothing was ever kept in this database" in said.err


def test_a_command_that_has_ended_goes_on_by_nothing(
    shell: Shell, laurel_db: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk: other than a running bot the command has to be said again, and says so."""

    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(files.RealFiles, "write", fail)
    said = shell.store("copy", f"sqlite:///{laurel_db}", "json:///files")
    assert said.code == 1
    assert said.err.splitlines()[-1].startswith("Not copied. TO: files: the disk is full")
    assert said.err.endswith("Free some space, and say it again.\n")


def test_a_setting_that_is_wrong_is_told_first(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a start of the bot: the setting by name, exit code 2."""
    monkeypatch.setenv("LAUREL_PREFIX", "much too long")
    said = shell.store("check")
    assert said.code == 2
    assert said.err.startswith("LAUREL_PREFIX: ")


@pytest.mark.parametrize("name", OF_ONE_STORE)
def test_the_file_of_another_program_is_told(shell: Shell, tmp_path: Path, name: str) -> None:
    """What is no database of Laurel is left alone; exit code 1."""
    (tmp_path / "laurel.db").write_bytes(b"no database" * 500)
    said = shell.store(name)
    assert said.code == 1
    assert "laurel.db" in said.err
    assert names_in(tmp_path, "*") in ([["laurel.db"]], ["laurel.db"], ["backups", "laurel.db"])


@pytest.mark.skipif(
    sys.platform == "win32" or os.geteuid() == 0, reason="whoever may do anything cannot be refused"
)
@pytest.mark.parametrize("name", OF_ONE_STORE)
def test_what_may_not_be_read_is_told(shell: Shell, laurel_db: Path, name: str) -> None:
    """A file of somebody else: what right is missing; exit code 1."""
    laurel_db.chmod(0)
    said = shell.store(name)
    assert said.code == 1
    assert "laurel.db: it may not be read by this user (Permission denied)" in said.err


def test_what_the_system_refuses_is_told(shell: Shell) -> None:
    """An error of the system that nobody foresaw has the path and the system's words; exit code 1."""
    said = shell.store("restore", "x" * 5000)
    assert said.code == 1
    assert said.err.startswith("Nothing was restored, and what was there is as it was. xxxxx")
    assert "too long" in said.err


@pytest.mark.usefixtures("laurel_db")
def test_who_has_read_enough_ends_it(tmp_path: Path) -> None:
    """`store check | head -0`: no traceback for a reader that is gone."""
    code = "import sys, bot\nsys.exit(bot.main())"
    with subprocess.Popen(
        [sys.executable, "-c", code, "store", "check"],
        cwd=tmp_path,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        told = process.stderr.read()
    assert process.returncode == 1
    assert "Traceback" not in told
    assert "Broken" not in told


@pytest.mark.usefixtures("laurel_db")
def test_a_console_with_few_letters(tmp_path: Path) -> None:
    """Where the console cannot show a letter of a path it is escaped, instead of ending the command."""
    said = run_process(tmp_path, "store", "backup", "žluťoučký.gz", PYTHONIOENCODING="ascii")
    assert said.code == 0
    assert "\\u017elu" in said.out
    assert names_in(tmp_path, "*.gz") == ["žluťoučký.gz"]
