# attack: TCP, UDP, Unix and raw sockets, and a name look-up
# expect: not passed
# exercise: spiral-classifier
# base: starter
# place: before

import socket

for family, kind, address in (
    (socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 22)),
    (socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", 53)),
    (socket.AF_INET6, socket.SOCK_STREAM, ("::1", 80)),
    (socket.AF_UNIX, socket.SOCK_STREAM, "/var/run/docker.sock"),
    (socket.AF_UNIX, socket.SOCK_STREAM, "\0/tmp/.X11-unix/X0"),
    (socket.AF_INET, socket.SOCK_RAW, ("127.0.0.1", 1)),
):
    try:
        with socket.socket(family, kind) as connection:
            connection.settimeout(1)
            connection.connect(address)
            connection.send(b"hello")
            print("REACHED", address)
    except OSError as refused:
        print(address, refused)
try:
    print(socket.getaddrinfo("example.org", 80))
except OSError as refused:
    print(refused)
