"""A stand-in for the ASP.NET Core program: it answers what `docs/benchmarks.md` says that the program answers."""

import os
import re
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import urlsplit

TOKEN = "the token"
ANSWERS = {"GET": re.compile(r"/orders/(\d+)"), "POST": re.compile(r"/orders/(\d+)/ship")}


class Handler(BaseHTTPRequestHandler):
    """Checks the token and the number of the order."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer(ANSWERS["GET"])

    def do_POST(self) -> None:
        self._answer(ANSWERS["POST"])

    def _answer(self, known: re.Pattern[str]) -> None:
        if self.path.startswith("/token?"):
            self._send(200, TOKEN)
        elif self.headers["Authorization"] != f"Bearer {TOKEN}":
            self._send(401, "no token")
        elif (found := known.fullmatch(self.path)) is None or (self.command == "GET" and int(found[1]) > 1000):
            self._send(404, "no such order")
        else:
            self._send(200, "{}")

    def _send(self, status: int, content: str) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content.encode())


if __name__ == "__main__":
    port = urlsplit(os.environ["ASPNETCORE_URLS"]).port
    HTTPServer(("127.0.0.1", port or 0), Handler).serve_forever()
