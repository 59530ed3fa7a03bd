"""Whether a program that was started serves already."""

import asyncio
import contextlib

PATIENCE = 2.0
"""Seconds that one question may take."""


async def answers_http(host: str, port: int, path: str) -> bool:
    """Does a web server answer this path with 200?"""
    with contextlib.suppress(OSError, TimeoutError):
        async with asyncio.timeout(PATIENCE):
            reader, writer = await asyncio.open_connection(host, port)
            try:
                writer.write(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
                status_line = await reader.readline()
                return status_line.split(b" ")[1:2] == [b"200"]
            finally:
                writer.close()
    return False


async def accepts_tcp(host: str, port: int) -> bool:
    """Does something accept connections here?"""
    with contextlib.suppress(OSError, TimeoutError):
        async with asyncio.timeout(PATIENCE):
            _, writer = await asyncio.open_connection(host, port)
            writer.close()
            return True
    return False
