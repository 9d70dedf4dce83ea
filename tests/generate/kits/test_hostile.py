"""Hostile kits: refused by name, all findings at once, nothing written and nothing run."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import pytest
from wandb_flyte.errors import InvalidInput, UserError
from wandb_flyte.generate.kits.check import check_kit
from wandb_flyte.generate.kits.read import wanted_kits
from wandb_flyte.generate.new import new_project
from wandb_flyte.generate.plan import NewProject
from wandb_flyte.generate.template import templates_folder

from ..helpers import git, tree
from .workshop import KitRepository, update

MANIFEST = 'name = "evil"\n'
COLOR = "\N{ESCAPE}[31m"


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """The folder that no hostile kit gets written."""
    return tmp_path / "demo"


def commit(repository: Path, entries: Mapping[str, tuple[str, str]]) -> None:
    """Commits names and modes that git itself would not take from a folder."""
    git("init", "--quiet", "--initial-branch=main", str(repository), cwd=repository.parent)
    rows = b""
    for name, (mode, content) in sorted({"kit.toml": ("100644", MANIFEST), **entries}.items()):
        if mode in ("160000", "40000"):
            sha = content
        else:
            sha = run(repository, "hash-object", "-w", "--stdin", stdin=content.encode())
        rows += f"{mode} {name}\0".encode() + bytes.fromhex(sha)
    arguments = ("hash-object", "-t", "tree", "-w", "--literally", "--stdin")
    made = run(repository, *arguments, stdin=rows)
    head = run(repository, "commit-tree", "-m", "evil", made)
    git("update-ref", "refs/heads/main", head, cwd=repository)


def run(repository: Path, *arguments: str, stdin: bytes = b"") -> str:
    """Runs git with a standard input, and gives what it printed."""
    done = subprocess.run(
        ["git", *arguments], cwd=repository, input=stdin, check=True, capture_output=True
    )
    return done.stdout.decode().strip()


def refused(text: str, target: Path) -> list[str]:
    """Sees a kit refused with nothing written, and gives the findings."""
    before = sorted(target.parent.iterdir())
    with pytest.raises(UserError) as caught:
        new_project(NewProject("demo", target, kits=wanted_kits(text).kits))
    assert sorted(target.parent.iterdir()) == before
    return str(caught.value).splitlines()


def test_names_and_kinds_of_files(tmp_path: Path, target: Path) -> None:
    """Links, submodules, names that lead out, escape sequences and huge files, all named."""
    kit = tmp_path / "evil"
    commit(
        kit,
        {
            "link": ("120000", "/etc/passwd"),
            "module": ("160000", "1" * 40),
            "/etc/absolute": ("100644", ""),
            f"red{COLOR}": ("100644", ""),
            "huge.bin": ("100644", "x" * 1_000_001),
            "copier.yml": ("100644", "_tasks: [touch pwned]\n_migrations: []\n"),
        },
    )

    found = refused(str(kit), target)

    place = found[0].partition(": ")[0]
    assert sorted(line.removeprefix(f"{place}: ") for line in found) == [
        "/etc/absolute: It is no name of a kit's file. Names stay inside the kit, without control "
        "characters.",
        "copier.yml: A kit is no copier template: its `_tasks` and `_migrations` are never run. "
        "Say what there is to say in `kit.toml`.",
        "huge.bin: It has 1,000,001 bytes, and a kit's file at most 1,000,000.",
        "link: It is a symbolic link. Put the file itself there.",
        "module: It is a submodule. Put its files there.",
        "red\\x1b[31m: It is no name of a kit's file. Names stay inside the kit, without control "
        "characters.",
    ]


@pytest.mark.parametrize("name", ["..", ".git", ".GIT"])
def test_folders_that_lead_out(name: str, tmp_path: Path, target: Path) -> None:
    """A tree with a folder named so is refused, and what lies in it is named."""
    kit = tmp_path / "evil"
    git("init", "--quiet", "--initial-branch=main", str(kit), cwd=tmp_path)
    blob = run(kit, "hash-object", "-w", "--stdin", stdin=b"#!/bin/sh\ntouch pwned\n")
    inner = run(kit, "mktree", "-z", stdin=f"100755 blob {blob}\tpost-checkout\0".encode())
    commit(kit, {name: ("40000", inner)})

    assert refused(str(kit), target) == [
        f"{kit}@{git('rev-parse', 'main', cwd=kit)[:12]}: {name}/post-checkout: It is no name of a "
        "kit's file. Names stay inside the kit, without control characters."
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{{ environ['HOME'] }}", "`environ`, which is no answer, is not for kits."),
        ("{% include '/etc/passwd' %}", "`include` is not for kits."),
        ("{% import 'x' as y %}", "`import` is not for kits."),
        ("{% extends '/etc/passwd' %}", "`extends` is not for kits."),
        ("{{ package.__class__ }}", "`.__class__` is not for kits."),
        ("{{ package['__class__'] }}", "`getitem` is not for kits."),
        ("{{ package | attr('upper') }}", "The filter `attr` is not for kits."),
        ("{{ package.upper() }}", "a call is not for kits."),
        ("{{ 'x' * 10000000000 }}", "`mul` is not for kits."),
        ("{% set a = package %}", "`set` is not for kits."),
        ("{{ lipsum }}", "`lipsum`, which is no answer, is not for kits."),
        ("{% for a in dependencies %}{% for b in dependencies %}{% endfor %}{% endfor %}", "loop"),
    ],
)
def test_jinja_that_reaches_out(text: str, message: str, tmp_path: Path, target: Path) -> None:
    """Jinja beyond the small language is named with its line, before anything is rendered."""
    kit = KitRepository(tmp_path / "evil")
    kit.release("1.0.0", {"kit.toml": MANIFEST, "files/a.txt.jinja": f"fine\n{text}\n"})

    found = refused(str(kit.folder), target)

    assert all(line.startswith(f"{kit.folder}@1.0.0: files/a.txt.jinja:2: ") for line in found)
    assert message.lower() in "\n".join(found).lower()


def test_what_goes_into_a_project(tmp_path: Path, target: Path) -> None:
    """Answers files, git's folder, files that every project has, and code, all named at once."""
    kit = KitRepository(tmp_path / "evil")
    kit.release(
        "1.0.0",
        {
            "kit.toml": MANIFEST + "_tasks = ['touch pwned']\n[fixed]\nhost = 'file:///etc'\n",
            "files/.copier-answers.yml": "_src_path: https://example.org/evil.git\n",
            "files/{{ _copier_conf.answers_file }}.jinja": "x",
            "files/{{ package }}/objective.py": "x",
            "files/sweep.yaml": "x",
            "files/wheels/wandb_flyte-9.whl": "x",
            "blocks/tasks.sh": "touch pwned",
            "blocks/environment.toml": '"LD_PRELOAD=x;" = "y"\n',
            "blocks/dependencies.txt": "--index-url https://example.org\n",
            "starters/bad/sweep.yaml": "x",
        },
    )

    found = refused(str(kit.folder), target)

    places = {line.removeprefix(f"{kit.folder}@1.0.0: ").partition(": ")[0] for line in found}
    assert places == {
        "kit.toml:2",
        "kit.toml:4",
        "files/.copier-answers.yml",
        "files/{{ _copier_conf.answers_file }}.jinja",
        "files/{{ package }}/objective.py",
        "files/sweep.yaml",
        "files/wheels/wandb_flyte-9.whl",
        "blocks/tasks.sh",
        "blocks/environment.toml",
        "blocks/dependencies.txt",
        "starters/bad/starter.toml",
    }
    text = "\n".join(found)
    assert "_tasks: A kit runs no code." in text
    assert "fixed.host: `file:///etc` is not a server's URL." in text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("ext::sh -c 'touch pwned'", "names a program for git to run"),
        ("--upload-pack=touch pwned", "is no kit"),
        ("ssh://-oProxyCommand=touch pwned/kit", "is no `https://`, `ssh://` or `file://` URL"),
        ("ssh://-oProxyCommand=touch@host/kit", "is no `https://`, `ssh://` or `file://` URL"),
        ("-oProxyCommand=touch@host:kit", "is no kit"),
        ("fd::17/foo", "names a program for git to run"),
        ("git://example.org/kit", "is no `https://`, `ssh://` or `file://` URL"),
        ("http://example.org/kit", "is no `https://`, `ssh://` or `file://` URL"),
        ("file://elsewhere/kit", "is no `https://`, `ssh://` or `file://` URL"),
        ("file:///etc/passwd", "is a file, and no git bundle"),
        ("/dev/null", "is a file, and no git bundle"),
        ("https://example.org/kit.git\x1b[31m", "\\x1b[31m` is no kit"),
        ("https://me:secret@example.org/kit.git", "holds a password"),
        ("no/such/folder", "is not there"),
    ],
)
def test_sources_that_are_none(text: str, message: str, target: Path) -> None:
    """What is no kit's source never reaches git, and a password is not shown."""
    found = "\n".join(refused(text, target))

    assert message in found
    assert "secret" not in found


def test_a_bundle_that_is_none(tmp_path: Path, target: Path) -> None:
    """A file of another kind, and a bundle that is cut off, are refused by name."""
    (tmp_path / "a.bundle").write_bytes(b"not a bundle")
    (tmp_path / "b.bundle").write_bytes(
        b"# v2 git bundle\n" + b"1" * 40 + b" refs/heads/main\n\nPACK"
    )

    assert refused(str(tmp_path / "a.bundle"), target) == [
        f"The kit `{tmp_path}/a.bundle` is a file, and no git bundle."
    ]
    assert refused(str(tmp_path / "b.bundle"), target)[0].startswith(
        f"The kit `{tmp_path}/b.bundle` can't be read: "
    )


def test_a_pipe_is_no_kit(tmp_path: Path, target: Path) -> None:
    """A pipe or a device in the place of a bundle is refused before anybody waits for it."""
    os.mkfifo(tmp_path / "pipe.bundle")

    assert refused(str(tmp_path / "pipe.bundle"), target) == [
        f"The kit `{tmp_path}/pipe.bundle` is a file, and no git bundle."
    ]


def test_a_bundle_with_crafted_names(tmp_path: Path, target: Path) -> None:
    """Names of tags and branches in a bundle lead nowhere, and a tag of no commit is no version."""
    kit = KitRepository(tmp_path / "kit")
    commit = kit.release("1.0.0", {"kit.toml": MANIFEST})
    bundle = tmp_path / "kit.bundle"
    git("tag", "v9", git("hash-object", "kit.toml", "-w", cwd=kit.folder), cwd=kit.folder)
    git("bundle", "create", "--quiet", str(bundle), "--tags", cwd=kit.folder)
    sound = bundle.read_bytes()
    refs = (
        "refs/tags/../../../hooks/post-checkout",
        "refs/heads/--upload-pack=touch",
        "refs/x\x1b",
    )

    assert wanted_kits(str(bundle)).kits[0].version == "1.0.0"
    for name in refs:
        line = f"{commit} {name}\n".encode()
        bundle.write_bytes(sound.replace(b"\n\n", b"\n" + line + b"\n", 1))
        with suppress(UserError):
            assert wanted_kits(str(bundle)).kits[0].version == "1.0.0"
        assert not (tmp_path / "hooks").exists()
    (kit.folder / ".git" / "refs" / "tags" / f"v{'9' * 200}").write_text(f"{commit}\n")
    assert wanted_kits(str(kit.folder)).kits[0].name == "evil"


def test_folders_that_hold_each_other(tmp_path: Path, target: Path) -> None:
    """A few objects that make billions of files are refused at once, with and without files."""
    for name, leaf in (("files", "100644 blob"), ("folders", "040000 tree")):
        kit = tmp_path / name
        git("init", "--quiet", "--initial-branch=main", str(kit), cwd=tmp_path)
        words = ("mktree",) if "tree" in leaf else ("hash-object", "-w", "--stdin")
        inner, kind = run(kit, *words), leaf
        for _ in range(9):
            rows = "".join(f"{kind} {inner}\t{number}\0" for number in range(20))
            inner, kind = run(kit, "mktree", "-z", stdin=rows.encode()), "040000 tree"
        git("update-ref", "refs/heads/main", run(kit, "commit-tree", "-m", "x", inner), cwd=kit)

        (found,) = refused(str(kit), target)

        assert found.endswith("It has too many files. A kit has a few hundred.")


@pytest.mark.parametrize(
    ("files", "found"),
    [
        (
            {"files/NOTES.md": "", "files/notes.md": ""},
            "files/notes.md: `files/NOTES.md` is the same name on some machines. Rename one.",
        ),
        (
            {"files/docs": "", "files/Docs/a.md": ""},
            "files/docs: `files/Docs` is the same name on some machines. Rename one.",
        ),
        (
            {"files/caf\u00e9": "", "files/cafe\u0301": ""},
            "files/caf\u00e9: `files/cafe\u0301` is the same name on some machines. Rename one.",
        ),
        (
            {"files/Sweep.yaml": ""},
            "files/Sweep.yaml: It is a file that every project has of its own. Take it out.",
        ),
        (
            {"files/demo/settings.py": ""},
            "files/demo/settings.py: It is a file that every project has of its own. Take it out.",
        ),
        (
            {"files/tests": ""},
            "files/tests: `tests` would be a file and a folder. Rename it.",
        ),
        (
            {"files/README.md/a": ""},
            "files/README.md/a: `README.md` would be a file and a folder. Rename it.",
        ),
        (
            {"files/demo": "", "files/{{ package }}/a": ""},
            "files/demo: `demo` would be a file and a folder. Rename it.",
        ),
    ],
)
def test_names_that_clash(files: dict[str, str], found: str, tmp_path: Path, target: Path) -> None:
    """Names that are one where case does not count, or a file here and a folder there."""
    kit = KitRepository(tmp_path / "kit")
    kit.release("1.0.0", {"kit.toml": MANIFEST, **files})

    assert f"{kit.folder}@1.0.0: {found}" in refused(str(kit.folder), target)


def test_a_linked_folder(tmp_path: Path, target: Path) -> None:
    """A folder of a kit that is a symbolic link is named, whatever it leads to."""
    kit = KitRepository(tmp_path / "kit")
    kit.change({"kit.toml": MANIFEST})
    (kit.folder / "files").symlink_to("/etc")
    kit.release("1.0.0", {})

    assert refused(str(kit.folder), target) == [
        f"{kit.folder}@1.0.0: files: It is a symbolic link. Put the file itself there."
    ]


def test_hooks_and_filters_never_run(
    tmp_path: Path, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A kit's hooks, attributes and git configuration do nothing on the way into a project."""
    # As where there is no pytest: what the project's own tests do is not asked here.
    monkeypatch.setattr("wandb_flyte.generate.kits.check.find_spec", lambda name: None)
    kit = KitRepository(tmp_path / "kit")
    example = templates_folder() / "kit" / "starters" / "example"
    starter = {f"starters/one/{file.name}": file.read_text() for file in example.iterdir()}
    attributes = {".gitattributes": "* filter=evil\n"}
    kit.release("1.0.0", {"kit.toml": MANIFEST, **attributes, **starter})
    pwned = tmp_path / "pwned"
    for hook in ("post-checkout", "reference-transaction", "pre-auto-gc"):
        path = kit.folder / ".git" / "hooks" / hook
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\ntouch {pwned}\n")
        path.chmod(0o755)
    for name in (
        *("filter.evil.smudge", "filter.evil.clean", "filter.evil.process", "core.fsmonitor"),
        *("uploadpack.packObjectsHook", "core.sshCommand", "core.pager", "core.editor"),
        *("diff.external", "core.alternateRefsCommand", "credential.helper", "gpg.program"),
    ):
        git("config", name, f"touch {pwned}; cat", cwd=kit.folder)

    check_kit(kit.folder, lambda step: None)
    new_project(NewProject("demo", target, kits=wanted_kits(str(kit.folder)).kits))

    assert (target / "demo" / "team.py").exists()
    assert not pwned.exists()


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ("source: /", "source: ext::sh -c touch /", "kits[0].source"),
        ("source: /", "source: ../", "kits[0].source"),
        ("version: 1.0.0", "version: --upload-pack=x", "kits[0].version"),
        ("hash: sha256:", "hash: md5:", "kits[0].hash"),
    ],
)
def test_records_that_lead_elsewhere(old: str, new: str, path: str, tmp_path: Path) -> None:
    """What a project says of its kits is checked before it is believed; nothing changes."""
    kit = KitRepository(tmp_path / "kit")
    kit.release("1.0.0", {"kit.toml": MANIFEST})
    project = kit.project()
    answers = project / ".copier-answers.yml"
    answers.write_text(answers.read_text().replace(old, new))
    git("commit", "--quiet", "--all", "--message", "Tamper", cwd=project)
    before = tree(project)

    with pytest.raises(InvalidInput) as caught:
        update(project)

    assert [finding.path for finding in caught.value.findings] == [path]
    assert tree(project) == before


def test_a_kit_from_a_url_extends_no_path(tmp_path: Path) -> None:
    """Only a kit that is a path itself builds on one."""
    from wandb_flyte.generate.kits.read import extended_source, kit_from
    from wandb_flyte.generate.kits.source import Source

    source = Source("https://example.org/kit.git")
    files = {"kit.toml": f'name = "evil"\nextends = "{tmp_path}"\n'.encode()}

    with pytest.raises(InvalidInput) as caught:
        extended_source(kit_from(files, source, "1.0.0", "1" * 40), source)

    assert str(caught.value) == (
        f"https://example.org/kit.git: kit.toml:2: extends: `{tmp_path}` is a path, and the kit "
        "comes from a URL. Extend a kit at a URL."
    )
