# SPDX-License-Identifier: Apache-2.0
"""Reads what etc/templates renders to, each file as the program does that it is for.

Usage: read_examples.py FOLDER, with FOLDER/awkward (every printable character, in cn-hangzhou) and
FOLDER/ordinary (values as STS gives them out, no region). Exit status 1 where a value is another.
"""
import configparser
import re
import sys
import xml.etree.ElementTree
from pathlib import Path

PRINTABLE = "".join(map(chr, range(0x20, 0x7F)))
AWKWARD = (
    "STS." + PRINTABLE + ".",
    ":" + PRINTABLE[::-1] + "#",
    "CAIS;" + PRINTABLE + PRINTABLE + "=",
)
ORDINARY = ("STS.NTabc123", "AbC/123+_-", "CAIS+/abc-_.==")
EXPIRATION = "2017-11-01T06:00:00Z"
ENDPOINT = "oss-cn-hangzhou-internal.aliyuncs.com"


def ini(path, section, *names):
    parser = configparser.ConfigParser(interpolation=None)
    parser.read_string(path.read_text())
    return tuple(parser[section].get(name) for name in names)


def hadoop(path, *names):
    root = xml.etree.ElementTree.parse(path).getroot()
    found = {p.findtext("name"): p.findtext("value") for p in root.iter("property")}
    return tuple(found.get("fs.oss." + name) for name in names)


def unescape_java(text):
    """As java.util.Properties.load() does."""
    def one(match):
        what = match.group(1)
        if len(what) == 5:
            return chr(int(what[1:], 16))
        return {"t": "\t", "n": "\n", "r": "\r", "f": "\f"}.get(what, what)

    return re.sub(r"\\(u[0-9a-fA-F]{4}|.)", one, text)


def properties(path, *names):
    found = {}
    for line in re.split(r"\r\n|\r|\n", path.read_text()):
        line = line.lstrip(" \t\f")
        if not line or line[0] in "#!":
            continue
        assert not re.search(r"(?<!\\)(\\\\)*\\$", line), "a line that goes on in the next"
        # The key ends at a separator that is not escaped: white space, or one = or : in it.
        key = re.match(r"(?:\\.|[^\\ \t\f=:])*", line).group()
        value = re.sub(r"^[ \t\f]*[=:]?[ \t\f]*", "", line[len(key):], count=1)
        found[unescape_java(key)] = unescape_java(value)
    return tuple(found.get(name) for name in names)


def nginx(path):
    form = r'map "" \$oss_(\w+) \{ default "((?:[^"\\$]|\\.)*)"; \}'
    found = dict(re.fullmatch(form, line).groups() for line in path.read_text().splitlines())
    names = ("access_key_id", "access_key_secret", "security_token", "expiration")
    return tuple(found[name] for name in names)


failed = False


def expect(what, found, wanted):
    global failed
    if found != wanted:
        failed = True
        print(f"{what}: {found!r}\n  is not {wanted!r}", file=sys.stderr)


def check(folder, values, endpoint):
    url = endpoint and "https://" + endpoint
    bucket = endpoint and "%(bucket)s." + endpoint
    expect(
        "ossutil",
        ini(folder / "ossutilconfig", "Credentials",
            "accessKeyID", "accessKeySecret", "stsToken", "endpoint"),
        (*values, url),
    )
    expect(
        "s3cmd",
        ini(folder / "s3cfg", "default",
            "access_key", "secret_key", "access_token", "host_base", "host_bucket"),
        (*values, endpoint, bucket),
    )
    expect(
        "rclone",
        ini(folder / "rclone.conf", "oss",
            "access_key_id", "secret_access_key", "session_token", "endpoint", "type"),
        (*values, endpoint, "s3"),
    )
    expect(
        "Hadoop",
        hadoop(folder / "core-site.xml",
               "accessKeyId", "accessKeySecret", "securityToken", "endpoint"),
        (*values, endpoint),
    )
    expect(
        "Java",
        properties(folder / "credential.properties",
                   "accessKeyId", "accessKeySecret", "securityToken", "expiration"),
        (*values, EXPIRATION),
    )


root = Path(sys.argv[1])
check(root / "awkward", AWKWARD, ENDPOINT)
check(root / "ordinary", ORDINARY, None)
expect("nginx", nginx(root / "ordinary" / "nginx-oss.conf"), (*ORDINARY, EXPIRATION))
sys.exit(failed)
