"""Archives: what goes in comes out, the same bytes each time, and hostile ones are refused cheaply."""

from __future__ import annotations

import gzip
import io
import random
import stat
import tarfile
import zipfile
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registry.ara.archives import HUB_LIMITS, Limits, read_archive, write_tar_gz, write_zip
from registry.ara.archives.members import is_passed_over
from registry.ara.artifact import Artifact
from registry.errors import InvalidArtifact

SMALL = Limits(
    members=20, file_bytes=50_000, total_bytes=100_000, depth=5, ratio=50, ratio_floor_bytes=20_000, path_bytes=300
)
_SEGMENT = st.text(
    st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="/\\:"), min_size=1, max_size=12
).filter(lambda segment: segment.strip(".") and not is_passed_over(segment) and segment != ".ara_env")
_PATHS = st.lists(_SEGMENT, min_size=1, max_size=4).map("/".join)
_FILES = st.dictionaries(_PATHS, st.binary(max_size=1500), min_size=1, max_size=8)


def tar(*entries: tarfile.TarInfo | tuple[str, bytes], fmt: int = tarfile.PAX_FORMAT) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=fmt) as archive:
        for entry in entries:
            if isinstance(entry, tarfile.TarInfo):
                archive.addfile(entry)
            else:
                info = tarfile.TarInfo(entry[0])
                info.size = len(entry[1])
                archive.addfile(info, io.BytesIO(entry[1]))
    return packed.getvalue()


def special(name: str, kind: bytes, link: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, link
    return info


def zipped(*entries: tuple[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return packed.getvalue()


@pytest.mark.parametrize("write", [write_tar_gz, write_zip])
def test_a_written_artifact_reads_back_to_the_same_digest(
    complete: dict[str, bytes], write: Callable[[Artifact], bytes]
) -> None:
    artifact = Artifact(complete)
    back = read_archive(write(artifact))
    assert back.digest == artifact.digest
    assert back.files == artifact.files


@pytest.mark.parametrize("write", [write_tar_gz, write_zip])
def test_the_same_members_make_the_same_bytes_in_any_order(
    complete: dict[str, bytes], write: Callable[[Artifact], bytes]
) -> None:
    backwards = dict(reversed(complete.items()))
    assert write(Artifact(complete)) == write(Artifact(backwards))


def test_other_tools_read_our_tar_and_find_no_trace_of_the_machine(complete: dict[str, bytes]) -> None:
    long = {"a" * 90 + "/" + "b" * 90: b"prefix", "c" * 120 + "/" + "d" * 120: b"pax", "é.md": b"utf-8", "empty": b""}
    packed = write_tar_gz(Artifact({**complete, **long}))
    with tarfile.open(fileobj=io.BytesIO(packed), mode="r:gz") as archive:
        entries = archive.getmembers()
        contents = {entry.name: archive.extractfile(entry).read() for entry in entries}  # type: ignore[union-attr]
    assert contents == {**complete, **long}
    assert {(one.uid, one.gid, one.uname, one.gname, one.mode, one.mtime) for one in entries} == {
        (0, 0, "", "", 0o644, 315532800)
    }
    assert packed[4:10] == b"\x00\x00\x00\x00\x00\xff"


def test_other_tools_read_our_zip(complete: dict[str, bytes]) -> None:
    with zipfile.ZipFile(io.BytesIO(write_zip(Artifact(complete)))) as archive:
        assert archive.testzip() is None
        assert sorted(archive.namelist()) == sorted(complete)


@given(files=_FILES)
def test_any_members_we_accept_survive_both_archives(files: dict[str, bytes]) -> None:
    try:
        artifact = read_archive(write_tar_gz(Artifact(files)))
    except InvalidArtifact:
        with pytest.raises(InvalidArtifact):
            read_archive(write_zip(Artifact(files)))
        return
    assert read_archive(write_zip(artifact)).digest == artifact.digest == Artifact(files).digest


def test_every_plain_form_is_read(complete: dict[str, bytes]) -> None:
    wanted = Artifact(complete).digest
    plain = gzip.decompress(write_tar_gz(Artifact(complete)))
    assert read_archive(plain).digest == wanted
    assert read_archive(io.BytesIO(plain)).digest == wanted
    dotted = tar(*((f"./{path}", content) for path, content in complete.items()))
    assert read_archive(dotted).digest == wanted
    old_format = tar(*complete.items(), fmt=tarfile.GNU_FORMAT)
    assert read_archive(gzip.compress(old_format)).digest == wanted


def test_a_folder_wrapped_round_the_artifact_is_taken_off(complete: dict[str, bytes]) -> None:
    wrapped = tar(*((f"repo-main/{path}", content) for path, content in complete.items()))
    assert read_archive(wrapped).digest == Artifact(complete).digest
    kept = read_archive(tar(("notes/a.md", b"a"), ("notes/b.md", b"b")))
    assert sorted(kept.files) == ["notes/a.md", "notes/b.md"]


def test_version_control_and_private_files_do_not_travel() -> None:
    read = read_archive(
        tar(("PAPER.md", b"a"), (".git/config", b"b"), (".ara_env", b"c"), (".gitignore", b".ara_env\n"))
    )
    assert list(read.files) == ["PAPER.md"]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("../up.md", "climbs out"),
        ("a/../../up.md", "climbs out"),
        ("/etc/passwd", "absolute"),
        ("C:/windows.md", "drive letter"),
        ("c:relative.md", "drive letter"),
        ("a\\b.md", "backslash"),
        ("a//b.md", "empty or '.' segment"),
        ("a/./b.md", "empty or '.' segment"),
        ("a/b\x1bc.md", "control character"),
        ("a/new\nline.md", "control character"),
        ("s" * 256, "longer than 255 bytes"),
        ("é" * 128, "longer than 255 bytes"),
        ("/".join("abcdef"), "folders deep"),
        ("/".join(["x" * 99] * 4), "longer than 300 bytes"),
    ],
)
def test_hostile_names_are_refused_with_their_reason(name: str, reason: str) -> None:
    with pytest.raises(InvalidArtifact, match=reason):
        read_archive(tar((name, b"x")), SMALL)
    with pytest.raises(InvalidArtifact, match=reason):
        read_archive(zipped((name, b"x")), SMALL)


@pytest.mark.parametrize(
    ("names", "reason"),
    [
        (("a.md", "a.md"), "appears twice"),
        (("A.md", "a.md"), "one name on some systems"),
        (("straße.md", "STRASSE.md"), "one name on some systems"),
        (("caf\u00e9.md", "cafe\u0301.md"), "one name on some systems"),
        (("Logic/a.md", "logic/b.md"), "one name on some systems"),
        (("a", "a/b"), "both a file and a folder"),
        (("a/b", "a"), "both a file and a folder"),
    ],
)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_names_that_collide_are_refused(names: tuple[str, str], reason: str) -> None:
    entries = [(name, name.encode()) for name in names]
    with pytest.raises(InvalidArtifact, match=reason):
        read_archive(tar(*entries))
    with pytest.raises(InvalidArtifact, match=reason):
        read_archive(zipped(*entries))


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        (tarfile.SYMTYPE, "a link"),
        (tarfile.LNKTYPE, "a link"),
        (tarfile.CHRTYPE, "a device"),
        (tarfile.BLKTYPE, "a device"),
        (tarfile.FIFOTYPE, "a device file or pipe"),
        (b"Z", "unknown kind"),
    ],
)
def test_links_devices_and_pipes_in_a_tar_are_refused(kind: bytes, reason: str) -> None:
    with pytest.raises(InvalidArtifact, match=reason):
        read_archive(tar(("PAPER.md", b"x"), special("evil", kind, "/etc/passwd")))


@pytest.mark.parametrize(("mode", "reason"), [(stat.S_IFLNK, "a link"), (stat.S_IFCHR, "a device")])
def test_links_and_devices_in_a_zip_are_refused(mode: int, reason: str) -> None:
    entry = zipfile.ZipInfo("evil")
    entry.create_system = 3
    entry.external_attr = (mode | 0o777) << 16
    with pytest.raises(InvalidArtifact, match=reason):
        read_archive(zipped((entry, b"/etc/passwd")))


def test_names_that_are_not_utf8_are_refused() -> None:
    raw = tar(("abcd.md", b"x"), fmt=tarfile.USTAR_FORMAT)
    header = bytearray(raw[:512])
    header[0:4] = b"\xff\xfe\xfdd"
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\x00 " % sum(header)
    with pytest.raises(InvalidArtifact, match="UTF-8"):
        read_archive(bytes(header) + raw[512:])
    with pytest.raises(InvalidArtifact, match="UTF-8"):
        read_archive(zipped(("abcd.md", b"x")).replace(b"abcd.md", b"\xffbcd.md"))


def test_a_zip_that_stores_utf8_without_saying_so_is_read() -> None:
    packed = zipped(("abc.md", b"x")).replace(b"abc.md", "é".encode() + b"b.md"[0:4])
    assert list(read_archive(packed).files) == ["éb.md"]


def test_nul_in_a_zip_name_is_refused_not_cut() -> None:
    with pytest.raises(InvalidArtifact, match="NUL"):
        read_archive(zipped(("ab.md.exe", b"x")).replace(b"ab.md.exe", b"ab.md\x00exe"))


def test_encrypted_and_oddly_packed_zips_are_refused() -> None:
    plain = bytearray(zipped(("a.md", b"x" * 40)))
    plain[plain.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(InvalidArtifact, match="encrypted"):
        read_archive(bytes(plain))
    with pytest.raises(InvalidArtifact, match="unusual method"):
        read_archive(zipped(("a.md", b"x" * 40), method=zipfile.ZIP_LZMA))


def test_too_many_members_are_refused_even_if_they_are_only_folders() -> None:
    folders = [special(f"d{number}", tarfile.DIRTYPE) for number in range(30)]
    with pytest.raises(InvalidArtifact, match="more than 20 members"):
        read_archive(tar(*folders), SMALL)
    with pytest.raises(InvalidArtifact, match="more than 20 members"):
        read_archive(zipped(*((f"f{number}", b"") for number in range(30))), SMALL)


def test_a_zip_whose_directory_alone_is_a_bomb_is_refused_before_it_is_parsed() -> None:
    many = zipped(*((f"{number:06}", b"") for number in range(40_000)), method=zipfile.ZIP_STORED)
    with pytest.raises(InvalidArtifact, match="more members than"):
        read_archive(many, Limits(members=20))


@pytest.mark.parametrize("pack", [tar, lambda *entries: gzip.compress(tar(*entries)), zipped])
def test_large_files_and_large_sums_are_refused(pack: Callable[..., bytes]) -> None:
    noise = random.Random(1).randbytes(51_200)
    with pytest.raises(InvalidArtifact, match="larger than 50000 bytes"):
        read_archive(pack(("big", noise)), SMALL)
    with pytest.raises(InvalidArtifact, match="files together"):
        read_archive(pack(*((f"f{number}", noise[:40_000]) for number in range(3))), SMALL)


def test_a_gzip_bomb_ends_at_its_ratio_not_at_its_size() -> None:
    bomb = gzip.compress(tar(*((f"f{number}", bytes(40_000)) for number in range(2))))
    with pytest.raises(InvalidArtifact, match="times its size"):
        read_archive(bomb, SMALL)


def test_a_zip_bomb_ends_at_its_ratio() -> None:
    bomb = zipped(*((f"f{number}", bytes(40_000)) for number in range(2)))
    with pytest.raises(InvalidArtifact, match="times its size"):
        read_archive(bomb, SMALL)


def test_a_gzip_that_never_ends_is_cut_at_the_limit() -> None:
    class Endless(io.RawIOBase):
        def __init__(self) -> None:
            self.given = 0
            self.pattern = gzip.compress(bytes(1_000_000), 1)

        def read(self, size: int = -1) -> bytes:
            self.given += len(self.pattern)
            return self.pattern

    stream = Endless()
    with pytest.raises(InvalidArtifact):
        read_archive(stream, SMALL)  # type: ignore[arg-type]
    assert stream.given < 2_000_000


def test_a_header_that_claims_gigabytes_is_refused_without_reading_them() -> None:
    info = tarfile.TarInfo("a.md")
    info.size = 8 * 1024**3
    with pytest.raises(InvalidArtifact, match="larger than"):
        read_archive(info.tobuf())
    pax = tarfile.TarInfo("pax")
    pax.type, pax.size = tarfile.XHDTYPE, 8 * 1024**3
    with pytest.raises(InvalidArtifact):
        read_archive(pax.tobuf(tarfile.USTAR_FORMAT | tarfile.GNU_FORMAT))


def test_a_huge_extension_header_is_refused_before_it_is_parsed() -> None:
    records = b"6 a=b\n" * 20_000
    header = tarfile.TarInfo("pax")
    header.type, header.size = tarfile.XHDTYPE, len(records)
    packed = header.tobuf(tarfile.USTAR_FORMAT) + records.ljust(-(-len(records) // 512) * 512, b"\x00")
    with pytest.raises(InvalidArtifact, match="extension header"):
        read_archive(packed + tar(("a.md", b"x")))


@pytest.mark.parametrize(
    "headers",
    [
        {"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.name": "a.md", "GNU.sparse.realsize": "9"},
        {"GNU.sparse.map": "0,9", "GNU.sparse.size": "9"},
        {"GNU.sparse.size": "9", "GNU.sparse.numblocks": "1", "GNU.sparse.offset": "0", "GNU.sparse.numbytes": "9"},
    ],
)
def test_sparse_files_are_refused_before_their_map_is_read(headers: dict[str, str]) -> None:
    info = tarfile.TarInfo("a.md")
    info.pax_headers = headers
    info.size = 600
    with pytest.raises(InvalidArtifact, match="sparse"):
        read_archive(info.tobuf(tarfile.PAX_FORMAT) + b"1" * 1024 + bytes(1024))
    old = special("a.md", tarfile.GNUTYPE_SPARSE)
    with pytest.raises(InvalidArtifact, match="sparse"):
        read_archive(tar(old))


def test_chained_extension_headers_do_not_exhaust_the_stack() -> None:
    link = tarfile.TarInfo("././@LongLink")
    link.type, link.size = tarfile.GNUTYPE_LONGNAME, 2
    block = link.tobuf(tarfile.GNU_FORMAT) + b"a\x00".ljust(512, b"\x00")
    with pytest.raises(InvalidArtifact):
        read_archive(block * 5000)


@pytest.mark.parametrize("cut", [1, 600, 4000])
def test_truncated_archives_are_refused(complete: dict[str, bytes], cut: int) -> None:
    for packed in (write_tar_gz(Artifact(complete)), write_zip(Artifact(complete))):
        with pytest.raises(InvalidArtifact):
            read_archive(packed[:-cut])


def test_a_flipped_bit_is_noticed(complete: dict[str, bytes]) -> None:
    packed = bytearray(write_tar_gz(Artifact(complete)))
    packed[-6] ^= 1
    with pytest.raises(InvalidArtifact):
        read_archive(bytes(packed))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "no .tar"),
        (b"hello", "no .tar"),
        (gzip.compress(b"hello"), "no .tar"),
        (b"\xfd7zXZ\x00", "xz"),
        (b"BZh9", "bzip2"),
        (b"\x28\xb5\x2f\xfd", "zstd"),
        (b"PK\x03\x04", "cannot be read"),
    ],
)
def test_what_is_no_archive_is_said_to_be_none(content: bytes, reason: str) -> None:
    with pytest.raises(InvalidArtifact, match=reason):
        read_archive(content)


@given(content=st.binary(max_size=3000))
def test_arbitrary_bytes_are_refused_and_never_crash(content: bytes) -> None:
    for head in (b"", b"\x1f\x8b\x08\x00", b"PK\x03\x04", b"PK\x05\x06"):
        with pytest.raises(InvalidArtifact):
            read_archive(head + content)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(data=st.data())
def test_damaged_archives_are_read_or_refused_and_never_crash(complete: dict[str, bytes], data: st.DataObject) -> None:
    artifact = Artifact(complete)
    form = data.draw(st.sampled_from(["tar", "tar.gz", "zip"]))
    packed = bytearray(write_zip(artifact) if form == "zip" else write_tar_gz(artifact))
    if form == "tar":
        packed = bytearray(gzip.decompress(bytes(packed)))
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(packed) - 1))
        packed[at] = data.draw(st.integers(0, 255))
    try:
        read_archive(bytes(packed), HUB_LIMITS)
    except InvalidArtifact:
        return
