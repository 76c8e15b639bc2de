// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/secret.h"
#include "fusefs/rendering.h"

namespace ramrolefs {

// A credential in the words of programs that read files of their own form. Each is text, and ends
// with a newline.
//
// Threads   any; they are functions of what they are given.
// Sources   credentials-go, -nodejs and -python, aliyun-cli, ossfs, systemd (src/basic/env-file.c).

/// credentials.json: what the metadata service answers. One member a line and plain strings, as
/// ossfs 1 takes it apart at commas, colons and quotes.
Secret credentials_json(const Rendering& of);

/// config.json, of the aliyun CLI and of SDKs (~/.aliyun): the profile `default` is the credential,
/// `follow` a command that prints external.json, which SDKs run again before it expires; it is
/// there where external.json is.
///
/// Without a region there is no region_id: so does the CLI write it, and goes on to its
/// environment.
///
/// A mount point with a blank, a quote or a backslash is quoted in the command, as POSIX shells
/// have it: newer SDKs know that, older ones split at each blank and can't `follow` there. In one
/// that is no UTF-8, which JSON can't say, nobody can; `default` works.
Secret config_json(const Rendering& of);

/// external.json: what a command of a profile of mode External prints.
Secret external_json(const Rendering& of);

/// credentials, an INI file (ALIBABA_CLOUD_CREDENTIALS_FILE), written for Python's configparser. No
/// quotes are known to all who read such files: a value with a quote, a % or a ; is read otherwise
/// by others, and blanks at its ends are lost. Those of real credentials hold none of these.
Secret credentials_ini(const Rendering& of);

/// env: variables, for `set -a; . FILE` in any shell, for EnvironmentFile= of systemd, and for
/// `docker --env-file`. What is more than letters, digits and +,-./:=@_% is in double quotes, which
/// shells and systemd read alike; docker takes no quotes, and is wrong about such a value.
Secret environment(const Rendering& of);

}  // namespace ramrolefs
