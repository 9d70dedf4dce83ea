"""Artifacts, with the real client."""

import base64
import hashlib
import json
from pathlib import Path

import pytest
import requests

from .conftest import Server, Wire, wait_for

CREATE = """mutation CreateArtifact($input: CreateArtifactInput!) {
  createArtifact(input: $input) { artifact { id state artifactSequence { latestArtifact { id } } } }
}"""
FILES = """mutation CreateArtifactFiles($files: [CreateArtifactFileSpecInput!]!) {
  createArtifactFiles(input: {artifactFiles: $files, storageLayout: V2}) {
    files { edges { node { uploadUrl uploadHeaders storagePath artifact { id } } } }
  }
}"""
MANIFEST = """mutation CreateArtifactManifest($id: ID!, $kind: ArtifactManifestType!, $base: ID) {
  createArtifactManifest(input: {artifactID: $id, baseArtifactID: $base, name: "m", digest: "",
      type: $kind}) { artifactManifest { id file { uploadUrl } } }
}"""
COMMIT = """mutation CommitArtifact($id: ID!) {
  commitArtifact(input: {artifactID: $id}) { artifact { id versionIndex fileCount size } }
}"""


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    """The client downloads into the current folder."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def make(wandb, tmp_path):
    """Makes an artifact with one file."""

    def make(text: str, name: str = "data", kind: str = "dataset", **given):
        artifact = wandb.Artifact(name, kind, **given)
        path = tmp_path / "file.txt"
        path.write_text(text)
        artifact.add_file(str(path), name="folder/file.txt")
        return artifact

    return make


def log(wandb, project, artifact, **given):
    """Log it in a run of its own; gives the run."""
    with wandb.init(project=project) as run:
        run.log_artifact(artifact, **given).wait()
    return run


def md5(content: bytes) -> str:
    return base64.b64encode(hashlib.md5(content, usedforsecurity=False).digest()).decode()


def begin(wire: Wire, project: str, digest: str, **given) -> str:
    """Begin an artifact by hand; gives its id."""
    given = {"artifactCollectionName": "data", "artifactTypeName": "dataset"} | given
    wanted = {"projectName": project, "digest": digest, **given}
    return wire.ask(CREATE, input=wanted)["createArtifact"]["artifact"]["id"]


def upload(wire: Wire, artifact: str, path: str, content: bytes) -> requests.Response | None:
    """Announce a file and upload it, if that is asked for."""
    spec = {"artifactID": artifact, "name": path, "md5": md5(content)}
    (edge,) = wire.ask(FILES, files=[spec])["createArtifactFiles"]["files"]["edges"]
    address = edge["node"]["uploadUrl"]
    return requests.put(address, data=content, timeout=10) if address else None


def manifest(wire: Wire, artifact: str, contents: dict, kind: str = "FULL", base=None) -> None:
    """Give the artifact a manifest with these contents."""
    made = wire.ask(MANIFEST, id=artifact, kind=kind, base=base)["createArtifactManifest"]
    text = json.dumps({"version": 1, "storagePolicy": "wandb", "contents": contents})
    address = made["artifactManifest"]["file"]["uploadUrl"]
    assert requests.put(address, data=text, timeout=10).status_code == 200


def entry(content: bytes) -> dict:
    return {"digest": md5(content), "size": len(content)}


def test_logged_artifact_can_be_downloaded(wandb, project, make, tmp_path):
    """What was logged comes back: files, metadata, description, size, aliases, tags, maker."""
    artifact = make("hello", metadata={"a": {"b": 1}}, description="words")
    run = log(wandb, project, artifact, aliases=["best"], tags=["raw"])

    read = wandb.Api().artifact(f"{project}/data:best")

    folder = read.download(str(tmp_path / "there"))
    assert Path(folder, "folder", "file.txt").read_text() == "hello"
    assert (read.version, read.size, read.description) == ("v0", 5, "words")
    assert (read.metadata, read.tags) == ({"a": {"b": 1}}, ["raw"])
    assert sorted(read.aliases) == ["best", "latest"]
    assert read.logged_by().id == run.id
    assert [found.name for found in wandb.Api().run(f"{project}/{run.id}").logged_artifacts()] == [
        "data:v0"
    ]


def test_same_content_makes_no_version(wandb, project, make):
    """Logging content again gives the version that has it, and moves the aliases to it."""
    for text in ("one", "two", "one"):
        log(wandb, project, make(text), aliases=[f"was-{text}"])

    versions = list(wandb.Api().artifacts("dataset", f"{project}/data"))

    assert [found.version for found in versions] == ["v1", "v0"]
    assert sorted(versions[1].aliases) == ["latest", "was-one"]


def test_name_keeps_its_type(wandb, project, make):
    """One name can't stand for two types of artifact; the message says so."""
    log(wandb, project, make("one"))
    with (
        wandb.init(project=project) as run,
        pytest.raises(ValueError, match="already exists with type"),
    ):
        run.log_artifact(make("two", kind="model")).wait()


def test_used_artifact_knows_its_users(wandb, project, make):
    """A run that uses an artifact is named by it, and names it."""
    log(wandb, project, make("one"))
    with wandb.init(project=project) as run:
        artifact = run.use_artifact("data:latest")
        assert Path(artifact.file()).read_text() == "one"

    assert [user.id for user in artifact.used_by()] == [run.id]
    used = wandb.Api().run(f"{project}/{run.id}").used_artifacts()
    assert [found.name for found in used] == ["data:v0"]


def test_aliases_move_and_go(wandb, project, make):
    """An alias means one version of a collection; it can be added, moved and removed."""
    log(wandb, project, make("one"), aliases=["best", "first"])
    log(wandb, project, make("two"))
    api = wandb.Api()
    second = api.artifact(f"{project}/data:v1")
    second.aliases.append("best")
    second.save()
    first = api.artifact(f"{project}/data:first")
    first.aliases.remove("first")
    first.save()

    assert api.artifact(f"{project}/data:best").version == "v1"
    assert api.artifact(f"{project}/data:v0").aliases == []
    assert not api.artifact_exists(f"{project}/data:first")


def test_links_are_counted_by_themselves(wandb, project, make):
    """A portfolio counts what is linked to it; unlinking leaves the source alone."""
    log(wandb, project, make("one"))
    log(wandb, project, make("two"))
    api = wandb.Api()
    api.artifact(f"{project}/data:v1").link(f"{project}/chosen", aliases=["good"])

    linked = api.artifact(f"{project}/chosen:good")
    assert (linked.version, linked.source_version, linked.is_link) == ("v0", "v1", True)
    linked.unlink()
    assert not api.artifact_exists(f"{project}/chosen:v0")
    assert api.artifact_exists(f"{project}/data:v1")


def test_deleted_artifact_leaves_no_bytes(server: Server, wandb, project, make):
    """Deleting needs to be told about aliases; bytes go when the last artifact that holds them."""

    def kept() -> set[Path]:
        return {
            path for path in (server.data_dir / "files" / "artifacts").rglob("*") if path.is_file()
        }

    before = kept()
    log(wandb, project, make("shared", name="a"), aliases=["x"])
    log(wandb, project, make("shared", name="b"))
    api = wandb.Api()
    first = api.artifact(f"{project}/a:v0")
    with pytest.raises(wandb.errors.CommError):
        first.delete()
    first.delete(delete_aliases=True)
    other = api.artifact(f"{project}/b:v0")
    assert Path(other.file()).read_text() == "shared"
    other.delete(delete_aliases=True)

    wait_for(lambda: kept() <= before, "the bytes to go")


def test_table_and_model_of_a_script(wandb, project, tmp_path):
    """A script that saves its model each epoch and logs a table finds both again."""
    with wandb.init(project=project) as run:
        for epoch in range(3):
            path = tmp_path / "model.bin"
            path.write_bytes(bytes([epoch]) * 1000)
            run.log_model(str(path), name="model")
            table = wandb.Table(columns=["epoch", "right"], data=[[epoch, True]])
            run.log({"epoch": epoch, "predictions": table})

    api = wandb.Api()
    models = list(api.artifacts("model", f"{project}/model"))
    assert [found.version for found in models] == ["v2", "v1", "v0"]
    assert Path(models[0].file()).read_bytes() == bytes([2]) * 1000
    tables = api.artifacts("run_table", f"{project}/run-{run.id}-predictions")
    assert [found["predictions"].data for found in tables] == [[[n, True]] for n in (2, 1, 0)]


def test_deleting_a_run_can_delete_its_artifacts(wandb, project, make):
    """`delete_artifacts` takes what the run logged along; deleting a run twice is no error."""
    kept, gone = log(wandb, project, make("one", "kept")), log(wandb, project, make("two", "gone"))
    api = wandb.Api()
    api.run(f"{project}/{kept.id}").delete()
    run = api.run(f"{project}/{gone.id}")
    run.delete(delete_artifacts=True)
    run.delete()

    assert api.artifact_exists(f"{project}/kept:v0")
    assert not api.artifact_exists(f"{project}/gone:v0")


def test_artifact_without_its_files_is_refused(wire, project):
    """An artifact whose manifest, or a file in it, never came can't be committed."""
    artifact = begin(wire, project, "d1")
    assert "manifest" in wire.post(COMMIT, id=artifact).json()["errors"][0]["message"]
    manifest(wire, artifact, {"a.txt": entry(b"never came")})
    assert "`a.txt`" in wire.post(COMMIT, id=artifact).json()["errors"][0]["message"]


def test_upload_has_to_be_what_was_announced(wire, project):
    """Other bytes than those announced are refused, and so are addresses made up."""
    artifact = begin(wire, project, "d1")
    spec = {"artifactID": artifact, "name": "a", "md5": md5(b"right")}
    (edge,) = wire.ask(FILES, files=[spec])["createArtifactFiles"]["files"]["edges"]
    address = edge["node"]["uploadUrl"]
    assert requests.put(address, data=b"wrong", timeout=10).status_code == 400
    bare = address.partition("?")[0]
    assert requests.put(bare, data=b"right", timeout=10).status_code == 401
    assert requests.put(address, data=b"right", timeout=10).status_code == 200


def test_known_bytes_are_not_uploaded_again(wire, project):
    """A file whose bytes are here needs no upload, whatever it is called."""
    content = project.encode() * 3
    first, second = begin(wire, project, "d1"), begin(wire, project, "d2")
    assert upload(wire, first, "a.txt", content).status_code == 200
    assert upload(wire, second, "b.txt", content) is None


def test_repeated_steps_change_nothing(wire, project):
    """Each step of saving, sent twice, gives what it gave before."""
    given = {"clientID": f"client-{project}", "enableDigestDeduplication": True}
    artifact = begin(wire, project, "d1", **given)
    assert begin(wire, project, "d1", **given) == artifact
    content = project.encode()
    upload(wire, artifact, "a.txt", content)
    manifest(wire, artifact, {"a.txt": entry(content)})
    first = wire.ask(COMMIT, id=artifact)
    assert wire.ask(COMMIT, id=artifact) == first
    assert begin(wire, project, "d1", enableDigestDeduplication=True) == artifact


def test_parts_of_a_distributed_artifact_come_together(wire, project):
    """Runs that write one artifact together each bring a part; it then holds all of them."""
    given = {"distributedID": "group"}
    artifact = begin(wire, project, "d1", **given)
    assert begin(wire, project, "d2", **given) == artifact
    for name in ("a.txt", "b.txt"):
        content = f"{project} {name}".encode()
        upload(wire, artifact, name, content)
        manifest(wire, artifact, {name: entry(content)}, kind="PATCH")

    done = wire.ask(COMMIT, id=artifact)["commitArtifact"]["artifact"]

    assert done["fileCount"] == 2


def test_incremental_artifact_builds_on_its_base(wandb, project, make):
    """A new draft of a version holds what that held, and what was added."""
    log(wandb, project, make("one"))
    draft = wandb.Api().artifact(f"{project}/data:v0").new_draft()
    with draft.new_file("more.txt") as file:
        file.write("more")
    log(wandb, project, draft)

    found = wandb.Api().artifact(f"{project}/data:v1")

    assert sorted(file.name for file in found.files()) == ["folder/file.txt", "more.txt"]


@pytest.mark.parametrize(
    "given",
    [
        {"artifactCollectionName": "a/b"},
        {"artifactTypeName": "a/b"},
        {"tags": [{"tagName": "!"}]},
        {"aliases": [{"alias": "a:b", "artifactCollectionName": "data"}]},
    ],
)
def test_bad_names_are_refused(wire, project, given):
    """Names, types, tags and aliases that can't be ones get an error that says so."""
    wanted = {"artifactCollectionName": "data", "artifactTypeName": "dataset", "digest": "d"}
    answer = wire.post(CREATE, input={"projectName": project, **wanted, **given})
    assert "not allowed" in answer.json()["errors"][0]["message"]


def test_downloads_need_a_key_or_an_address_given_out(server, wire, project):
    """The bytes of an artifact can't be had by guessing."""
    content = project.encode() * 2
    upload(wire, begin(wire, project, "d1"), "a.txt", content)
    digest = hashlib.md5(content, usedforsecurity=False).hexdigest()
    address = f"{server.state['url']}/artifactsV2/default/local/{project}/data//{digest}/a.txt"
    assert requests.get(address, timeout=10).status_code == 401
    assert wire.http.get(address, timeout=10).content == content
    part = wire.http.get(address, headers={"Range": "bytes=0-3"}, timeout=10)
    assert (part.status_code, part.content) == (206, content[:4])
