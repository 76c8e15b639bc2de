#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Reads the rendered formats with the parsers of those who use them: formats_check.py FOLDER

Each folder in it has the files, a credential of its own, and `expected`: the mount point, and the
id, secret and token, a line each. Prints what comes out otherwise; prints no value."""
import configparser
import json
import os
import re
import shlex
import subprocess
import sys

NAMES = ("ACCESS_KEY_ID", "ACCESS_KEY_SECRET")
VARIABLES = [
    *("ALIBABA_CLOUD_" + name for name in (*NAMES, "SECURITY_TOKEN")),
    *("OSS_" + name for name in (*NAMES, "SESSION_TOKEN")),
]


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def as_json(folder):
    answer = json.loads(read(folder + "/credentials.json"))
    assert answer["Code"] == "Success"
    return [answer["AccessKeyId"], answer["AccessKeySecret"], answer["SecurityToken"]]


def profile(folder, mount_point):
    config = json.loads(read(folder + "/config.json"))
    [default, follow] = config["profiles"]
    assert config["current"] == default["name"] == "default" and default["mode"] == "StsToken"
    assert follow["name"] == "follow" and follow["mode"] == "External"
    command = shlex.split(follow["process_command"])
    assert command == ["/usr/bin/cat", mount_point + "/external.json"], follow["process_command"]
    return [default["access_key_id"], default["access_key_secret"], default["sts_token"]]


def external(folder):
    answer = json.loads(read(folder + "/external.json"))
    assert answer["mode"] == "StsToken"
    return [answer["access_key_id"], answer["access_key_secret"], answer["sts_token"]]


def ini(folder):
    parser = configparser.ConfigParser()
    parser.read(folder + "/credentials")
    section = parser["default"]
    assert section["type"] == "sts"
    return [section["access_key_id"], section["access_key_secret"], section["security_token"]]


def by_shell(shell, folders):
    """The variables of each folder, in a shell that has no others."""
    values = " ".join(f'"${name}"' for name in VARIABLES)
    script = f'for f do (set -a; . "$f/env"; printf "%s\\n" {values}); done'
    printed = subprocess.run([shell, "-euc", script, shell, *folders], stdout=subprocess.PIPE,
                             env={"PATH": os.environ["PATH"]}, check=True, text=True).stdout
    lines = iter(printed.split("\n"))
    return [[next(lines) for _ in VARIABLES] for _ in folders]


def by_systemd(folder):
    """As parse_env_file_internal() in src/basic/env-file.c takes a line: quotes count where a value,
    or a part of one, begins."""
    variables = {}
    for line in read(folder + "/env").splitlines():
        name, rest = line.split("=", 1)
        value = ""
        while rest and rest[0] in "\"'":
            if rest[0] == "'":
                inside, rest = rest[1:].split("'", 1)
            else:
                inside, rest = re.fullmatch(r'"((?:\\.|[^"\\])*)"(.*)', rest).groups()
                inside = re.sub(r"\\(.)", lambda m: m[1] if m[1] in '"\\`$' else m[0], inside)
            value += inside
        value += re.sub(r"\\(.)", r"\1", rest.rstrip())
        variables[name] = value
    return [variables[name] for name in VARIABLES]


def by_ossfs(folder):
    """As ossfs 1 takes apart what credential_process=... prints (like s3fs what its role's URL
    answers): at commas, then a name, a colon, and what is between two quotes."""
    command = f"/usr/bin/cat {shlex.quote(folder)}/credentials.json"
    printed = subprocess.run(shlex.split(command), stdout=subprocess.PIPE, check=True, text=True)
    values = {}
    for part in printed.stdout.split(","):
        for name in ("AccessKeyId", "AccessKeySecret", "SecurityToken", "Expiration"):
            before, found, rest = part.partition(name)
            if found:
                values[name] = rest.partition(":")[2].split('"')[1]
                break
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", values.pop("Expiration"))
    return list(values.values())


def main():
    folders = sorted(entry.path for entry in os.scandir(sys.argv[1]))
    assert folders
    wrong = 0
    shells = {shell: by_shell(shell, folders) for shell in ("dash", "bash")}
    for number, folder in enumerate(folders):
        mount_point, *values = read(folder + "/expected").split("\n")[:-1]
        got = {
            "credentials.json": as_json(folder) * 2,
            "config.json": profile(folder, mount_point) * 2,
            "external.json": external(folder) * 2,
            "credentials": ini(folder) * 2,
            "env, by systemd": by_systemd(folder),
            **{"env, by " + shell: shells[shell][number] for shell in shells},
        }
        if not set("".join(values)) & set(',"'):  # it knows no escapes
            got["credentials.json, by ossfs"] = by_ossfs(folder) * 2
        for what, read_values in got.items():
            if what == "credentials":  # blanks at the ends are lost, as documented
                same = [v.strip() for v in read_values] == [v.strip() for v in values * 2]
            else:
                same = read_values == values * 2
            if not same:
                wrong += 1
                print(f"{folder}: {what}: not the values that went in")
    return 1 if wrong else 0


sys.exit(main())
