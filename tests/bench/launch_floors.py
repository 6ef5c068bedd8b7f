"""What a launch is measured beside: a bare route, and PyLTI1p3 exactly as its own example uses it.

Both are served by the same gunicorn as the tool. What they need to know of the platform comes in one environment
variable, because the server's processes start from nothing.
"""

import json
import os
import sqlite3
import threading
import time
from typing import Any

import jwt
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from flask import Flask, redirect, request
from flask.typing import ResponseReturnValue
from pylti1p3.contrib.flask import FlaskMessageLaunch, FlaskOIDCLogin, FlaskRequest
from pylti1p3.tool_config import ToolConfDict

KNOWN = "BENCH_PLATFORM"


def bare() -> Flask:
    """The least that a launch can do: verify with a key that is at hand, write one nonce, go on."""
    known = json.loads(os.environ[KNOWN])
    key: Any = load_pem_public_key(known["public_pem"].encode())
    app, kept = Flask("bare"), threading.local()

    def connection() -> sqlite3.Connection:
        if not hasattr(kept, "connection"):
            kept.connection = sqlite3.connect(known["nonces"], timeout=30, isolation_level=None)
            kept.connection.execute("PRAGMA synchronous=NORMAL")
        opened: sqlite3.Connection = kept.connection
        return opened

    @app.post("/launch")
    def launch() -> ResponseReturnValue:
        claims = jwt.decode(
            request.form["id_token"], key, algorithms=["RS256"], audience=known["client_id"],
            issuer=known["near"]["issuer"], leeway=60,
        )  # fmt: skip
        database = connection()
        database.execute("BEGIN IMMEDIATE")
        database.execute("INSERT INTO nonce (nonce, at) VALUES (?, ?)", (claims["nonce"], time.time()))
        database.execute("COMMIT")
        return redirect("/", 303)

    return app


def make_nonces(place: str) -> None:
    """The bare route's only table, in the same journal mode as ours."""
    with sqlite3.connect(place) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("CREATE TABLE nonce (nonce TEXT PRIMARY KEY, at REAL NOT NULL)")
    database.close()


def stock() -> Flask:
    """PyLTI1p3's Flask flow with nothing replaced: session storage, and the key set fetched by its URL."""
    known = json.loads(os.environ[KNOWN])
    conf = ToolConfDict({known[place]["issuer"]: [_registration(known, place)] for place in ("near", "far")})
    app = Flask("stock")
    app.secret_key = "only for this benchmark"

    @app.post("/login")
    def login() -> ResponseReturnValue:
        answer: ResponseReturnValue = FlaskOIDCLogin(FlaskRequest(), conf).redirect(known["stock_launch"])
        return answer

    @app.post("/launch")
    def launch() -> ResponseReturnValue:
        FlaskMessageLaunch(FlaskRequest(), conf).get_launch_data()
        return redirect("/", 303)

    return app


def _registration(known: dict[str, Any], place: str) -> dict[str, Any]:
    return {
        "default": True,
        "client_id": known["client_id"],
        "auth_login_url": f"{known[place]['issuer']}/auth",
        "auth_token_url": f"{known[place]['issuer']}/token",
        "key_set_url": known[place]["jwks_url"],
        "deployment_ids": ["1"],
    }
