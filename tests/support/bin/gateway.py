#!/usr/bin/python3
"""gateway.py CERT KEY BACKEND: a TLS gateway that speaks HTTP/2 and HTTP/1.1, as real ones do.

Which of them is agreed on in the handshake (ALPN); the server prefers HTTP/2. Each request goes on,
in plain HTTP/1.1, to port BACKEND of 127.0.0.1 with a header "Via: 2 gateway" or "Via: 1.1 gateway",
so that the server behind can tell how it came. Prints its own port on a line; ends with its parent.
"""
import http.client
import socket
import ssl
import sys
import threading

import h2.config
import h2.connection
import h2.events

DROPPED = {"host", "connection", "content-length", "transfer-encoding", "via", "expect"}


def forward(port, version, method, target, headers, body):
    """The backend's status, headers and body."""
    back = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    passed = {k: v for k, v in headers if not k.startswith(":") and k.lower() not in DROPPED}
    passed["Via"] = version + " gateway"
    back.request(method, target, body=body, headers=passed)
    reply = back.getresponse()
    data = reply.read()
    kept = [(k.lower(), v) for k, v in reply.getheaders() if k.lower() not in DROPPED]
    back.close()
    return reply.status, kept, data


def serve_http2(sock, backend):
    conn = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))
    conn.initiate_connection()
    sock.sendall(conn.data_to_send())
    requests = {}
    while True:
        data = sock.recv(65536)
        if not data:
            return
        for event in conn.receive_data(data):
            if isinstance(event, h2.events.RequestReceived):
                headers = [(k.decode(), v.decode()) if isinstance(k, bytes) else (k, v)
                           for k, v in event.headers]
                requests[event.stream_id] = (headers, b"")
            elif isinstance(event, h2.events.DataReceived):
                headers, body = requests[event.stream_id]
                requests[event.stream_id] = (headers, body + event.data)
                conn.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
            elif isinstance(event, h2.events.StreamEnded):
                headers, body = requests.pop(event.stream_id)
                pseudo = dict(headers)
                status, kept, data = forward(backend, "2", pseudo[":method"], pseudo[":path"],
                                             headers, body)
                conn.send_headers(event.stream_id, [(":status", str(status))] + kept)
                conn.send_data(event.stream_id, data, end_stream=True)
        sock.sendall(conn.data_to_send())


def serve_http1(sock, backend):
    stream = sock.makefile("rb")
    while True:
        line = stream.readline().decode().split()
        if len(line) != 3:
            return
        headers, length = [], 0
        while (field := stream.readline().decode().strip()):
            name, value = field.split(":", 1)
            headers.append((name, value.strip()))
            if name.lower() == "content-length":
                length = int(value)
        status, kept, data = forward(backend, "1.1", line[0], line[1], headers, stream.read(length))
        head = "HTTP/1.1 %d -\r\n" % status
        head += "".join("%s: %s\r\n" % field for field in kept)
        sock.sendall((head + "Content-Length: %d\r\n\r\n" % len(data)).encode() + data)


def serve(raw, context, backend):
    try:
        with context.wrap_socket(raw, server_side=True) as sock:
            two = sock.selected_alpn_protocol() == "h2"
            (serve_http2 if two else serve_http1)(sock, backend)
    except (OSError, ssl.SSLError):
        pass  # the client went away, or did not like the certificate


def main():
    certificate, key, backend = sys.argv[1], sys.argv[2], int(sys.argv[3])
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    context.set_alpn_protocols(["h2", "http/1.1"])
    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)
    while True:
        raw, _ = listener.accept()
        threading.Thread(target=serve, args=(raw, context, backend), daemon=True).start()


main()
