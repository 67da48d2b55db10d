"""Encapsulated PostScript as an image, by Ghostscript where the machine has it.

PostScript is a program: it runs with Ghostscript's file access shut off (``-dSAFER``), under the limits of the
sandboxed child, for a bounded time, and what it may print is the pixels of one page.
"""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from threading import Timer

from PIL import Image

POSTSCRIPT = (b"%!PS", b"\xc5\xd0\xd3\xc6")
MAX_SECONDS = 10.0
_BOX = re.compile(
    rb"^%%BoundingBox:" + rb"\s*(-?\d+(?:\.\d+)?)" * 4 + rb"\s*$",
    re.MULTILINE,
)
_LETTER = (0.0, 0.0, 612.0, 792.0)


def draw_postscript(content: bytes, *, side: int, seconds: float) -> Image.Image:
    """The page that the bounding box cuts out, at most ``side`` pixels a side.

    Raises ValueError, in words that begin with "Ghostscript", where there is no Ghostscript, or it fails or takes more
    than ``seconds``.
    """
    program = shutil.which("gs")
    if program is None:
        raise ValueError("Ghostscript is not on this machine, so PostScript is not converted")
    left, low, right, high = _box(content)
    scale = min(3.0, side / max(right - left, high - low, 1.0))
    width, height = max(1, round((right - left) * scale)), max(1, round((high - low) * scale))
    command = [
        program, "-q", "-dSAFER", "-dBATCH", "-dNOPAUSE", "-dNOPROMPT", "-dTextAlphaBits=4", "-dGraphicsAlphaBits=4",
        "-sDEVICE=ppmraw", f"-r{72 * scale:.4f}", f"-g{width}x{height}", "-dMaxBitmap=400000000", "-sstdout=%stderr",
        "-sOutputFile=%stdout", "-c", f"<</Install {{{-left:.4f} {-low:.4f} translate}}>> setpagedevice", "-f", "-",
    ]  # fmt: skip
    output = _run(command, _page(content), most=width * height * 3 + 100, seconds=min(seconds, MAX_SECONDS))
    try:
        with Image.open(io.BytesIO(output)) as image:
            image.load()
            return image.copy()
    except (OSError, SyntaxError) as error:
        raise ValueError("Ghostscript could not draw it") from error


def _page(content: bytes) -> bytes:
    """The PostScript of a file that may have a preview before or after it (the binary head of DOS EPS files)."""
    if not content.startswith(b"\xc5\xd0\xd3\xc6"):
        return content
    start, length = (int.from_bytes(content[place : place + 4], "little") for place in (4, 8))
    return content[start : start + length]


def _box(content: bytes) -> tuple[float, float, float, float]:
    found = [tuple(map(float, match)) for match in _BOX.findall(_page(content))]
    left, low, right, high = found[-1] if found else _LETTER
    return (left, low, right, high) if 0 < right - left < 20_000 and 0 < high - low < 20_000 else _LETTER


def _run(command: list[str], content: bytes, *, most: int, seconds: float) -> bytes:
    """Its output, cut off at ``most`` bytes."""
    child = subprocess.Popen(  # noqa: S603 - the program found on PATH, in its safe mode
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={}
    )
    assert child.stdout is not None
    clock = Timer(max(0.1, seconds), child.kill)
    feeder = Timer(0, _feed, (child, content))
    clock.start()
    feeder.start()
    try:
        output = child.stdout.read(most)
        child.kill()
        if not output:
            raise ValueError("Ghostscript could not draw it in the time it may take")
        return output
    finally:
        clock.cancel()
        child.kill()
        child.wait()
        feeder.join()
        child.stdout.close()


def _feed(child: subprocess.Popen[bytes], content: bytes) -> None:
    try:
        assert child.stdin is not None
        with child.stdin as stream:
            stream.write(content)
    except OSError:  # it ended before it had read everything
        return
