"""The whole server in a process of its own, with the SDK's own client."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp import Client, types
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.shared.exceptions import MCPError

from gym_lsp import __version__
from gym_lsp.cli import main
from tests.cli.conftest import BROKEN, ROOT, TIDES, write

START = ["-P", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); from gym_lsp.cli import run; run()", "--mcp"]


def text_of(result: types.CallToolResult) -> str:
    [block] = result.content
    assert isinstance(block, types.TextContent)
    return block.text


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_a_session(tree: Path, mode: str) -> None:
    write(tree, TIDES, BROKEN)
    parameters = StdioServerParameters(command=sys.executable, args=START, cwd=tree)

    async def session() -> None:
        async with Client(stdio_client(parameters), mode=mode) as client:
            assert client.server_info is not None
            assert client.server_info.version == __version__
            assert "call `check` with its path" in (client.instructions or "")
            tools = {tool.name: tool for tool in (await client.list_tools()).tools}
            assert sorted(tools) == ["check", "explain", "find", "fix", "list", "resolve"]
            assert [name for name, tool in tools.items() if not _only_reads(tool)] == ["fix"]
            checked = await client.call_tool("check", {"paths": [TIDES]})
            assert not checked.is_error
            assert text_of(checked).startswith("Found 2 errors in 1 file\n")
            assert checked.structured_content["summary"]["errors"] == 2
            wrong = await client.call_tool("check", {"paths": ["../outside.yaml"]})
            assert wrong.is_error
            assert "is outside of the workspace" in text_of(wrong)
            fixed = await client.call_tool("fix", {"unsafe": True, "write": True})
            assert text_of(fixed).startswith("fixed 2 findings in 1 file; 0 left\n")
            # The server reads the files again for each call.
            assert text_of(await client.call_tool("check", {})) == "No problems in 1 file"
            [resource] = (await client.list_resources()).resources
            assert (await client.read_resource(resource.uri)).contents
            templates = (await client.list_resource_templates()).resource_templates
            assert [each.uri_template for each in templates] == ["gym-lsp:/rules/{rule}.md", "gym-lsp:/schema/{+path}"]
            with pytest.raises(MCPError, match="unknown rule `nothing`"):
                await client.read_resource("gym-lsp:/rules/nothing.md")

    anyio.run(session)


def _only_reads(tool: types.Tool) -> bool:
    return bool(tool.annotations and tool.annotations.read_only_hint)


def test_it_ends_with_its_input(tree: Path) -> None:
    done = subprocess.run(
        [sys.executable, *START, "environments"], cwd=tree, stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["absent"], "gym-lsp: --mcp absent: folder not found\n"),
        (["a", "b"], "gym-lsp: `--mcp` serves one folder; remove the other paths\n"),
        (["--check"], "gym-lsp: `--check` and `--mcp` cannot be used together\n"),
        (["--fix"], "gym-lsp: `--fix` can only be used with `--check`\n"),
    ],
)
def test_wrong_command_lines(
    tree: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    try:
        code: Any = main(["--mcp", *arguments])
    except SystemExit as end:
        code = end.code
    assert code == 2
    assert capsys.readouterr().err.startswith(message)


def test_without_the_extra(tree: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def find_spec(_: str) -> None:
        return None

    monkeypatch.setattr("gym_lsp.cli.serving_agents.find_spec", find_spec)
    assert main(["--mcp"]) == 2
    assert capsys.readouterr().err == (
        'gym-lsp: `--mcp` needs the package mcp, which is not installed; run `pip install "mcp>=2,<3"`\n'
    )


def test_a_check_does_not_import_it(tree: Path) -> None:
    code = (
        "import sys; from gym_lsp.cli import main; main(['--check']); "
        "print([name for name in sys.modules if name.startswith(('mcp', 'anyio', 'gym_lsp.mcp', 'gym_lsp.cli.tools'))])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tree,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "No problems in 1 file\n[]\n"
