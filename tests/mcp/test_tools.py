"""The tools: what a model reads, and the same as data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, cast

import pytest

from gym_lsp.cli import main
from gym_lsp.cli.tools import documents
from gym_lsp.cli.tools.paging import MOST_CHARACTERS
from gym_lsp.mcp.calling import call, read
from gym_lsp.mcp.offer import Answer, ToolError
from tests.cli.conftest import BROKEN, CLEAN, FIXED, TIDES, UNSET, write
from tests.mcp.calls import offer_in
from tests.mcp.conftest import Call

INCLUDER = "environments/whole/config.yaml"


def items(answer: Answer, name: str) -> list[dict[str, Any]]:
    assert not answer.is_error, answer.text
    return cast("list[dict[str, Any]]", answer.data[name])


def lines(answer: Answer) -> list[str]:
    return answer.text.splitlines()


class TestCheck:
    """`check`."""

    def test_findings_of_a_file(self, ask: Call, tree: Path) -> None:
        write(tree, TIDES, BROKEN)
        answer = ask("check", paths=[TIDES])
        assert lines(answer) == [
            "Found 2 errors in 1 file",
            (
                f"{TIDES}:5:15: error[unknown-domain] unknown domain `knowlege`; did you mean `knowledge`? "
                "[unsafe fix: Change to `knowledge`]"
            ),
            (
                f"{TIDES}:11:57: error[server-ref-not-found] `resources_servers` instance `tide` not found in this "
                "run; did you mean `tides`? [unsafe fix: Change to `tides`]"
            ),
        ]
        assert [each["rule"] for each in items(answer, "findings")] == ["unknown-domain", "server-ref-not-found"]
        assert items(answer, "findings")[0]["range"]["start"] == {"line": 5, "column": 15}
        assert (answer.data["total"], answer.data["left_out"], answer.data["hidden"]) == (2, 0, 0)

    def test_nothing_is_found(self, ask: Call) -> None:
        answer = ask("check")
        assert answer.text == "No problems in 1 file"
        assert items(answer, "findings") == []

    def test_the_worst_come_first_and_the_rest_can_be_asked_for(self, ask: Call, tree: Path) -> None:
        write(tree, TIDES, UNSET)
        write(tree, "environments/zebra/config.yaml", BROKEN.replace("tides", "zebra"))
        answer = ask("check", limit=2)
        assert [each["severity"] for each in items(answer, "findings")] == ["error", "error"]
        assert lines(answer)[-1] == (
            "1 more findings; continue with `offset` 2, or narrow with `paths`, `select` or `severity`"
        )
        [last] = items(ask("check", limit=2, offset=2), "findings")
        assert last["rule"] == "misspelt-missing-marker"
        assert ask("check", offset=9).text == "error: `offset`: 9 is after the last of 3 results"

    def test_hidden_findings_are_counted(self, ask: Call, tree: Path) -> None:
        write(tree, TIDES, CLEAN.replace("name: policy_model", "name: judge"))
        write(tree, "environments/judge/config.yaml", "judge: {responses_api_models: {m: {entrypoint: app.py}}}\n")
        answer = ask("check", paths=[TIDES])
        assert lines(answer)[1:] == ["1 finding below `warning` hidden; `severity` `hint` shows it"]
        assert len(items(ask("check", paths=[TIDES], severity="hint"), "findings")) == 1

    def test_a_run(self, ask: Call, tree: Path) -> None:
        write(tree, TIDES, CLEAN.replace("name: policy_model", "name: judge"))
        answer = ask("check", config=[TIDES], overrides=["++tides.resources_servers.tides.domain=maths"])
        assert {each["rule"] for each in items(answer, "findings")} >= {"unknown-domain", "server-ref-not-found"}

    def test_by_name(self, ask: Call) -> None:
        assert ask("check", environment="tides").text.startswith("No problems in ")
        assert ask("check", environment=["tide"]).text.startswith("error: --environment tide: ")
        assert ask("check", environment=["tide"]).text.endswith("did you mean `tides`?")

    def test_selected_rules(self, ask: Call, tree: Path) -> None:
        write(tree, TIDES, BROKEN)
        assert len(items(ask("check", select=["unknown-domain"]), "findings")) == 1
        assert len(items(ask("check", ignore="unknown-domain"), "findings")) == 1
        assert ask("check", select=["unknown-domian"]).text == (
            "error: unknown rule `unknown-domian`; did you mean `unknown-domain`?"
        )

    def test_a_baseline_hides_what_it_records(self, ask: Call, tree: Path) -> None:
        write(tree, TIDES, UNSET)
        assert main(["--check", "--write-baseline", "known.json"]) == 0
        write(tree, TIDES, UNSET.replace("knowledge", "knowlege"))
        assert [each["rule"] for each in items(ask("check", baseline="known.json"), "findings")] == ["unknown-domain"]
        assert ask("check", baseline="absent.json").text.startswith("error: --baseline absent.json: file not found")
        assert "is outside of the workspace" in ask("check", baseline="../known.json").text

    def test_many_findings_are_bounded(self, ask: Call, tree: Path) -> None:
        fields = "".join(f"      field_{number}_{'x' * 200}: 1\n" for number in range(300))
        write(tree, "resources_servers/tides/app.py", _APP)
        write(tree, TIDES, CLEAN.replace("      domain: knowledge\n", f"      domain: knowledge\n{fields}"))
        answer = ask("check", limit=100, severity="hint")
        assert answer.data["total"] == 300
        assert len(json.dumps(answer.data)) < 2 * MOST_CHARACTERS
        assert len(answer.text) < 2 * MOST_CHARACTERS
        assert "more findings; continue with `offset`" in answer.text


_APP = """\
from nemo_gym.base_resources_server import BaseResourcesServerConfig, SimpleResourcesServer


class TidesConfig(BaseResourcesServerConfig):
    limit: int = 1


class TidesServer(SimpleResourcesServer):
    config: TidesConfig


TidesServer.run_webserver()
"""


class TestFix:
    """`fix`."""

    def test_a_diff_and_nothing_is_written(self, ask: Call, tree: Path) -> None:
        write(tree, TIDES, UNSET)
        answer = ask("fix")
        assert lines(answer)[0] == ("would fix 1 finding in 1 file; 0 left; nothing is written, `write` writes it")
        assert "-      api_key: ??\n+      api_key: ???" in answer.text
        assert (tree / TIDES).read_text() == UNSET
        assert answer.data["written"] is False

    def test_it_is_written_on_request(self, ask: Call, tree: Path) -> None:
        write(tree, TIDES, UNSET)
        answer = ask("fix", paths=[TIDES], write=True)
        assert lines(answer)[0] == "fixed 1 finding in 1 file; 0 left"
        assert (tree / TIDES).read_text() == FIXED
        assert (answer.data["written"], answer.data["files"]) == (True, [TIDES])

    def test_unsafe_fixes(self, ask: Call, tree: Path) -> None:
        write(tree, TIDES, BROKEN)
        answer = ask("fix")
        assert lines(answer) == [
            "nothing to fix; 2 findings left",
            "2 findings can be fixed with `unsafe`; review the diff",
        ]
        ask("fix", unsafe=True, write=True)
        assert (tree / TIDES).read_text() == CLEAN

    def test_secrets_are_masked_in_the_diff(self, ask: Call, tree: Path) -> None:
        write(tree, TIDES, UNSET.replace("      api_key: ??", "      token: kanari-willow-1\n      api_key: ??"))
        answer = ask("fix")
        assert "+      api_key: ???" in answer.text
        assert "kanari" not in answer.text + json.dumps(answer.data)

    def test_files_above_the_folder_are_not_fixed(self, tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """The root of the files can be above the folder of the server."""
        write(tree, TIDES, UNSET)
        write(tree, "environments/other/config.yaml", UNSET.replace("tides", "other"))
        write(tree, "gym-lsp.toml", "")
        monkeypatch.chdir(tree / "environments/tides")
        offered = offer_in(tree / "environments/tides")
        assert call(offered, "fix", {"write": True}).data["files"] == ["config.yaml"]
        assert (tree / "environments/other/config.yaml").read_text() == UNSET.replace("tides", "other")


class TestResolve:
    """`resolve`."""

    def test_values_with_their_places(self, ask: Call) -> None:
        answer = ask("resolve", config=TIDES, key="tides.resources_servers")
        assert lines(answer) == [
            f"# {TIDES}: 4 lines",
            f"  resources_servers:  # {TIDES}:2",
            f"    tides:  # {TIDES}:3",
            f"      entrypoint: app.py  # {TIDES}:4",
            f"      domain: knowledge  # {TIDES}:5",
        ]
        assert items(answer, "lines")[-1] == {
            "key": "tides.resources_servers.tides.domain",
            "line": "domain: knowledge",
            "source": f"{TIDES}:5",
        }

    def test_an_unknown_key(self, ask: Call) -> None:
        assert ask("resolve", config=TIDES, key="tides.resource_servers").text == (
            "error: key `resource_servers` not found in `tides`; did you mean `resources_servers`?"
        )

    def test_errors_are_counted(self, ask: Call, tree: Path) -> None:
        write(tree, TIDES, BROKEN)
        answer = ask("resolve", config=TIDES, provenance=False)
        assert lines(answer)[-1] == "this run has 2 errors; `check` shows them"

    def test_a_run_is_needed(self, ask: Call) -> None:
        assert ask("resolve").text == ("error: missing run; set `config`, `recipe`, or a name such as `environment`")
        assert ask("resolve", config="absent.yaml").text == "error: --config absent.yaml: not found in any search root"


class TestFind:
    """`find`."""

    def test_by_name(self, ask: Call) -> None:
        answer = ask("find", name="tides")
        assert lines(answer) == [
            "`tides`: 1 definition, 2 uses",
            f"{TIDES}:1:1: definition: tides:",
            f"{TIDES}:11:57: use: resources_server: {{type: resources_servers, name: tides}}",
            f"{TIDES}:3:5: use: tides:",
        ]
        assert [each["role"] for each in items(answer, "places")] == ["definition", "use", "use"]

    def test_a_name_that_comes_from_outside(self, ask: Call) -> None:
        answer = ask("find", name="policy_model")
        assert lines(answer)[0] == "`policy_model`: 0 definitions, 1 use"

    def test_an_implementation_has_a_class(self, ask: Call, tree: Path) -> None:
        write(tree, "resources_servers/tides/app.py", _APP)
        write(tree, TIDES, CLEAN.replace("  resources_servers:\n    tides:", "  resources_servers:\n    tides: # x"))
        answer = ask("find", name="tides")
        assert "resources_servers/tides/app.py:8:7: definition: class TidesServer(SimpleResourcesServer):" in lines(
            answer
        )

    def test_a_file(self, ask: Call, tree: Path) -> None:
        write(tree, INCLUDER, f"config_paths: [{TIDES}]\n")
        answer = ask("find", name=TIDES)
        assert lines(answer) == [
            f"`{TIDES}`: 0 definitions, 1 use",
            f"{INCLUDER}:1:16: use: config_paths: [{TIDES}]",
            f"1 config reaches it: {INCLUDER}",
        ]
        assert answer.data["reached_from"] == [INCLUDER]
        assert ask("find", name="environments/absent.yaml").text == "error: `environments/absent.yaml`: file not found"

    def test_at_a_place(self, ask: Call) -> None:
        answer = ask("find", path=TIDES, line=11, column=57)
        assert lines(answer)[1] == f"{TIDES}:1:1: definition: tides:"
        assert ask("find", path=TIDES, line=6, column=1).is_error
        assert ask("find", path="environments").text == "error: `path`: `environments` is a folder; name a file"

    def test_an_unknown_name(self, ask: Call) -> None:
        assert ask("find", name="tidess").text == (
            "error: `tidess` is not defined or used in this workspace; did you mean `tides`?"
        )
        assert ask("find").text == "error: set either `name`, or `path` with `line` and `column`"


class TestList:
    """`list`."""

    def test_components(self, ask: Call) -> None:
        answer = ask("list", kind="environments")
        assert lines(answer)[0] == "1 environments"
        [found] = items(answer, "components")
        assert (found["name"], found["domain"], found["config"]) == ("tides", "knowledge", TIDES)

    def test_nothing(self, ask: Call) -> None:
        assert ask("list", kind="agents").text.startswith("no agents found in ")
        assert ask("list", kind="environments", contains="zebra").text == "none of 1 environments contains `zebra`"


def test_explain(ask: Call) -> None:
    answer = ask("explain", rule="unknown-domain")
    assert answer.text.startswith("# unknown-domain\n\n")
    assert answer.data["severity"] == "error"
    assert "unknown-domain " in ask("explain").text


class TestDocuments:
    """The documents that can be read."""

    def test_the_page_of_a_rule(self, tree: Path) -> None:
        assert read(offer_in(tree), "gym-lsp:/rules/unknown-domain.md").startswith("# unknown-domain\n")

    def test_the_schema_in_parts(self, tree: Path) -> None:
        offered = offer_in(tree)
        whole = json.loads(read(offered, "gym-lsp:/schema"))
        address = whole["definitions"]["dataset"]["$comment"].partition("read ")[2]
        assert address == "gym-lsp:/schema/definitions/dataset"
        dataset = json.loads(read(offered, address))
        assert dataset["allOf"]

    def test_each_part_is_bounded_and_can_be_read(self, tree: Path) -> None:
        offered = offer_in(tree)
        pending, seen = ["gym-lsp:/schema"], set[str]()
        while pending and len(seen) < 40:
            uri = pending.pop()
            text = read(offered, uri)
            assert len(text) <= MOST_CHARACTERS
            seen.add(uri)
            pending += [part.partition('"')[0] for part in text.split("characters; read ")[1:]]
        assert len(seen) == 40

    @pytest.mark.parametrize(
        ("uri", "message"),
        [
            ("gym-lsp:/rules/unknown-domian.md", "unknown rule `unknown-domian`; did you mean `unknown-domain`?"),
            ("gym-lsp:/schema/absent", "`absent` is not in the schema at `/`"),
            ("file:///etc/passwd", "unknown document `file:///etc/passwd`"),
            ("", "unknown document ``"),
        ],
    )
    def test_unknown_documents(self, tree: Path, uri: str, message: str) -> None:
        with pytest.raises(ToolError) as raised:
            read(offer_in(tree), uri)
        assert str(raised.value).startswith(message)

    def test_templates_have_documents(self) -> None:
        assert [each.uri for each in (*documents.RESOURCES, *documents.TEMPLATES)] == [
            "gym-lsp:/schema",
            "gym-lsp:/rules/{rule}.md",
            "gym-lsp:/schema/{+path}",
        ]
