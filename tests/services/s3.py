"""An S3 server of our own: Ceph's RADOS Gateway on one node that keeps everything in memory."""

import os
import subprocess
import sys
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import boto3
from botocore.config import Config

from lms.settings.storage_url import S3Store, storage_from_url
from tests.services.process import Missing, free_ports, listens, program, server

ACCESS_KEY, SECRET_KEY, BUCKET = "diklat", "diklat-secret", "diklat"

CONFIGURATION = """
[global]
fsid = {fsid}
mon host = [v2:127.0.0.1:{mon_v2}/0,v1:127.0.0.1:{mon_v1}/0]
public addr = 127.0.0.1
cluster addr = 127.0.0.1
keyring = {folder}/keyring
run dir = {folder}
admin socket = {folder}/$name.asok
pid file = {folder}/$name.pid
log file = {folder}/$name.log
mon data = {folder}/mon
mon data avail warn = 1
mon data avail crit = 0
mon allow pool size one = true
mon warn on pool no redundancy = false
mon max pg per osd = 2000
paxos propose interval = 0.05
paxos min wait = 0.01
auth allow insecure global id reclaim = false
osd data = {folder}/osd
osd objectstore = memstore
memstore device bytes = 8589934592
osd crush chooseleaf type = 0
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
osd pool default pg autoscale mode = off
rgw data = {folder}/rgw
rgw frontends = beast endpoint=127.0.0.1:{port}
rgw thread pool size = 32
rgw dynamic resharding = false
rgw run sync thread = false
"""


@contextmanager
def s3(folder: Path) -> Iterator[str]:
    """Run an S3 server with one bucket and give its ``STORAGE_URL``."""
    folder.mkdir()
    with ExitStack() as stack:
        try:
            port = stack.enter_context(_ceph(folder))
        except Missing as missing:
            sys.stderr.write(f"{missing} (ceph-osd and radosgw too). Using moto's S3 server instead.\n")
            port = stack.enter_context(_moto(folder))
        url = f"s3://{ACCESS_KEY}:{SECRET_KEY}@127.0.0.1:{port}/{BUCKET}?secure=0"
        make_bucket(url)
        yield url


def make_bucket(url: str) -> None:
    """Make the bucket that ``url`` (a ``STORAGE_URL``) names, unless it exists."""
    store = storage_from_url(url)
    assert isinstance(store, S3Store)
    client = boto3.client(
        "s3",
        endpoint_url=store.endpoint,
        aws_access_key_id=store.access_key,
        aws_secret_access_key=store.secret_key,
        region_name=store.region,
        config=Config(s3={"addressing_style": "path"}),
    )
    if store.bucket not in {bucket["Name"] for bucket in client.list_buckets()["Buckets"]}:
        client.create_bucket(Bucket=store.bucket)


@contextmanager
def _ceph(folder: Path) -> Iterator[int]:
    mon, osd, gateway, ceph, admin, monmaptool, authtool = (
        program(name, package)
        for name, package in (
            ("ceph-mon", "ceph-mon"),
            ("ceph-osd", "ceph-osd"),
            ("radosgw", "radosgw"),
            ("ceph", "ceph-common"),
            ("radosgw-admin", "radosgw"),
            ("monmaptool", "ceph-base"),
            ("ceph-authtool", "ceph-common"),
        )
    )
    fsid, osd_id = str(uuid.uuid4()), str(uuid.uuid4())
    mon_v2, mon_v1, port = free_ports(3)
    configuration = folder / "ceph.conf"
    configuration.write_text(
        CONFIGURATION.format(folder=folder, fsid=fsid, mon_v2=mon_v2, mon_v1=mon_v1, port=port), "utf-8"
    )
    for name in ("mon", "osd", "rgw"):
        (folder / name).mkdir()
    environment = {**os.environ, "CEPH_CONF": str(configuration)}

    def run(*command: str | Path, given: str | None = None) -> None:
        done = subprocess.run(
            command, input=given, env=environment, cwd=folder, text=True, capture_output=True, timeout=60
        )
        if done.returncode:
            raise RuntimeError(f"{command[0]} failed:\n{done.stdout[-1000:]}{done.stderr[-2000:]}")

    keyring, monmap = folder / "keyring", folder / "monmap"
    everything = ("--cap", "mon", "allow *", "--cap", "osd", "allow *")
    run(authtool, "--create-keyring", keyring, "--gen-key", "-n", "mon.", "--cap", "mon", "allow *")
    run(authtool, keyring, "--gen-key", "-n", "client.admin", *everything)
    run(authtool, keyring, "--gen-key", "-n", "osd.0", "--cap", "mon", "allow profile osd", "--cap", "osd", "allow *")
    run(monmaptool, "--create", "--fsid", fsid, "--addv", "a", f"[v2:127.0.0.1:{mon_v2},v1:127.0.0.1:{mon_v1}]", monmap)
    run(mon, "-c", configuration, "--mkfs", "-i", "a", "--monmap", monmap, "--keyring", keyring)
    with ExitStack() as stack:
        stack.enter_context(
            server([mon, "-c", configuration, "-i", "a", "-f"], log=folder / "mon.out", answers=lambda: listens(mon_v2))
        )
        run(ceph, "-c", configuration, "osd", "new", osd_id)
        run(ceph, "-c", configuration, "auth", "import", "-i", keyring)
        run(osd, "-c", configuration, "-i", "0", "--mkfs", "--osd-uuid", osd_id)
        stack.enter_context(
            server([osd, "-c", configuration, "-i", "0", "-f"], log=folder / "osd.out", answers=lambda: True)
        )
        keys = (f"--access-key={ACCESS_KEY}", f"--secret-key={SECRET_KEY}")
        run(admin, "-c", configuration, "user", "create", "--uid=diklat", "--display-name=Diklat", *keys)
        stack.enter_context(
            server(
                [gateway, "-c", configuration, "-n", "client.admin", "-k", keyring, "-f"],
                log=folder / "gateway.out",
                answers=lambda: _speaks_http(port),
            )
        )
        yield port


@contextmanager
def _moto(folder: Path) -> Iterator[int]:
    [port] = free_ports()
    try:
        command = [program("moto_server", "ceph-mon ceph-osd radosgw"), "-H", "127.0.0.1", "-p", str(port)]
    except Missing:
        command = ["uvx", "--from", "moto[server]", "moto_server", "-H", "127.0.0.1", "-p", str(port)]
        program("uvx", "ceph-mon ceph-osd radosgw")
    with server(command, log=folder / "moto.out", answers=lambda: _speaks_http(port), seconds=180):
        yield port


def _speaks_http(port: int) -> bool:
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=2)
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True
