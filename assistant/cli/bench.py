"""``assistant bench X``: measures a component or the whole. Modules are found by name, loaded when they are run."""

from __future__ import annotations

import ast
import re
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperGroup

PACKAGE = "assistant.bench"


class Benches(TyperGroup):
    """A module of ``assistant.bench`` that defines a function ``bench`` is a command of its name."""

    def list_commands(self, ctx: Any) -> list[str]:
        return sorted(name.replace("_", "-") for name, path in _modules().items() if _bench(path) is not None)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        path = _modules().get(cmd_name.replace("-", "_"))
        if path is None or _bench(path) is None:
            return None
        single = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False, add_completion=False)
        module = import_module(f"{PACKAGE}.{path.stem}")
        single.command(cmd_name, help=_first_line(module.__doc__))(module.bench)
        return typer.main.get_command(single)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """List the benchmarks without loading them."""
        rows = [(name, _bench(_modules()[name.replace("-", "_")]) or "") for name in self.list_commands(ctx)]
        if rows:
            with formatter.section("Benchmarks"):
                formatter.write_dl(rows)


app = typer.Typer(
    cls=Benches, help="Measure a component or the whole.", no_args_is_help=True, rich_markup_mode=None
)


@app.callback()
def options() -> None:
    """Measure a component or the whole. Each takes --json FILE."""


def _modules() -> dict[str, Path]:
    spec = find_spec(PACKAGE)
    folders = list(spec.submodule_search_locations or []) if spec else []
    return {path.stem: path for folder in folders for path in Path(folder).glob("*.py") if path.stem[0] != "_"}


def _bench(path: Path) -> str | None:
    """First line of the module's docstring if it defines ``bench``; read, not run."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    if not any(isinstance(node, ast.FunctionDef) and node.name == "bench" for node in tree.body):
        return None
    return _first_line(ast.get_docstring(tree))


def _first_line(text: str | None) -> str:
    """First sentence of a docstring, without the command's own name in front."""
    paragraph = " ".join((text or "").split("\n\n")[0].split())
    return re.sub(r"^``bench [a-z-]+``: *", "", paragraph).split(". ")[0].rstrip(".")
