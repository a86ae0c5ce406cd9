"""Takes mails on port 1025 and lists them as Mailpit does, at :8025/api/v1/messages."""

import asyncore
import json
import smtpd
import threading
from email import message_from_bytes
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

mails: list[dict] = []


class Catcher(smtpd.SMTPServer):
    def process_message(self, peer, mailfrom, rcpttos, data, **options):
        mail = message_from_bytes(data, policy=default)
        mails.append(
            {
                "ID": str(len(mails)),
                "Subject": str(mail["Subject"]),
                "To": [{"Address": address} for address in rcpttos],
            }
        )


class Api(BaseHTTPRequestHandler):
    def do_GET(self):
        is_list = self.path.startswith("/api/v1/messages")
        found = {"total": len(mails), "messages": mails} if is_list else {}
        body = json.dumps(found).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


catcher = Catcher(("0.0.0.0", 1025), None)  # noqa: S104
threading.Thread(target=asyncore.loop, daemon=True).start()
ThreadingHTTPServer(("0.0.0.0", 8025), Api).serve_forever()  # noqa: S104
