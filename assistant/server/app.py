"""The web application: the page, its files, pairing, and one WebSocket per tab."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from fastapi import FastAPI, Request, WebSocket
from fastapi.responses import FileResponse, JSONResponse, Response
from fastapi.staticfiles import StaticFiles
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError
from starlette.requests import HTTPConnection

from assistant.server.guard import Guard
from assistant.server.pairing import CODE_DIGITS, Pairing
from assistant.server.port import AgentPort
from assistant.server.settings import ServerSettings
from assistant.server.socket import UNPAIRED, Refused, Tabs, close

STATIC = Path(__file__).parent / "static"
COOKIE = "__Host-assistant"
"""The prefix makes browsers insist on Secure, Path=/ and no Domain."""
COOKIE_SECONDS = 365 * 24 * 3600


class Code(BaseModel):
    """The body of a pairing request."""

    model_config = ConfigDict(extra="forbid", strict=True)

    code: Annotated[str, StringConstraints(pattern=rf"^[0-9]{{{CODE_DIGITS}}}$")]


def create_app(agent: AgentPort, settings: ServerSettings | None = None) -> FastAPI:
    """The application for one agent.

    Args:
        agent: what the tabs talk to.
        settings: where it listens; the defaults keep it on this machine.

    Returns:
        The application; ``app.state.pairing`` is its ``Pairing`` where the server is open to the network, else None;
        ``app.state.tabs`` counts the open tabs.
    """
    settings = settings or ServerSettings()
    app = FastAPI(title="assistant", openapi_url=None, docs_url=None, redoc_url=None)
    app.state.settings = settings
    app.state.pairing = Pairing(settings.tokens) if settings.exposed else None
    app.state.tabs = Tabs(agent, settings)
    app.add_middleware(Guard, settings=settings)
    app.add_api_route("/", _page, methods=["GET", "HEAD"])
    app.add_api_route("/pair", _pair, methods=["POST"])
    app.add_api_websocket_route("/ws", _socket)
    app.mount("/static", StaticFiles(directory=STATIC))
    return app


def _may_talk(connection: HTTPConnection) -> bool:
    pairing: Pairing | None = connection.app.state.pairing
    return pairing is None or pairing.knows(connection.cookies.get(COOKIE, ""))


async def _page(request: Request) -> Response:
    return FileResponse(STATIC / ("index.html" if _may_talk(request) else "pair.html"))


async def _pair(request: Request) -> Response:
    pairing: Pairing | None = request.app.state.pairing
    if pairing is None:
        return JSONResponse({"reason": "No code is needed on this machine."}, 404)
    if (wait := round(pairing.wait())) > 0:
        return JSONResponse({"reason": f"Too many tries. Wait {wait} seconds."}, 429, {"Retry-After": str(wait)})
    try:
        code = Code.model_validate_json(await request.body()).code
    except ValidationError:
        return JSONResponse({"reason": f"The code has {CODE_DIGITS} digits."}, 422)
    token = pairing.pair(code)
    if token is None:
        return JSONResponse({"reason": "This is not the code."}, 403)
    response = JSONResponse({"reason": ""})
    response.set_cookie(COOKIE, token, COOKIE_SECONDS, path="/", secure=True, httponly=True, samesite="strict")
    return response


async def _socket(websocket: WebSocket) -> None:
    if _may_talk(websocket):
        await websocket.app.state.tabs.serve(websocket)
        return
    await websocket.accept()
    await close(websocket, Refused(UNPAIRED, "this browser is not paired"))
