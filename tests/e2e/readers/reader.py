# SPDX-License-Identifier: Apache-2.0
"""Reads the three values again and again, as programs do: reader.py MODE FOLDER SECONDS PAUSE

Prints a set a line: the longest pause that was between two of its reads, in milliseconds, and the
values. Pauses for at least 100 ms between two sets, but for the mode busy."""
import concurrent.futures
import os
import random
import sys
import threading
import time

MODE, FOLDER, SECONDS, PAUSE = sys.argv[1], sys.argv[2], float(sys.argv[3]), float(sys.argv[4])
END = time.monotonic() + SECONDS
NAMES = ("AccessKeyId", "AccessKeySecret", "SecurityToken")


def read(name, folder=None):
    path = os.path.join(FOLDER, name) if folder is None else name
    with os.fdopen(os.open(path, os.O_RDONLY, dir_fd=folder)) as file:
        return file.read()


def in_turn(read_one, names=NAMES, pause=0.0):
    """The longest pause, from the beginning of a read to the end of the next, and the values."""
    longest, values, before = 0, {}, None
    for name in names:
        if values:
            time.sleep(pause)
        start = time.monotonic()
        values[name] = read_one(name)
        longest = max(longest, time.monotonic() - (before or start))
        before = start
    return longest, values


def show(pause, values):
    line = "%d %s\n" % (pause * 1000, " ".join(values[name] for name in NAMES))
    os.write(1, line.encode())  # whole, whatever other threads print


def again_and_again(read_set):
    while time.monotonic() < END:
        show(*read_set())
        time.sleep(random.uniform(0.1, 0.4))


def look_and_read(name):
    """As a program does that wants to know a size first, or whether there is a file at all."""
    os.stat(os.path.join(FOLDER, name))
    return read(name)


def by_bytes(name):
    with open(os.path.join(FOLDER, name), "rb", buffering=0) as file:
        text = file.read(1)
        time.sleep(PAUSE / 2)  # as two reads lie in what is measured
        while byte := file.read(1):
            text += byte
    return text.decode()


def at_once(pool):
    start = time.monotonic()
    names = random.sample(NAMES, len(NAMES))
    values = dict(zip(names, pool.map(read, names)))
    return time.monotonic() - start, values


def by_current():
    """In any order, and slower than any read window."""
    folder = os.open(os.path.join(FOLDER, "current"), os.O_RDONLY | os.O_DIRECTORY)
    try:
        names = random.sample(NAMES, len(NAMES))
        return in_turn(lambda name: read(name, folder), names, PAUSE)
    finally:
        os.close(folder)


def plain():
    again_and_again(lambda: in_turn(read))


def stat():
    again_and_again(lambda: in_turn(look_and_read))


def slow_bytes():
    again_and_again(lambda: in_turn(by_bytes))


def pool():
    with concurrent.futures.ThreadPoolExecutor(len(NAMES)) as threads:
        again_and_again(lambda: at_once(threads))


def several_threads():
    threads = [threading.Thread(target=plain) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def held_folder():
    folder = os.open(FOLDER, os.O_RDONLY | os.O_DIRECTORY)
    again_and_again(lambda: in_turn(lambda name: read(name, folder)))


def slip():
    """Only the first set has pauses, as when the machine was busy for a moment."""
    show(*in_turn(read, NAMES[::-1], PAUSE))
    again_and_again(lambda: in_turn(read, NAMES[::-1]))


def current():
    again_and_again(by_current)


def busy():
    """Without a pause ever. Shows a set when it is not the one before."""
    last = None
    while time.monotonic() < END:
        pause, values = in_turn(read)
        if values != last:
            show(pause, values)
        last = values


{
    "plain": plain,
    "stat": stat,
    "bytes": slow_bytes,
    "pool": pool,
    "threads": several_threads,
    "folder": held_folder,
    "slip": slip,
    "current": current,
    "busy": busy,
}[MODE]()
