"""Local stand-ins for the robot services and a mail server: they check what a real one checks."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

SECRET = "SECabc123"
TOKEN = "token1234567"


@dataclass
class Service:
    """What the stand-in got, and how it shall answer next."""

    url: str = ""
    got: list[dict[str, Any]] = field(default_factory=list)
    answers: list[tuple[int, dict[str, Any]]] = field(default_factory=list)

    @property
    def texts(self) -> list[str]:
        return [g.get("text") or g.get("content") or {} for g in self.got]  # type: ignore[misc]


def _hmac(key: str, text: str) -> str:
    return base64.b64encode(hmac.new(key.encode(), text.encode(), hashlib.sha256).digest()).decode()


def judge(path: str, body: dict[str, Any], kind: str) -> dict[str, Any]:
    """Answer as the services do: status 200, and a number for what was wrong."""
    parts = urlsplit(path)
    query = {k: v[0] for k, v in parse_qs(parts.query).items()}
    if parts.path == "/cgi-bin/webhook/send":
        if query.get("key") != TOKEN:
            return {"errcode": 93000, "errmsg": "invalid webhook url"}
        if body["msgtype"] != "text" or len(body["text"]["content"].encode()) > 2048:
            return {"errcode": 40058, "errmsg": "invalid Request Parameter"}
        return {"errcode": 0, "errmsg": "ok"}
    if parts.path == "/robot/send":
        if query.get("access_token") != TOKEN:
            return {"errcode": 300005, "errmsg": "token is not exist"}
        stamp = query.get("timestamp", "0")
        right = _hmac(SECRET, f"{stamp}\n{SECRET}")
        if query.get("sign") != right or abs(int(stamp) / 1000 - time.time()) > 3600:
            return {"errcode": 310000, "errmsg": "sign not match"}
        assert body["msgtype"] == "text", body
        return {"errcode": 0, "errmsg": "ok"}
    if parts.path == f"/open-apis/bot/v2/hook/{TOKEN}":
        stamp = str(body.get("timestamp", "0"))
        if body.get("sign") != _hmac(f"{stamp}\n{SECRET}", ""):
            return {"code": 19021, "msg": "sign match fail or timestamp is not within one hour"}
        assert body["msg_type"] == "text", body
        return {"code": 0, "msg": "success", "data": {}}
    return {"code": 19001, "msg": "param invalid: incoming webhook access token invalid"}


@contextmanager
def robots() -> Iterator[Service]:
    """Run one server that plays all three services."""
    service = Service()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            service.got.append({"path": self.path, **body})
            if service.answers:
                status, said = service.answers.pop(0)
            else:
                status, said = 200, judge(self.path, body, "")
            raw = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    service.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()


@dataclass
class Mail:
    """A mail server and what it was given."""

    port: int = 0
    letters: list[tuple[str, str]] = field(default_factory=list)


@contextmanager
def mail() -> Iterator[Mail]:
    """Run a mail server that takes everything."""
    box = Mail()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"220 standin\r\n")
            to = ""
            while line := self.rfile.readline():
                word = line.decode().strip()
                if word.upper().startswith("RCPT TO:"):
                    to = word[8:].strip(" <>")
                if word.upper() == "DATA":
                    self.wfile.write(b"354 go on\r\n")
                    lines = []
                    while (part := self.rfile.readline()) != b".\r\n":
                        lines.append(part)
                    box.letters.append((to, b"".join(lines).decode()))
                self.wfile.write(b"221 bye\r\n" if word.upper() == "QUIT" else b"250 ok\r\n")
                if word.upper() == "QUIT":
                    return

    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    box.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield box
    finally:
        server.shutdown()
        server.server_close()
