"""The server on standard input and output. This is the only module that imports the SDK."""

from __future__ import annotations

from functools import partial
from typing import Any, TypeVar

import anyio
import anyio.to_thread
from anyio import CapacityLimiter
from mcp import types
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
from mcp.shared.exceptions import MCPError

from gym_lsp.mcp.calling import call, read, schema_of
from gym_lsp.mcp.offer import Offer, Tool, ToolError
from gym_lsp.project import NAME

T = TypeVar("T")


def serve(offer: Offer) -> None:
    """Serve a client until it closes standard input."""
    anyio.run(_serve, offer)


async def _serve(offer: Offer) -> None:
    server = make_server(offer)
    async with stdio_server() as (incoming, outgoing):
        await server.run(incoming, outgoing, server.create_initialization_options())


def make_server(offer: Offer) -> Server[Any]:
    """Return a server of the SDK for what is offered."""
    # One call at a time, in a thread, so that the server answers pings in the meantime.
    limiter = CapacityLimiter(1)

    async def call_tool(_: object, params: types.CallToolRequestParams) -> types.CallToolResult:
        work = partial(call, offer, params.name, params.arguments or {})
        answer = await anyio.to_thread.run_sync(work, limiter=limiter)
        content: list[types.ContentBlock] = [types.TextContent(text=answer.text)]
        return types.CallToolResult(content=content, structured_content=answer.data, is_error=answer.is_error)

    async def list_tools(_: object, params: object) -> types.ListToolsResult:
        return types.ListToolsResult(tools=list(map(_tool, offer.tools.values())))

    async def list_resources(_: object, params: object) -> types.ListResourcesResult:
        resources = [
            types.Resource(uri=each.uri, name=each.name, description=each.description, mime_type=each.mime_type)
            for each in offer.resources
        ]
        return types.ListResourcesResult(resources=resources)

    async def list_templates(_: object, params: object) -> types.ListResourceTemplatesResult:
        templates = [
            types.ResourceTemplate(
                uri_template=each.uri, name=each.name, description=each.description, mime_type=each.mime_type
            )
            for each in offer.templates
        ]
        return types.ListResourceTemplatesResult(resource_templates=templates)

    async def read_resource(_: object, params: types.ReadResourceRequestParams) -> types.ReadResourceResult:
        try:
            text = await anyio.to_thread.run_sync(partial(read, offer, params.uri), limiter=limiter)
        except ToolError as error:
            raise MCPError(types.INVALID_PARAMS, str(error)) from None
        return types.ReadResourceResult(contents=[types.TextResourceContents(uri=params.uri, text=text)])

    server = Server[Any](
        NAME,
        version=offer.version,
        instructions=offer.instructions,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
        on_list_resources=list_resources,
        on_list_resource_templates=list_templates,
        on_read_resource=read_resource,
    )
    # The SDK reports each request to OpenTelemetry, which could send it somewhere.
    server.middleware.clear()
    return server


def _tool(tool: Tool) -> types.Tool:
    annotations = types.ToolAnnotations(
        read_only_hint=not tool.writes, destructive_hint=tool.writes, idempotent_hint=True, open_world_hint=False
    )
    return types.Tool(
        name=tool.name,
        title=tool.title,
        description=tool.description,
        input_schema=schema_of(tool),
        annotations=annotations,
    )
