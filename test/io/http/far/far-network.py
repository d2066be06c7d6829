"""A network in which every host is far away: python3 far-network.py ONE_WAY_SECONDS DEAD_ADDRESS

It needs a network namespace of its own, and root there. This machine is 10.77.0.1. A packet for 10.77.0.x comes back to this
machine, late, as if that host had sent it on, so that a server here answers for each of them. Packets for DEAD_ADDRESS are lost.
Prints "ready" when the network is up, and ends when standard input does.
"""
import fcntl
import heapq
import os
import select
import struct
import subprocess
import sys
import time

TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x0001, 0x1000
HERE = bytes([10, 77, 0, 1])
IP_SUM, TCP_SUM, SOURCE, TARGET, TCP = 10, 16, slice(12, 16), slice(16, 20), 6


def adjusted(checksum, old, new):
    """The Internet checksum of what has `new` in the place of `old` (RFC 1624)."""
    total = ~checksum & 0xFFFF
    for a, b in zip(struct.unpack("!4H", old), struct.unpack("!4H", new)):
        total += (~a & 0xFFFF) + b
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def sent_back(packet):
    """The packet as it comes back: from the other name of its target (x and x + 100 are one host) to this machine."""
    host = packet[TARGET]
    last = host[3] - 100 if host[3] > 100 else host[3] + 100
    back = bytearray(packet)
    back[SOURCE], back[TARGET] = host[:3] + bytes([last]), HERE
    old, new = packet[12:20], bytes(back[12:20])
    head = (packet[0] & 0x0F) * 4
    for at in [IP_SUM] + ([head + TCP_SUM] if packet[9] == TCP else []):
        (checksum,) = struct.unpack_from("!H", packet, at)
        struct.pack_into("!H", back, at, adjusted(checksum, old, new))
    return bytes(back)


def main(delay, dead):
    tun = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(tun, TUNSETIFF, struct.pack("16sH", b"far0", IFF_TUN | IFF_NO_PI))
    subprocess.run("ip link set lo up && ip address add 10.77.0.1/24 dev far0 && ip link set far0 up", shell=True, check=True)
    print("ready", flush=True)
    late = []
    while True:
        wait = max(0, late[0][0] - time.monotonic()) if late else None
        readable, _, _ = select.select([tun, sys.stdin], [], [], wait)
        if sys.stdin in readable and not os.read(0, 1):
            return
        if tun in readable:
            packet = os.read(tun, 65536)
            if packet[0] >> 4 == 4 and packet[TARGET] != dead:
                heapq.heappush(late, (time.monotonic() + delay, len(late), sent_back(packet)))
        while late and late[0][0] <= time.monotonic():
            os.write(tun, heapq.heappop(late)[2])


main(float(sys.argv[1]), bytes(int(part) for part in sys.argv[2].split(".")))
