"""A server of tools: over its standard input and output, or with a port over HTTP."""

import os
import sys
import time

from mcp.server.mcpserver import MCPServer

server = MCPServer("demo")


@server.tool()
def add(a: int, b: int) -> str:
    """Adds two numbers."""
    return str(a + b)


@server.tool()
def hidden() -> str:
    """Is not allowed."""
    return "hidden"


@server.tool()
def slow() -> str:
    """Takes its time."""
    time.sleep(30)
    return "at last"


@server.tool()
def flood() -> str:
    """Says a lot."""
    return "word " * 100_000


@server.tool()
def secret() -> str:
    """Tells what it was given."""
    return os.environ.get("TINY_KEY", "nothing")


@server.tool()
def die() -> str:
    """Ends the program."""
    os._exit(1)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        server.run("streamable-http", port=int(sys.argv[1]))
    else:
        server.run("stdio")
