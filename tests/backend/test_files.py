"""Files by hand: addresses, proofs, names."""

import base64

import pytest
import requests

CREATE_FILES = """
mutation CreateRunFiles($project: String!, $run: String!, $files: [String!]!) {
  createRunFiles(input: {projectName: $project, runName: $run, files: $files}) {
    runID uploadHeaders files { name uploadUrl }
  }
}"""
FILES = """
query RunFiles($project: String!, $names: [String]) {
  project(name: $project) { run(name: "r") {
    fileCount files(names: $names) { edges { node { name url directUrl sizeBytes md5 } } }
  } }
}"""


@pytest.fixture
def upload(wire, project):
    """Uploads as runs do it: without a key, to the address that was given out."""
    wire.open_run(project, "r")

    def put(name: str, data: bytes) -> None:
        made = wire.ask(CREATE_FILES, project=project, run="r", files=[name])["createRunFiles"]
        assert made["uploadHeaders"] == []
        (file,) = made["files"]
        assert file["name"] == name
        assert requests.put(file["uploadUrl"], data=data, timeout=10).status_code == 200

    return put


def files(wire, project, *names):
    found = wire.ask(FILES, project=project, names=list(names))["project"]["run"]
    return [edge["node"] for edge in found["files"]["edges"]]


def test_file_is_replaced_by_its_next_upload(wire, project, upload, server):
    """A name uploaded again holds the new bytes; the old ones leave the disk."""

    def stored():
        return {path for path in (server.data_dir / "files").rglob("*") if path.is_file()}

    before = stored()
    upload("a/b.txt", b"old")
    upload("a/b.txt", b"newer")
    (file,) = files(wire, project)
    assert (file["name"], file["sizeBytes"]) == ("a/b.txt", 5)
    assert requests.get(file["url"], timeout=10).content == b"newer"
    assert len(stored() - before) == 1


def test_same_upload_twice_is_one_file(wire, project, upload):
    """An upload whose answer was lost comes again; the file is there, once."""
    upload("b.txt", b"same")
    upload("b.txt", b"same")
    (file,) = files(wire, project)
    assert requests.get(file["directUrl"], timeout=10).content == b"same"


def test_file_that_is_not_there_has_no_size(wire, project, upload):
    """A file asked for by name that was never uploaded has size 0, and wandb's mark for that."""
    (file,) = files(wire, project, "nothing.txt")
    assert (file["sizeBytes"], file["md5"]) == (0, "0")
    assert wire.http.get(file["url"], timeout=10).status_code == 404


def test_addresses_prove_themselves(wire, project, upload):
    """A file is neither taken nor given without the key or an address that was given out."""
    upload("secret.txt", b"secret")
    (file,) = files(wire, project)
    bare = file["url"].split("?")[0]
    assert requests.get(bare, timeout=10).status_code == 401
    assert requests.put(bare, data=b"x", timeout=10).status_code == 403
    read_only = file["url"].replace("?get=", "?put=")
    assert requests.put(read_only, data=b"x", timeout=10).status_code == 403
    other = file["url"].replace("secret.txt", "other.txt")
    assert requests.get(other, timeout=10).status_code == 401
    assert wire.http.get(bare, timeout=10).content == b"secret"


@pytest.mark.parametrize("pk", ["x", "-1", "1" * 30, "9" * 17], ids=["text", "-1", "huge", "none"])
def test_file_of_no_run_is_deleted_already(wire, project, upload, pk):
    """An id of no run's file, or of a run that is gone, is left out: the others are deleted."""
    upload("a.txt", b"x")
    run = wire.run(project, "r")["id"]
    query = """query F($p: String!) { project(name: $p) { run(name: "r") {
        files { edges { node { id } } } } } }"""
    (edge,) = wire.ask(query, p=project)["project"]["run"]["files"]["edges"]
    odd = base64.b64encode(f"File:v1:{pk}:a.txt".encode()).decode()
    delete = "mutation D($files: [ID!]!) { deleteFiles(input: {files: $files}) { success } }"
    wire.ask(delete, files=[odd, run, edge["node"]["id"]])
    assert files(wire, project) == []


def test_downloads_are_never_shown_as_pages(wire, project, upload):
    """HTML that a run uploaded is downloaded, not run as a page of this server."""
    upload("page.html", b"<script>alert(1)</script>")
    (file,) = files(wire, project)
    answer = requests.get(file["url"], timeout=10)
    assert answer.headers["content-disposition"] == "attachment"
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("name", ["../key", "/etc/passwd", "a/../../key", "a\\b", "", "a//b", "."])
def test_names_that_leave_the_run_are_refused(wire, project, name):
    """A file name that is no relative path is refused."""
    wire.open_run(project, "r")
    answer = wire.post(CREATE_FILES, project=project, run="r", files=[name])
    assert "is not a relative path" in answer.json()["errors"][0]["message"]


def test_address_does_not_leave_the_data_folder(wire, project):
    """An address that climbs out finds nothing, with the key as well."""
    wire.open_run(project, "r")
    address = f"{wire.url}/storage/local/{project}/r/..%2F..%2F..%2Fkey"
    assert wire.http.get(address, timeout=10).status_code == 404
    answer = wire.http.put(address, data=b"x", timeout=10)
    assert "is not a relative path" in answer.json()["errors"][0]["message"]


@pytest.mark.parametrize("name", ["data:é/中,x", "data:text/html,x"])
def test_name_that_looks_like_an_address_is_a_name(wire, project, upload, name):
    """A file is given out as bytes when its name has no ending, whatever else stands in it."""
    upload(name, b"here")
    (file,) = files(wire, project, name)
    answer = wire.http.get(file["directUrl"], timeout=10)
    assert (answer.status_code, answer.content) == (200, b"here")
    assert answer.headers["Content-Type"] == "application/octet-stream"


@pytest.mark.parametrize("place", ["uploads/{}/" + "0" * 32, "manifests/{}"])
@pytest.mark.parametrize("number", ["9" * 19, "9" * 5000, "x"])
def test_artifact_that_can_not_be_is_not_found(wire, place, number):
    """An upload to an artifact that no number of the store has is refused, key or not."""
    address = f"{wire.url}/artifacts/{place.format(number)}"
    assert requests.put(address, data=b"x", timeout=10).status_code == 401
    assert wire.http.put(address, data=b"x", timeout=10).status_code == 404
