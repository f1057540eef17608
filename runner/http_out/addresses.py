"""Which addresses may be called: public ones, and of those inside what a target allows.

A name is resolved once and every address of the answer is judged; the connection then goes
to an address that was judged, so a second answer of the name server changes nothing.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Resolver = Callable[[str, int], Awaitable[Sequence[str]]]
"""Addresses of a host and port, best first."""

_NAT64 = ip_network("64:ff9b::/96")
_COMPATIBLE = ip_network("::/96")
_INNER = tuple(
    map(
        ip_network,
        (
            "192.0.0.0/24",  # protocols' own
            "fec0::/10",  # site-local, as private addresses were once
            "64:ff9b:1::/48",  # NAT64 of a network, which may lead inside of it
            "::ffff:0:0:0/96",  # IPv4 translated
            "5f00::/16",  # segment routing
            "3fff::/20",  # documentation
        ),
    )
)
"""Not public either: the library knows them in later versions, or takes them for public."""


class Forbidden(Exception):
    """An address that must not be called."""


class Allowance:
    """What a target may call beside public addresses."""

    def __init__(self, entries: Sequence[str] = ()) -> None:
        self.networks: list[IPv4Network | IPv6Network] = []
        self.hosts: set[str] = set()
        for entry in entries:
            try:
                self.networks.append(ip_network(entry, strict=False))
            except ValueError:
                self.hosts.add(entry.lower().rstrip("."))

    def check(self, host: str, addresses: Sequence[str]) -> Sequence[str]:
        """The addresses of a host, all of which may be called; Forbidden names one that may not."""
        named = host.lower().rstrip(".") in self.hosts
        for text in addresses:
            address = ip_address(text)
            if any(address in network for network in self.networks):
                continue
            for seen in _seen(address):
                if not _public(seen) and not (named and _inside(seen)):
                    where = text if text == host else f"{host} ({text})"
                    raise Forbidden(f"{where} is not public; a target allows it by `allow`")
        return addresses


def _public(address: Address) -> bool:
    return (
        address.is_global
        and not address.is_multicast
        and not any(address in network for network in _INNER)
    )


def _seen(address: Address) -> Iterator[Address]:
    """The address, or the IPv4 addresses that an IPv6 address stands for."""
    if isinstance(address, IPv4Address):
        yield address
        return
    inner: list[Address] = []
    if address.ipv4_mapped is not None:
        yield address.ipv4_mapped
        return
    if address.sixtofour is not None:
        inner.append(address.sixtofour)
    if address.teredo is not None:
        inner.extend(address.teredo)
    if address in _NAT64 or (address in _COMPATIBLE and int(address) > 0xFFFF):
        inner.append(IPv4Address(int(address) & 0xFFFFFFFF))
    if inner and address in _NAT64:
        yield from inner
        return
    yield address
    yield from inner


def _inside(address: Address) -> bool:
    """Addresses that a host named in `allow` may have: never link-local (cloud metadata)."""
    return not (
        address.is_link_local
        or address.is_multicast
        or address.is_unspecified
        or (address.is_reserved and not address.is_loopback)
    )
