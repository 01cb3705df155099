"""``assistant explain``: what each link of the chain makes of a sentence, which one wins, and why."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from assistant.cli.options import ConfigFile

NOT_UNDERSTOOD = 1
"""Exit code of a sentence without a meaning."""


def explain(
    text: Annotated[list[str], typer.Argument(metavar="TEXT", help="What you would say, without the wake word.")],
    area: Annotated[str, typer.Option("--area", metavar="ROOM", help="The room it is said in.")] = "",
    plain: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False,
    config: ConfigFile = None,
) -> None:
    """Say why a sentence is understood as it is, or how far the grammar could follow it. Nothing is done.

    assistant explain "turn on the kitchn light"

    Ends with 0 when it has a meaning, 1 when it has none.
    """
    import asyncio

    found = asyncio.run(_explain(" ".join(text), area, config))
    typer.echo(json.dumps(found, indent=1)) if plain else _print(found)
    if not found["won"]:
        raise typer.Exit(NOT_UNDERSTOOD)


async def _explain(text: str, area: str, config: Path | None) -> dict[str, Any]:
    from assistant.cli.agent_access import open_access

    async with open_access(config, deaf=True) as access:
        return dict(await access.call("explain", text=text, area=area))


def _print(found: dict[str, Any]) -> None:
    from assistant.cli.output import columns, facts

    columns([_link(link, link["link"] == found["won"]) for link in found["links"]], ("LINK", "MEANING", "TIME", ""))
    for name, value in _weighed(found["links"]):
        typer.echo(f"\n{name}: {value}")
    candidates = found["candidates"]
    if candidates:
        typer.echo()
        facts(_why(candidates[0], found["ranks"]))
    if len(candidates) > 1:
        typer.echo("\nIt could also mean:")
        columns([(f"  {_meaning(other)}", other["template"]) for other in candidates[1:]])
    _print_following(found["followed"])
    if found["near"]:
        typer.echo("\nNear it:")
        for sentence in found["near"]:
            typer.echo(f"  {sentence}")
    _print_risk(found["risk"])


def _link(link: dict[str, Any], won: bool) -> tuple[str, str, str, str]:
    meaning = link["problem"] or ", then ".join(map(_meaning, link["meanings"])) or "-"
    notes = [*(["won"] if won else []), *(["asks first"] if link["meanings"] and not link["sure"] else [])]
    return link["link"], meaning, f"{link['milliseconds']:.1f} ms", ", ".join(notes)


def _meaning(candidate: dict[str, Any]) -> str:
    slots = ", ".join(f"{name}={value}" for name, value in candidate["slots"].items())
    return f"{candidate['skill']}.{candidate['intent']}({slots})"


def _weighed(links: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """What links that are not certain weighed."""
    told = []
    for link in links:
        weighed = link["weighed"]
        if weighed:
            guesses = ", ".join(f"{intent} {probability:.1%}" for intent, probability in weighed["guesses"])
            told.append((link["link"], f"{guesses}; certainty {weighed['certainty']:.2f}, asks from "
                                       f"{weighed['ask']:.2f}, sure from {weighed['sure']:.2f}"))
    return told


def _why(best: dict[str, Any], ranks: str) -> list[tuple[str, str]]:
    told = [("template", best["template"] or "-"), ("from", best["where"] or "-")]
    return [*told, *([("ranks first", ranks)] if ranks else [])]


def _print_following(followed: dict[str, Any] | None) -> None:
    if followed is None:
        return
    words, rest, expected = followed["words"], followed["rest"], followed["expected"]
    typer.echo(f"\nThe grammar follows: {words!r}" if words else "\nThe grammar follows none of its words.")
    more = followed["choices"] - len(expected)
    listed = ", ".join(expected) + (f" and {more} more" if more > 0 else "")
    typer.echo(f"then comes {rest!r}, and it expects: {listed}" if rest else f"and then expects: {listed}")


def _print_risk(risk: dict[str, Any] | None) -> None:
    if risk is None:
        return
    if not risk["asks"]:
        typer.echo("\nIt is done without a question.")
        return
    question = f" It asks: “{risk['question']}”" if risk["question"] else ""
    typer.echo(f"\nIt is risky{': ' + risk['reason'] if risk['reason'] else ''}.{question}")
